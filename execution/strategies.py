"""One strategy a mode: how the units of a plan are executed."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from execution.engine.mvp import execute_mvp
from execution.engine.v2 import execute_v2
from execution.models import ExecutionRun
from kernel.states import ExecutionMode

if TYPE_CHECKING:
    from execution.engine.driver import Beat


class ExecutionStrategy(ABC):
    """Executes a run from the phase that stands on it; returns when nothing more can be done now."""

    mode: ExecutionMode

    @abstractmethod
    def execute(self, run: ExecutionRun, beat: "Beat") -> None:
        """Do the phases that are left."""


class MVPExecutionStrategy(ExecutionStrategy):
    """Task by task, in subtasks of about 25 LOC."""

    mode = ExecutionMode.MVP

    def execute(self, run: ExecutionRun, beat: "Beat") -> None:
        """See :mod:`execution.engine.mvp`."""
        execute_mvp(run, beat)


class V2ExecutionStrategy(ExecutionStrategy):
    """Atoms in waves, validated at four levels."""

    mode = ExecutionMode.V2_ATOMS

    def execute(self, run: ExecutionRun, beat: "Beat") -> None:
        """See :mod:`execution.engine.v2`."""
        execute_v2(run, beat)


class HybridExecutionStrategy(V2ExecutionStrategy):
    """The phases of V2, those that are switched off done the MVP way: see :mod:`execution.phases`."""

    mode = ExecutionMode.HYBRID
