"""The words for states that several rooms share, and what each one means."""

from enum import StrEnum


class PlanStatus(StrEnum):
    """States of a masterplan."""

    DRAFT = "draft"  # from a brief; a person must approve it before it can run
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AtomStatus(StrEnum):
    """States of an atom in a run."""

    PENDING = "pending"  # an ordering dependency is not done
    READY = "ready"  # may be claimed
    RUNNING = "running"  # claimed: leased by a driver
    RETRY_WAIT = "retry_wait"  # will be ready at not_before
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # a hole it needs was left without code
    PARKED = "parked"  # the budget is spent, or the sandbox or provider is away
    CANCELLED = "cancelled"


ATOM_DONE = frozenset({AtomStatus.PASSED, AtomStatus.FAILED, AtomStatus.SKIPPED, AtomStatus.CANCELLED})
ATOM_OPEN = frozenset(AtomStatus) - ATOM_DONE  # an index finds these; what is none of the others is looked for in all


class RunStatus(StrEnum):
    """States of a run."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    BUDGET_STOPPED = "budget_stopped"
    COMPLETED = "completed"
    FAILED = "failed"  # the engine itself broke; atoms that failed validation do not fail a run
    CANCELLED = "cancelled"


RUN_LIVE = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.BUDGET_STOPPED})


class ReviewStatus(StrEnum):
    """States of a row of the review queue."""

    PENDING = "pending"
    IN_REVIEW = "in_review"  # claimed; the claim expires
    APPROVED = "approved"
    REJECTED = "rejected"
    REGENERATED = "regenerated"


REVIEW_OPEN = frozenset({ReviewStatus.PENDING, ReviewStatus.IN_REVIEW})


class ExecutionMode(StrEnum):
    """Which engine a run uses."""

    MVP = "mvp"
    V2_ATOMS = "v2_atoms"
    HYBRID = "hybrid"


class Policy(StrEnum):
    """What a V2 run sends to the model."""

    REPAIR = "repair"  # only what fails validation; attempt 0 is the draft
    REGENERATE = "regenerate"  # every atom is written anew


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Django choices of an enum."""
    return [(word.value, word.value.replace("_", " ")) for word in words]
