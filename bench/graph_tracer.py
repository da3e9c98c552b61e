"""Watch a test suite call functions. Runs alone, under the interpreter of the traced project: standard library only.

Usage: ``python graph_tracer.py ROOT OUT PYTEST_ARG...``. Written for CPython 3.11: the event of a call comes at the
instruction ``RESUME 0``, that of a resume at another one. A generator or coroutine has no event when it is made, only
when it is first advanced, perhaps by somebody else: it counts as called by who advances it when that code names it.
A ``__del__`` is left out: it runs wherever the last reference happens to go.
"""

import dis
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

RESUMED = 0x20 | 0x80 | 0x200  # generators, coroutines, asynchronous generators
CO_OPTIMIZED = 0x1  # functions have it; modules and class bodies do not
COMPREHENSIONS = frozenset({"<listcomp>", "<genexpr>", "<setcomp>", "<dictcomp>"})
UNCALLED = COMPREHENSIONS | {"__del__"}
THROUGH = (
    "functools.py", "contextlib.py", "argmap", "networkx/utils/backends.py", "networkx/utils/decorators.py",
    "_collections_abc", "<string>", "<attrs generated",  # mixins of abstract containers; __init__ of data classes
)  # fmt: skip

Pair = tuple[str, str]


class Tracer:
    """Collects pairs of caller and callee, both inside ``root``, by flat name, with the line of the first call.

    Wrappers outside the tree that only pass a call on (``THROUGH``) are looked through: the caller is who called them.
    """

    def __init__(self, root: Path, through: tuple[str, ...] = THROUGH) -> None:
        self.root = root
        self.through = through
        self.names: dict[CodeType, str] = {}
        self.starts: dict[CodeType, int] = {}
        self.pairs: dict[Pair, int] = {}
        self.ran: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        """Handle one event of ``sys.setprofile``."""
        code = frame.f_code
        if event != "call" or not code.co_flags & CO_OPTIMIZED or code.co_name in UNCALLED:
            return
        callee = self.name(code)
        if not callee or frame.f_lasti != self.start(code):
            return
        self.ran.add(callee)
        caller = self._caller(frame.f_back)
        if caller is not None:
            name = self.name(caller.f_code)
            if name and (not code.co_flags & RESUMED or _names(caller, code.co_name)):
                self.pairs.setdefault((name, callee), caller.f_lineno)

    def _caller(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None:
            code = frame.f_code
            body = not code.co_flags & CO_OPTIMIZED and code.co_name != "<module>"
            passes_on = not self.name(code) and any(part in code.co_filename for part in self.through)
            if not body and not passes_on:
                return frame
            frame = frame.f_back
        return None

    def start(self, code: CodeType) -> int:
        """Return the place of the instruction where a fresh call begins."""
        found = self.starts.get(code)
        if found is None:
            at = (i.offset for i in dis.get_instructions(code) if i.opname == "RESUME" and i.arg == 0)
            found = self.starts[code] = next(at, 0)
        return found

    def name(self, code: CodeType) -> str:
        """Return the flat name of a code object, "" outside the tree; a comprehension has that of its function."""
        found = self.names.get(code)
        if found is None:
            found = self.names[code] = self._name(code)
        return found

    def _name(self, code: CodeType) -> str:
        path = Path(code.co_filename)
        if not path.is_relative_to(self.root):
            return ""
        parts = list(path.relative_to(self.root).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts = parts[:-1] or ["__init__"]
        inner = code.co_qualname.replace(".<locals>", "").split(".")
        return ".".join([*parts, *(p for p in inner if p not in COMPREHENSIONS and p != "<module>")])


def _names(frame: FrameType | None, name: str) -> bool:
    """Tell whether the code of a frame, or the function around a comprehension, mentions a name or iterates."""
    if name in ("__iter__", "__aiter__", "__await__"):
        return True
    while frame is not None:
        code = frame.f_code
        if name in code.co_names or name in code.co_varnames or name in code.co_freevars or name in code.co_cellvars:
            return True
        if code.co_name not in COMPREHENSIONS:
            return False
        frame = frame.f_back
    return False


def watch(root: Path, run: Callable[[], object]) -> Tracer:
    """Trace ``run`` in all threads."""
    tracer = Tracer(root)
    threading.setprofile(tracer)
    sys.setprofile(tracer)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return tracer


def main() -> None:
    """Run pytest and write what was seen as JSON."""
    import pytest  # noqa: PLC0415 - the traced interpreter's own

    root, out, *arguments = sys.argv[1:]
    tracer = watch(Path(root).resolve(), lambda: pytest.main(arguments))
    pairs = [[caller, callee, line] for (caller, callee), line in sorted(tracer.pairs.items())]
    Path(out).write_text(json.dumps({"pairs": pairs, "ran": sorted(tracer.ran)}))


if __name__ == "__main__":
    main()
