"""Records, inside the sandbox, with what arguments tests call the functions of the project.

A profile function sees calls; each test has a bound of events, and so has the whole process, so that recording costs
little. Only calls whose arguments are plain values are kept, or objects of the project of which it is known with what
arguments they were made; a few distinct ones of each function. Needs Python 3.11.
"""

import json
import sys
from types import CodeType, FrameType
from typing import Any

PER_FUNCTION = 30
PER_TEST = 2  # of one function in one test, so that one loop does not fill its place
TRIES = 150  # calls of one function that are looked at
EVENTS = 20_000  # of one phase of a test
FRUITLESS = 4_000  # events in a row without anything new, after which a phase is no longer watched
ALL_EVENTS = 1_500_000
CALL = 16_000  # characters
STEP = 2_000  # characters of a call that is part of a recipe
MADE = 40  # objects of one class of which it is known how they were made
_VARARGS, _VARKEYWORDS = 0x04, 0x08


class _Seen:
    """What is known of one function."""

    __slots__ = ("calls", "code", "in_test", "key", "left", "makes")

    def __init__(self, code: CodeType, key: tuple[str, str]) -> None:
        self.code = code  # held, so that its id stays its own
        self.key = key
        self.left = TRIES
        self.in_test = 0
        self.makes = MADE if key[1].endswith(".__init__") and code.co_argcount else 0
        self.calls: set[str] = set()


class Recorder:
    """One for a process. ``paths``: file name -> path; ``values``: the module that takes values apart; ``recipes``: how
    objects were made that it cannot.
    """

    def __init__(self, paths: dict[str, str], values: Any, recipes: Any) -> None:
        self._paths = paths
        self._values = values
        self._globals = values.Globals(paths)
        self._recipes = recipes
        self._known: dict[int, _Seen | CodeType] = {}
        self._pending: list[tuple[_Seen, str]] = []
        self._left = 0
        self._fruitless = 0
        self._all = ALL_EVENTS
        self._see_it = self._see

    def start(self) -> None:
        """Watch this thread, unless the code under test profiles itself or there were enough events."""
        if sys.getprofile() is None and self._all > 0:
            self._left, self._fruitless = EVENTS, FRUITLESS
            self._recipes.forget()
            sys.setprofile(self._see_it)

    def stop(self) -> None:
        """Watch no more."""
        if sys.getprofile() is self._see_it:
            sys.setprofile(None)
        self._all -= EVENTS - max(self._left, 0)

    def take(self, passed: bool) -> list[list[str]]:
        """What the test that ends here was the first to do, as path, name and call; nothing unless it passed."""
        found, self._pending = self._pending, []
        for seen, text in found:
            seen.in_test = 0
            if not passed:
                seen.calls.discard(text)
        return [[*seen.key, text] for seen, text in found] if passed else []

    def _see(self, frame: FrameType, event: str, _arg: object) -> None:
        self._left -= 1
        self._fruitless -= 1
        if self._left < 0 or self._fruitless < 0:
            sys.setprofile(None)
            return
        if event == "return":
            self._recipes.leave(id(frame))
        if event != "call":
            return
        code = frame.f_code
        seen = self._known.get(id(code)) or self._look_at(code)
        if not isinstance(seen, _Seen):
            return
        if seen.makes > 0:
            self._keep_recipe(seen, frame)
        if seen.left > 0 and seen.in_test < PER_TEST:
            self._record(seen, frame)
        if "." in seen.key[1] and seen.code.co_argcount:
            self._keep_step(seen.code, frame)

    def _keep_step(self, code: CodeType, frame: FrameType) -> None:
        """Keep the call of a method that no other one of the same object makes: it may change the object."""
        value = frame.f_locals.get(code.co_varnames[0])
        if self._recipes.wants(value, code.co_name):
            try:
                text = self._call(code, frame.f_locals, skipped=1)
            except Exception:  # noqa: BLE001 - whatever an object under test does when it is looked at
                text = None
            step = (code.co_name, json.loads(text)) if text is not None and len(text) <= STEP else None
            self._recipes.enter(value, id(frame), step)

    def _keep_recipe(self, seen: _Seen, frame: FrameType) -> None:
        """Keep the arguments of a constructor, where it is the one of the class itself and not of a base of it."""
        seen.makes -= 1
        try:
            made = frame.f_locals[seen.code.co_varnames[0]]
            if getattr(type(made).__init__, "__code__", None) is seen.code:
                text = self._call(seen.code, frame.f_locals, skipped=1)
                if text is not None:
                    self._recipes.keep(made, json.loads(text))
        except Exception:  # noqa: BLE001 - whatever an object under test does when it is looked at
            return

    def _look_at(self, code: CodeType) -> _Seen | CodeType:
        path, name = self._paths.get(code.co_filename), getattr(code, "co_qualname", "<")
        nameless = "<" in name.replace(".<locals>.", "", 1)  # what a function makes is called by its name in there
        known = code if path is None or nameless else _Seen(code, (path, name))
        self._known[id(code)] = known
        return known

    def _record(self, seen: _Seen, frame: FrameType) -> None:
        seen.left -= 1
        try:
            text = self._call(seen.code, frame.f_locals)
        except Exception:  # noqa: BLE001 - whatever an object under test does when it is looked at
            return
        if text is not None and text not in seen.calls and len(seen.calls) < PER_FUNCTION:
            seen.calls.add(text)
            seen.in_test += 1
            self._fruitless = FRUITLESS
            self._pending.append((seen, text))

    def _call(self, code: CodeType, held: dict[str, Any], skipped: int = 0) -> str | None:
        """A call as text, objects as they are or, if that cannot be told, by how they were made."""
        for recipes in (None, self._recipes):
            try:
                text = self._text(code, held, skipped, self._values.Encoder(self._globals, recipes))
            except self._values.NotValue:
                continue
            if len(text) <= CALL:
                return text
        return None

    @staticmethod
    def _text(code: CodeType, held: dict[str, Any], skipped: int, encoder: Any) -> str:
        plain, named = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
        names = [(name, "a") for name in code.co_varnames[:plain]]
        names += [(name, "k") for name in code.co_varnames[plain:named]]
        if code.co_flags & _VARARGS:
            names.append((code.co_varnames[named], "*"))
        if code.co_flags & _VARKEYWORDS:
            names.append((code.co_varnames[named + bool(code.co_flags & _VARARGS)], "**"))
        rows = [[name, kind, encoder.encode(held[name])] for name, kind in names[skipped:]]
        return json.dumps({"p": rows, "h": encoder.heap}, separators=(",", ":"))
