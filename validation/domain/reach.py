"""Which lines of a Python file a call can execute, so that "no test reaches it" is said only where a test could.

Per-test coverage tells nothing of what runs when a module is loaded. Imports, docstrings and class heads never run in a
test; a function's head runs with its first statement; values of modules and classes are read somewhere, nobody knows
where. A statement counts as executed if any of its lines was: a call over several lines reports each, a bracketed
``return`` only the inner ones.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kernel import python_source

Lines = tuple[int, int]  # first and last, 1-based
_SILENT = (ast.Global, ast.Nonlocal)  # no instruction, so no line is ever reported
_LOADED = (ast.Import, ast.ImportFrom, ast.Pass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """``statements`` inside functions, ``heads``, ``values`` outside.

    A head stands with the first statement that runs with it; with None where it holds no value of its own (no default,
    no decorator), so that nothing in it can be wrong that its body does not show.
    """

    statements: tuple[Lines, ...] = ()
    heads: tuple[tuple[Lines, Lines | None], ...] = ()
    values: tuple[Lines, ...] = ()

    def share(self, first: int, last: int, executed: Collection[int]) -> tuple[int, int]:
        """How many statements of functions that begin in the range were executed, and how many there are."""
        here = [one for one in self.statements if first <= one[0] <= last]
        return sum(_ran(one, executed) for one in here), len(here)

    def judged_with_body(self, first: int, last: int, executed: Collection[int]) -> list[bool]:
        """For each function whose head shares lines with the range: whether it was called, or holds no value."""
        return [
            body is None or _ran(body, executed) for head, body in self.heads if head[0] <= last and first <= head[1]
        ]

    def is_silent(self, first: int, last: int) -> bool:
        """Whether nothing in the range has an effect of its own after loading: imports, docstrings, class heads."""
        parts = (*self.statements, *(head for head, _ in self.heads), *self.values)
        return not any(begin <= last and first <= end for begin, end in parts)


def reach_of(source: bytes) -> Reach | None:
    """What runs in calls and what at loading; None for source that does not parse."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    statements: list[Lines] = []
    heads: list[tuple[Lines, Lines | None]] = []
    values: list[Lines] = []
    for node, called in _walk(tree, called=False):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = next((one for one in node.body if not _says_nothing(one)), None)
            if body is not None:
                begin = min((one.lineno for one in node.decorator_list), default=node.lineno)
                head = (begin, max(node.lineno, node.body[0].lineno - 1))
                heads.append((head, _own_lines(body) if _holds_values(node) else None))
        if called and not _says_nothing(node):
            statements.append(_own_lines(node))
        elif not called and not _says_nothing(node) and not isinstance(node, (*_LOADED, *_DEFINITIONS)):
            values.append(_own_lines(node))
    return Reach(statements=tuple(statements), heads=tuple(heads), values=tuple(values))


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _walk(node: ast.AST, *, called: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """Statements with whether a call executes them; classes inside a function run with it."""
    inside = called or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    pending = list(ast.iter_child_nodes(node))
    for child in pending:
        if isinstance(child, ast.stmt):
            yield child, inside
        if not isinstance(child, ast.expr):  # handlers and cases hold statements too
            yield from _walk(child, called=inside)


def _says_nothing(node: ast.stmt) -> bool:
    """Docstrings, declarations, and annotations without a value leave no line behind."""
    bare = isinstance(node, ast.AnnAssign) and node.value is None
    return isinstance(node, _SILENT) or bare or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _holds_values(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.decorator_list or node.args.defaults or any(node.args.kw_defaults))


def _own_lines(node: ast.stmt) -> Lines:
    """The lines of a statement without those of the block it heads."""
    inner = getattr(node, "body", None) or getattr(node, "cases", None)
    last = node.end_lineno or node.lineno
    if isinstance(inner, list) and inner:
        first = inner[0].pattern if isinstance(inner[0], ast.match_case) else inner[0]
        last = max(node.lineno, first.lineno - 1)
    if isinstance(node, ast.Try | ast.TryStar) or (isinstance(node, ast.While) and isinstance(node.test, ast.Constant)):
        last = max(last, node.body[0].lineno)  # the head alone may leave no line: it ran if its block did
    return node.lineno, last


def _ran(lines: Lines, executed: Collection[int]) -> bool:
    return any(line in executed for line in range(lines[0], lines[1] + 1))
