"""What can be wrong with a review action."""

from kernel.errors import Conflict, InvalidInput, NotFound


class ReviewNotFound(NotFound):
    """There is no such review, or the asking user must not know of it."""


class QueueEmpty(NotFound):
    """Nothing is left that the asking user could claim."""

    code = "queue_empty"


class ClaimedByAnother(Conflict):
    """Another reviewer holds the atom; ``data`` says who and until when."""

    code = "claimed"


class AlreadyDecided(Conflict):
    """The review is closed; ``data`` holds it as it is."""

    code = "already_decided"


class Withdrawn(AlreadyDecided):
    """Nobody decided, but the atom was settled otherwise; ``data`` holds the review as it is."""

    code = "withdrawn"


class Stale(Conflict):
    """The review changed since it was read; ``data`` holds it as it is."""

    code = "stale"


class KeyReused(Conflict):
    """An idempotency key came a second time with another decision."""

    code = "idempotency_key_reused"


class NothingToUndo(Conflict):
    """The review's last decision is none, or was made by somebody else."""

    code = "nothing_to_undo"


class TooLate(Conflict):
    """What a decision led to was used already; ``data.used_by`` says by what."""

    code = "too_late"


class EditFailed(InvalidInput):
    """The edited code does not pass its checks and no reason was given to override them."""

    code = "edit_failed"
    http_status = 422


class BadCursor(InvalidInput):
    """The cursor of a page was not made by this API."""

    code = "bad_cursor"
