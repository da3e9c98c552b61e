"""The state machine of a masterplan.

draft ----approve----> approved --a run starts--> in_progress <--> paused
  |                     |  ^  ^                       |
  +------- reject ------+  |  +--the run was taken----+--> completed | failed   (may be run again)
              |            |     back before it began  |
              v            |                           v
          cancelled ---approve (a person thinks again) <-- the run was cancelled
"""

from collections.abc import Mapping
from typing import Final

from kernel.states import PlanStatus

ALLOWED: Final[Mapping[PlanStatus, frozenset[PlanStatus]]] = {
    PlanStatus.DRAFT: frozenset({PlanStatus.APPROVED, PlanStatus.CANCELLED}),
    PlanStatus.APPROVED: frozenset({PlanStatus.IN_PROGRESS, PlanStatus.CANCELLED}),
    PlanStatus.IN_PROGRESS: frozenset(
        {PlanStatus.PAUSED, PlanStatus.COMPLETED, PlanStatus.FAILED, PlanStatus.CANCELLED, PlanStatus.APPROVED}
    ),
    PlanStatus.PAUSED: frozenset({PlanStatus.IN_PROGRESS, PlanStatus.FAILED, PlanStatus.CANCELLED}),
    PlanStatus.COMPLETED: frozenset({PlanStatus.IN_PROGRESS}),
    PlanStatus.FAILED: frozenset({PlanStatus.IN_PROGRESS}),
    PlanStatus.CANCELLED: frozenset({PlanStatus.APPROVED}),
}
RUNNABLE: Final = frozenset(state for state, onward in ALLOWED.items() if PlanStatus.IN_PROGRESS in onward)


def sources_of(target: PlanStatus) -> frozenset[PlanStatus]:
    """The states from which a plan may go to ``target``."""
    return frozenset(state for state, onward in ALLOWED.items() if target in onward)
