"""Types that comments give: ``@param {Foo} x``, ``@returns {Foo}`` and ``@type {Foo}`` in plain JavaScript.

A type in a comment is read as the TypeScript it nearly is, at the line where it stands, and means what it means there.
"""

import re
from dataclasses import dataclass, field

from tree_sitter import Node as Tree

from atoms.domain.model import Language
from graphs.domain.javascript_frontend.parsing import parse_script
from graphs.domain.javascript_frontend.scopes import text

TAGS = (b"@param", b"@return", b"@type", b"@arg")
CARRIERS = frozenset({
    "export_statement", "variable_declarator", "lexical_declaration", "variable_declaration", "assignment_expression",
    "expression_statement", "pair",
})  # fmt: skip
MAX_TYPE = 300
_TAG = re.compile(r"@(param|arg|argument|returns?|type)\s*(?=\{)")
_NAME = re.compile(r"\s*\[?\s*([\w$]+)(?![.\w$\[])")
_ONLY_HERE = re.compile(r"[!]|(?<=\w)\.(?=<)|=$|^\.\.\.")  # signs of these comments that TypeScript does not have


@dataclass(slots=True)
class Documented:
    """The types of one comment, each as a type annotation of its own."""

    params: dict[str, Tree] = field(default_factory=dict)
    returns: Tree | None = None
    type: Tree | None = None


def may_document(path: str, root: Tree) -> bool:
    """Tell whether a file has such types at all; TypeScript has its own."""
    source = root.text or b""
    return not path.endswith((".ts", ".tsx", ".mts", ".cts")) and any(tag in source for tag in TAGS)


def documented(node: Tree) -> Documented | None:
    """Return the types of the comment that stands before a definition, or before the statement it is the value of."""
    current: Tree | None = node
    while current is not None:
        before = current.prev_sibling
        if before is not None and before.type == "comment":
            near = before.end_point.row >= current.start_point.row - 1
            return _read(before) if near and text(before).startswith("/**") else None
        current = current.parent if current.parent is not None and current.parent.type in CARRIERS else None
    return None


def _read(comment: Tree) -> Documented:
    found, source = Documented(), text(comment)
    for tag in _TAG.finditer(source):
        written, end = _braced(source, tag.end())
        annotation = _parsed(written, comment.start_point.row + source.count("\n", 0, tag.end()))
        if annotation is None:
            continue
        if tag[1].startswith("return"):
            found.returns = annotation
        elif tag[1] == "type":
            found.type = annotation
        elif name := _NAME.match(source, end):
            found.params.setdefault(name[1], annotation)
    return found


def _braced(source: str, start: int) -> tuple[str, int]:
    """Return what the braces at ``start`` hold, and where they end."""
    depth = 0
    for at in range(start, min(len(source), start + MAX_TYPE)):
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        if depth == 0:
            return source[start + 1 : at], at + 1
    return "", start


def _parsed(written: str, row: int) -> Tree | None:
    plain = _ONLY_HERE.sub("", re.sub(r"\n\s*\*?", " ", written).strip())
    if not plain:
        return None
    statement = parse_script(f"{chr(10) * row}let x: {plain};".encode(), Language.TYPESCRIPT).named_children
    declarator = statement[0].named_children[0] if statement and statement[0].named_children else None
    return declarator.child_by_field_name("type") if declarator is not None else None
