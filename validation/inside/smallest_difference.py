"""Runs inside the sandbox, beside generated_tests.py: the smallest drawn input that tells new code from its draft.

Both are imported in one process, each with modules of its own: the new code first, whose modules are then put aside.
Inputs are made of the draft's types, and put together anew of the other's. One record ``smallest`` for each function.
"""

import contextlib
import importlib
import sys
import types
from typing import Any

ACCIDENT = "breaks with "  # no measure, where the draft says it
SECONDS = 1.0  # processor time for one function


class Code:
    """One state of the code, below ``root``: its modules are found under their names, and are nobody else's."""

    def __init__(self, root: str, paths: list[str]) -> None:
        self._root, self._paths = root, paths
        self._modules: dict[str, types.ModuleType] = {}

    def module(self, name: str) -> Any:
        """Import a module of this state, or of a library."""
        if name not in self._modules:
            sys.path[:0] = self._paths
            try:
                importlib.import_module(name)
            finally:
                del sys.path[: len(self._paths)]
            self._modules |= sys.modules
        return self._modules[name]

    def find(self, module: str, name: str) -> Any:
        """A class or function by the name under which it can be imported."""
        found = self.module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def put_aside(self) -> None:
        """Let others import modules of the same names."""
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(self._root):
                del sys.modules[name]
        importlib.invalidate_caches()


def told(answer: str) -> str:
    """The same for an error that a ``raise`` made and one that an operation made of itself."""
    return "raises " + answer.removeprefix(ACCIDENT) if answer.startswith(ACCIDENT) else answer


class Pair:
    """A function of both states."""

    def __init__(self, drawn: Any, drawer: Any, new: Code) -> None:
        self._drawn, self._drawer, self._new = drawn, drawer, new

    def smallest(self, before: Any, after: Any, name: str) -> list[str]:
        """Input, the draft's answer, the other; nothing where no difference is found."""

        def look(arguments: tuple[Any, ...]) -> Any:
            old = self._drawn.Outcome(self._drawer, before, arguments)
            if old.answer == self._drawn.LATE or old.answer.startswith((ACCIDENT, "hole: ")):
                return None
            encoder = self._drawer.values.Encoder()
            encoded = [encoder.encode(one) for one in arguments]
            decoder = self._drawer.values.Decoder(encoder.heap, self._new.find)
            new = self._drawn.Outcome(self._drawer, after, tuple(decoder.decode(one) for one in encoded))
            old.said = new.answer
            return old if told(new.answer) != told(old.answer) else None

        found = self._drawn.Subject(self._drawer, before, name).smallest(look, SECONDS)
        return [found.given, found.answer, found.said] if found is not None else []


def run(config: dict[str, Any], channel: Any, drawn: Any, drawer: Any) -> None:
    """Send a record for each function of the configuration, an empty one where nothing was found."""
    new, old = (Code(one["root"], one["sys_path"]) for one in (config["new"], config["old"]))
    drawer.load()
    for job in config["jobs"]:
        with contextlib.suppress(Exception):
            new.module(job["module"])
    new.put_aside()
    for job in config["jobs"]:
        row: list[str] = []
        with contextlib.suppress(Exception, drawer.late):
            before, after = (getattr(code.module(job["module"]), job["name"]) for code in (old, new))
            row = Pair(drawn, drawer, new).smallest(before, after, job["name"])
        channel.send("smallest", place=job["place"], name=job["name"], row=row)
