"""What is counted on the rows of a file, asked of its syntax tree: right for any bytes, at a third of a parse."""

from typing import Final

import tree_sitter

from atoms.domain.grammar import Grammar
from atoms.domain.python_rows import Counted

_BLANK: Final = b" \t\f\v\xef\xbb\xbf"  # a byte order mark is no code
_NO_DOCSTRING_PREFIXES: Final = frozenset(b"bBfF")
_Nodes = list[tree_sitter.Node] | tuple[()]


def count_in_tree(
    source: bytes, lines: list[bytes], blank: list[bool], root: tree_sitter.Node, grammar: Grammar
) -> Counted:
    """Count the rows of a file (newline-normal) by one query over its tree."""
    found = tree_sitter.QueryCursor(grammar.query).captures(root)
    code = [not empty for empty in blank]
    remark = b"#" if grammar.indented else b"//"
    _uncount(code, lines, found.get("comment", ()), remark)
    _uncount(code, lines, [node for node in found.get("docstring", ()) if _is_docstring(source, node)], remark)
    decisions = [node.start_point[0] for node in found.get("decision", ())]
    decisions += [_asked_at(node) for node in found.get("ternary", ())]
    return Counted(code, decisions, [node.start_point[0] for node in found.get("definition", ())])


def _asked_at(ternary: tree_sitter.Node) -> int:
    """The row of the question mark, before which comments may stand."""
    children = ternary.children
    return next((child for child in children if child.type == "?"), ternary).start_point[0]


def _is_docstring(source: bytes, node: tree_sitter.Node) -> bool:
    start = node.start_byte
    return not _NO_DOCSTRING_PREFIXES.intersection(source[start : start + 2].split(b'"')[0].split(b"'")[0])


def _uncount(code: list[bool], lines: list[bytes], nodes: "list[tree_sitter.Node] | tuple[()]", remark: bytes) -> None:
    """Take the rows of comments and docstrings out of the count, unless code stands beside them."""
    shared: dict[int, list[tuple[int, int]]] = {}  # rows where something stands beside a comment, to its columns there
    for node in nodes:
        first, column = node.start_point
        last, end = node.end_point
        line = lines[first] if first < len(lines) else b""
        if first == last and line.startswith(remark, column) and (not column or line[:column].isspace()):
            code[first] = False  # nearly every comment
            continue
        if column and line[:column].strip(_BLANK):
            shared.setdefault(first, []).append((column, end if first == last else len(line)))
            first += 1
        if last >= first and last < len(lines) and (rest := lines[last][end:].strip()) and not rest.startswith(remark):
            shared.setdefault(last, []).append((column if node.start_point[0] == last else 0, end))
            last -= 1
        for row in range(first, min(last + 1, len(code))):
            code[row] = False
    for row, spans in shared.items():
        if len(spans) > 1 and not _beside(lines[row], spans):
            code[row] = False


def _beside(line: bytes, spans: list[tuple[int, int]]) -> bytes:
    """What stands on a row besides some comments."""
    kept, at = b"", 0
    for begin, end in sorted(spans):
        kept += line[at:begin]
        at = max(at, end)
    return (kept + line[at:]).strip(_BLANK + b"\r\n")
