"""Facts of Python that does not parse: what can be read around the places where it does not, and the names in them.

The statement that holds an error is taken out, row by row the file keeps its length, and CPython reads the rest; so a
file that is cut off, or broken in one place, keeps all that stands elsewhere. Of what was taken out tree-sitter's tree
still tells the names that are bound and used.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

import tree_sitter

from atoms.domain.facts import Binding, FileFacts, NameScope, ScopeKind
from atoms.domain.python_facts import read_python
from atoms.domain.syntax import python_tree

_MOST_BYTES: Final = 4_000_000  # read in all tries together, so that time stays in step with the size
_MOST_TRIES: Final = 40
_MAX_ROWS: Final = 30  # of a statement that is taken out as a whole
_MAX_CLIMB: Final = 8
_LACKS_A_BODY: Final = re.compile(r"expected an indented block after .* on line (\d+)")
_SIMPLE: Final = re.compile(r"(?:expression|return|assert|delete|raise|import|import_from|global|nonlocal)_statement")
_BOUND_IN: Final = {
    "assignment": "left", "augmented_assignment": "left", "named_expression": "name", "for_statement": "left",
    "function_definition": "name", "class_definition": "name", "for_in_clause": "left",
}  # fmt: skip
_TARGETS: Final = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "as_pattern_target", "list_splat_pattern"}
)
_PARAMETERS: Final = frozenset({"parameters", "lambda_parameters", "typed_parameter"})
_DEFINES: Final = {"function_definition": "function", "class_definition": "class"}


def read_broken_python(source: bytes, root: tree_sitter.Node) -> FileFacts:
    """Return what is known of a file (newline-normal) that CPython refuses. ``root`` is tree-sitter's tree of it.

    ``lost`` names the rows that were taken out. Where the rest does not parse either, nothing is ``readable``, and all
    names stand in the scope of the module.
    """
    lines = source.split(b"\n")
    mended = source.decode("utf-8", "replace").encode().split(b"\n")
    tree, lost = _mended(mended, root)
    if tree is None:
        facts = FileFacts(NameScope(ScopeKind.MODULE, "<module>", None, 0, len(lines)), readable=False)
        lost = set(range(len(lines)))
    else:
        facts = read_python(tree, b"\n".join(mended))
        facts.statements = {}  # they would be whole although rows in them are missing
    facts.lost = frozenset(row for row in lost if lines[row].strip())
    _read_names(facts, lines, root)
    return facts


def _mended(lines: list[bytes], root: tree_sitter.Node) -> tuple[ast.Module | None, set[int]]:
    """Take out of ``lines`` what does not parse, until the rest does or enough was tried; say which rows."""
    lost: set[int] = set()
    size = sum(map(len, lines)) + 1
    for _ in range(min(_MOST_TRIES, _MOST_BYTES // size)):
        tree, problem = python_tree(b"\n".join(lines))
        if problem is None:
            return tree, lost
        lacking = _LACKS_A_BODY.match(problem.message)
        if lacking is not None:
            row = min(int(lacking[1]), len(lines)) - 1
            head = lines[row].split(b"#")[0].rstrip()
            if head.endswith(b":"):
                lines[row] = head + b" pass"
                continue
        else:
            row = min(problem.line, len(lines)) - 1
        while row > 0 and not lines[row].strip():
            row -= 1
        rows = [each for each in _statement_rows(root, row, lines) if lines[each].strip()]
        if not rows:
            break
        for each in rows:
            lines[each] = b""
        lost.update(rows)
    return None, lost


def _statement_rows(root: tree_sitter.Node, row: int, lines: list[bytes]) -> range:
    """The rows of the simple statement that holds a row, or this row alone."""
    column = len(lines[row]) - len(lines[row].lstrip())
    node = root.descendant_for_point_range((row, column), (row, column))
    for _ in range(_MAX_CLIMB):
        if node is None:
            break
        if _SIMPLE.fullmatch(node.type):
            first, last = node.start_point[0], node.end_point[0]
            if last - first < _MAX_ROWS:
                return range(first, min(last + 1, len(lines)))
            break
        node = node.parent
    return range(row, row + 1)


def _read_names(facts: FileFacts, lines: list[bytes], root: tree_sitter.Node) -> None:
    """Add the names on the rows that were taken out, each in the scope that its indentation puts it in."""
    heads = {scope.first_row: scope for scope in _scopes(facts) if scope.outer is not None}
    found: dict[int, NameScope] = {}
    for node, kind in _names(root, facts.lost):
        row = node.start_point[0]
        if row not in found:
            found[row] = (_scope_at(row, lines, heads) if heads else None) or facts.module
        name, scope = (node.text or b"").decode("utf-8", "replace"), found[row]
        if kind is None:
            facts.uses.append((row, name, scope))
        else:
            binding = Binding(name, row, kind)
            scope.bind(binding)
            facts.binds.append((binding, scope))


def _scopes(facts: FileFacts) -> Iterator[NameScope]:
    yield from (scope for _, scope in facts.binds)
    yield from (scope for _, _, scope in facts.uses)
    yield from facts.classes


def _scope_at(row: int, lines: list[bytes], heads: dict[int, NameScope]) -> NameScope | None:
    """The innermost definition above a row that is indented less."""
    indent = len(lines[row]) - len(lines[row].lstrip())
    for above in range(row - 1, -1, -1):
        if not indent:
            break
        text = lines[above].lstrip()
        if text and text[:1] != b"#" and len(lines[above]) - len(text) < indent:
            indent = len(lines[above]) - len(text)
            if above in heads:
                return heads[above]
    return None


def _names(root: tree_sitter.Node, rows: frozenset[int]) -> Iterator[tuple[tree_sitter.Node, str | None]]:
    """The identifiers on some rows, with the kind of the binding where they are bound."""
    if not rows:
        return
    least, most = min(rows), max(rows)
    stack: list[tuple[tree_sitter.Node, str | None]] = [(root, None)]
    while stack:
        node, kind = stack.pop()
        if node.end_point[0] < least or node.start_point[0] > most:
            continue
        if node.type == "identifier":
            if node.start_point[0] in rows:
                yield node, kind
            continue
        stack.extend(reversed(list(_inner(node, kind))))


def _inner(node: tree_sitter.Node, kind: str | None) -> Iterator[tuple[tree_sitter.Node, str | None]]:
    """The children in which names may stand; a name after a dot, or before "=" in a call, is none."""
    children, outer = node.named_children, node.type
    if outer == "attribute":
        children = children[:1]
        kind = None
    elif outer == "keyword_argument":
        children = children[1:]
    bound = node.child_by_field_name(_BOUND_IN[outer]) if outer in _BOUND_IN else None
    for child in children:
        if child == bound:
            yield child, _DEFINES.get(outer, "local")
        elif outer in _PARAMETERS:
            yield child, "parameter" if child.type != "type" else None
        else:
            yield child, kind if outer in _TARGETS else None
