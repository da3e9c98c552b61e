"""Parsing Python source, one thread at a time.

CPython 3.11 keeps the recursion depth of the AST's construction in one place for all threads; two threads that parse
at once can end in ``SystemError: AST constructor recursion depth mismatch``. The interpreter lock is held for most of
the work anyway, so that a lock costs nothing.
"""

import ast
import threading
from typing import Literal, overload

_lock = threading.Lock()


@overload
def parse(source: bytes | str, filename: str = ..., mode: Literal["exec"] = ...) -> ast.Module: ...
@overload
def parse(source: bytes | str, filename: str = ..., *, mode: Literal["eval"]) -> ast.Expression: ...
def parse(source: bytes | str, filename: str = "<unknown>", mode: Literal["exec", "eval"] = "exec") -> ast.AST:
    """``ast.parse`` under a lock. Raises what it raises: SyntaxError, ValueError, RecursionError, MemoryError."""
    with _lock:
        return ast.parse(source, filename, mode)


def check(source: bytes | str, filename: str) -> None:
    """Parse and compile, so that errors which only the compiler finds are found too."""
    with _lock:
        compile(ast.parse(source, filename), filename, "exec", dont_inherit=True)
