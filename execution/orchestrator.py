"""Which strategy executes a run."""

from typing import TYPE_CHECKING

from execution.models import ExecutionRun
from execution.strategies import (
    ExecutionStrategy,
    HybridExecutionStrategy,
    MVPExecutionStrategy,
    V2ExecutionStrategy,
)
from kernel.errors import Unavailable
from kernel.states import ExecutionMode

if TYPE_CHECKING:
    from execution.engine.driver import Beat


class ExecutionOrchestrator:
    """Holds one strategy a mode."""

    def __init__(self) -> None:
        self._strategies: dict[ExecutionMode, ExecutionStrategy] = {}

    def register(self, strategy: ExecutionStrategy) -> None:
        """Make a strategy the one of its mode."""
        self._strategies[strategy.mode] = strategy

    def modes(self) -> frozenset[ExecutionMode]:
        """The modes that can be executed."""
        return frozenset(self._strategies)

    def execute(self, run: ExecutionRun, beat: "Beat") -> None:
        """Execute a run in its mode; what is left of one that fell back, the MVP way."""
        fell_back = run.fell_back_at is not None and run.finished_at is None
        strategy = self._strategies.get(ExecutionMode.MVP if fell_back else ExecutionMode(run.mode))
        if strategy is None:
            raise Unavailable(f"There is no engine for the mode {run.mode}.")
        strategy.execute(run, beat)


orchestrator = ExecutionOrchestrator()
orchestrator.register(MVPExecutionStrategy())
orchestrator.register(V2ExecutionStrategy())
orchestrator.register(HybridExecutionStrategy())
