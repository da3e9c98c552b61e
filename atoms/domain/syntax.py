"""Whether a file parses, and the first place where it does not."""

import ast
import symtable
import threading
import warnings
from typing import Final

import tree_sitter

from atoms.domain.model import Language, SyntaxProblem
from kernel import python_source

_WARNING_FILTERS: Final = threading.Lock()  # Python keeps them per process
_SHOWN: Final = 40


def problem_of(source: bytes, root: tree_sitter.Node, language: Language) -> SyntaxProblem | None:
    """Return the first problem of a file, or None where it parses.

    CPython's own parser judges Python, because tree-sitter also takes what Python refuses (a ``def`` without a body).
    For the other languages the first ERROR or MISSING node of ``root`` counts.
    """
    if language is Language.PYTHON:
        return None if surely_parses(source) else python_tree(source)[1]
    return _first_error(source, root) if root.has_error else None


def surely_parses(source: bytes | str) -> bool:
    """Whether CPython takes the source, found out without building its tree in Python objects (a third of the time).

    The symbol table refuses a little more than the parser does, so that False means only that the parser must judge.
    """
    try:
        with _WARNING_FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(source, "<unknown>", "exec")  # type: ignore[arg-type]  # it takes bytes too
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def python_tree(source: bytes) -> tuple[ast.Module | None, SyntaxProblem | None]:
    """Parse Python with CPython; exactly one of the two is None. Never raises, whatever the bytes are."""
    try:
        with _WARNING_FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return python_source.parse(source), None
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        return None, SyntaxProblem(line=max(line, 1), column=max(column, 1), message=error.msg or "invalid syntax")
    except (RecursionError, MemoryError):
        return None, SyntaxProblem(line=1, column=1, message="nested too deeply for Python's parser")
    except ValueError as error:  # NUL bytes, on interpreters that do not call it a SyntaxError
        line, column = place_of(source, max(source.find(b"\0"), 0))
        return None, SyntaxProblem(line=line, column=column, message=str(error))


def place_of(source: bytes, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column (in characters) of a byte offset."""
    before = source[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line_start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1


def _first_error(source: bytes, root: tree_sitter.Node) -> SyntaxProblem:
    node = root
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    line, column = place_of(source, node.start_byte)
    if node.is_missing:
        return SyntaxProblem(line=line, column=column, message=f"missing {node.type!r}")
    shown = source[node.start_byte : node.start_byte + _SHOWN].split(b"\n")[0].decode("utf-8", "replace").strip()
    return SyntaxProblem(line=line, column=column, message=f"unexpected {shown!r}")
