"""Inside the sandbox, beside call_recorder.py: how objects that cannot be taken apart came to be what they are.

A recipe is the call that made an object, and the first calls of its methods that ended since: what a test did with it.
Calls are those of call_values.py. An object is known as long as it lives.
"""

import weakref
from collections.abc import Callable
from typing import Any

STEPS = 6  # calls of methods of one object
# Of those whose names begin like these, what changes an object.
_CHANGING = frozenset({"__call__", "__setitem__", "__delitem__", "__enter__", "__exit__", "__iadd__", "__next__"})

Call = dict[str, Any]


class _Recipe:
    """What is known of one object; ``busy``: the frame of a method that has not ended."""

    __slots__ = ("busy", "held", "made", "steps", "waiting")

    def __init__(self, held: Callable[[], Any], made: Call) -> None:
        self.held, self.made = held, made
        self.steps: list[tuple[str, Call]] = []
        self.waiting: tuple[str, Call] | None = None
        self.busy = 0


class Recipes:
    """The recipes of one process."""

    def __init__(self) -> None:
        self._known: dict[int, _Recipe] = {}
        self._open: dict[int, _Recipe] = {}  # by the id of a frame

    def keep(self, made: Any, call: Call) -> None:
        """Keep how an object was made; it lives on where it cannot be referred to weakly."""
        try:
            self._known[id(made)] = _Recipe(weakref.ref(made), call)
        except TypeError:
            self._known[id(made)] = _Recipe(lambda: made, call)

    def find(self, value: Any) -> tuple[Call, list[tuple[str, Call]]] | None:
        """The call that made this very object, and the calls of its methods since."""
        found = self._of(value)
        return (found.made, found.steps) if found else None

    def _of(self, value: Any) -> _Recipe | None:
        found = self._known.get(id(value))
        return found if found is not None and found.held() is value else None

    def wants(self, value: Any, name: str) -> bool:
        """Whether the call of a method that begins now is another step."""
        found = self._of(value)
        special = name.startswith("__") and name not in _CHANGING
        return found is not None and not found.busy and len(found.steps) < STEPS and not special

    def enter(self, value: Any, frame: int, step: tuple[str, Call] | None) -> None:
        """A call of a method begins; ``None``: it cannot be told, and nothing after it is known either."""
        found = self._of(value)
        if found is not None:
            found.busy, found.waiting = frame, step
            self._open[frame] = found

    def leave(self, frame: int) -> None:
        """A call ends, whichever."""
        found = self._open.pop(frame, None)
        if found is not None and found.waiting is not None:
            found.steps.append(found.waiting)
            found.busy = 0

    def forget(self) -> None:
        """Nothing is watched any more: of what has not ended, nothing more is known."""
        self._open.clear()
