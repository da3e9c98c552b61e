"""What can be wrong with a change of a flag."""

from kernel.errors import Conflict


class FlagPinned(Conflict):
    """The environment holds this value; nothing in the database can change it."""

    code = "flag_pinned"


class FlagChanged(Conflict):
    """Somebody changed the flag since it was read."""

    code = "flag_changed"
