"""Whether a test failed only for a package that is not installed here, and that the code does without elsewhere.

A script beside ``python_suite.py``; it needs only the standard library. Code with an optional package imports it under
``try``, goes on without it, and raises an ``ImportError`` when it is asked for what only the package can do. A test may
import such a package itself. Both tell of the place where the tests run, not of the code: nothing was tried.
An import that nobody guards is the code's own fault: it may name a package that exists nowhere.
"""

import ast
import contextlib
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

_CATCHING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_there(name: str) -> bool:
    """Whether a top-level module can be found, whatever a test put in its place."""
    for finder in sys.meta_path:
        with contextlib.suppress(Exception):  # a finder of the code under test
            if finder.find_spec(name, None) is not None:
                return True
    return False


def guarded(source: bytes) -> set[str]:
    """Top-level names of the modules whose import the code survives."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            found.update(name for stmt in node.body for inner in ast.walk(stmt) for name in _imported(inner))
    return found


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _CATCHING for kind in kinds)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module.partition(".")[0]


def absent_of(errors: Sequence[BaseException], sources: Collection[str], place: Callable[[str], str | None]) -> str:
    """The package of which a chain of errors, causes first, says that it is not there; empty where none says so.

    ``sources`` are the file names of the project's code; ``place`` tells a file's place in the workspace, if any.
    """
    for error in errors:
        inside = [file for file in _files(error) if place(file) is not None] if isinstance(error, ImportError) else []
        if inside:
            named = {str(getattr(error, "name", None) or "").partition(".")[0]} - {""}
            optional = _guarded_in(inside[-1]) if inside[-1] in sources else named
            missing = [name for name in sorted(optional & named if named else optional) if not is_there(name)]
            if missing:
                return missing[0]
    return ""


def _guarded_in(file: str) -> set[str]:
    try:
        return guarded(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _files(error: BaseException) -> list[str]:
    """File names of an error's traceback, outermost first."""
    found = []
    step = error.__traceback__
    while step is not None:
        found.append(step.tb_frame.f_code.co_filename)
        step = step.tb_next
    return found
