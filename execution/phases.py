"""Which phases of V2 a run does the V2 way; those that are off go the MVP way.

Only HYBRID goes by the switches, as they stood at its start. ``v2_atoms`` has every phase on whatever the switches say.
"""

from dataclasses import dataclass

from execution.models import ExecutionRun, Units
from kernel.states import ExecutionMode

MVP_WIDTH = 3  # atoms in flight at once without waves
MVP_ATTEMPTS = 2  # the first, and one blind retry
OFF = "switched off for this run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """True: the V2 way.

    False, in this order: subtasks of 25 LOC; file order; syntax alone; three at once; one blind retry; no rows.
    """

    atomization: bool = True
    graph: bool = True
    validation: bool = True
    waves: bool = True
    feedback: bool = True
    review: bool = True


def phases_of(run: ExecutionRun) -> Phases:
    """The phases that are on in a run."""
    if run.mode != ExecutionMode.HYBRID:
        return Phases()
    on = run.settings.get("switches", {})
    return Phases(
        atomization=on.get("ENABLE_AST_ATOMIZATION", True),
        graph=on.get("ENABLE_DEPENDENCY_GRAPH", True),
        validation=on.get("ENABLE_HIERARCHICAL_VALIDATION", True),
        waves=on.get("ENABLE_WAVE_EXECUTION", True),
        feedback=on.get("ENABLE_RETRY_FEEDBACK", True),
        review=on.get("ENABLE_HUMAN_REVIEW", True),
    )


def is_reviewed(run: ExecutionRun) -> bool:
    """Whether atoms of a run get a confidence and may enter the queue. Subtasks do neither."""
    return run.units == Units.ATOMS and run.mode != ExecutionMode.MVP and phases_of(run).review


def is_planned(run: ExecutionRun) -> bool:
    """Whether a run has atoms in a dependency graph, whose edges can be compared with those of accepted code."""
    phases = phases_of(run)
    return run.units == Units.ATOMS and run.mode != ExecutionMode.MVP and phases.atomization and phases.graph


def width_of(run: ExecutionRun) -> int:
    """How many atoms of a run may be in flight at once."""
    return run.max_inflight if phases_of(run).waves else min(MVP_WIDTH, run.max_inflight)
