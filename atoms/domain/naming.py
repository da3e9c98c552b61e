"""Kinds, symbols and parents of atoms: what a run of pieces is called."""

from typing import Final

import tree_sitter

from atoms.domain.model import AtomKind
from atoms.domain.pieces import INNER, Mark, Scope, Stretch, bound_function, wrapped
from atoms.domain.words import words

MODULE: Final = "<module>"
_TYPES: Final = frozenset(
    {"interface_declaration", "type_alias_declaration", "enum_declaration", "type_alias_statement"}
)
_CLASSES: Final = frozenset({"class_definition", "class_declaration", "abstract_class_declaration"})
_FUNCTIONS: Final = frozenset(
    {"function_definition", "function_declaration", "generator_function_declaration", "method_definition"}
)
_BODIES: Final = words("module program block statement_block class_body interface_body enum_body switch_body ERROR")
_MAX_CLIMB: Final = 8  # finding a parent takes time in its depth; no one nests literals deeper
_BINDINGS: Final = frozenset({"lexical_declaration", "variable_declaration"})
_STATEMENTS: Final = _BINDINGS | {"expression_statement"}
_NAME_FIELDS: Final = ("name", "property", "key", "left")
_EXPORT_PREFIXES: Final = ("module.exports.", "exports.", "this.")

# Looking a member up in its enum takes longer than all else that is done to most atoms.
_ATTRIBUTE: Final = AtomKind.ATTRIBUTE
_BLOCK: Final = AtomKind.BLOCK
_CLASS: Final = AtomKind.CLASS
_CLASS_HEADER: Final = AtomKind.CLASS_HEADER
_COMMENT: Final = AtomKind.COMMENT
_CONSTANT: Final = AtomKind.CONSTANT
_FRAGMENT: Final = AtomKind.FRAGMENT
_FUNCTION: Final = AtomKind.FUNCTION
_IMPORTS: Final = AtomKind.IMPORTS
_METHOD: Final = AtomKind.METHOD
_SIGNATURE: Final = AtomKind.SIGNATURE
_STATEMENT: Final = AtomKind.STATEMENT
_TYPE: Final = AtomKind.TYPE
_IN_CLASS: Final = Scope.CLASS
_IN_FUNCTION: Final = Scope.FUNCTION


class Names:
    """Names the definitions of one file; remembers the symbol of each enclosing definition."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._symbols: dict[int, str] = {}

    def scope_symbol(self, stretch: Stretch) -> str | None:
        """Symbol of the definition that encloses (or begins) a stretch, None at module level."""
        owner = stretch.owner
        if owner is None:
            return None
        if owner.id not in self._symbols:
            outer = self.scope_symbol(stretch.outer) if stretch.outer is not None else None
            self._symbols[owner.id] = qualified(outer, self.name(owner) or "<anonymous>")
        return self._symbols[owner.id]

    def name(self, node: tree_sitter.Node) -> str | None:
        """Name that a statement binds, or None where it binds none or several."""
        inner: tree_sitter.Node | None = wrapped(node) or node
        if inner is not None and inner.type in _STATEMENTS:
            inner = inner.named_children[0] if inner.named_child_count == 1 else None
        if inner is None:
            return None
        for field in _NAME_FIELDS:
            found = inner.child_by_field_name(field)
            if found is not None:
                return self._clean(found)
        return None

    def _clean(self, node: tree_sitter.Node) -> str | None:
        if node.type in ("object_pattern", "array_pattern", "pattern_list", "tuple_pattern", "subscript"):
            return None
        text = self._source[node.start_byte : node.end_byte].decode("utf-8", "replace").strip("\"'`")
        for prefix in _EXPORT_PREFIXES:
            text = text.removeprefix(prefix)
        text = text.replace(".prototype.", ".").removesuffix(".prototype")
        return text if text and len(text) <= 200 and not any(c.isspace() for c in text) else None


def qualified(outer: str | None, name: str) -> str:
    """Join a scope and a name; the module itself adds nothing."""
    return name if outer is None else f"{outer}.{name}"


def describe_run(
    stretch: Stretch, low: int, high: int, *, end_row: int, loc: int, names: Names
) -> tuple[AtomKind, str, str | None]:
    """Return kind, symbol and parent of the atom that holds the pieces ``low`` to ``high - 1`` of ``stretch``."""
    scope = names.scope_symbol(stretch)
    if low == 0 and stretch.node is not None and stretch.outer is not None:
        return _head(stretch, end_row, names)
    for k in range(low, high):
        if stretch.marks[k] & Mark.DEFINITION:
            found = _definition(stretch.nodes[k], stretch.scope, scope, names)
            if found is not None:
                return found
    nodes = stretch.nodes[low:high]
    if any(node.has_error for node in nodes):
        return _FRAGMENT, scope or MODULE, scope
    if stretch.scope is _IN_FUNCTION:
        return _BLOCK, scope or MODULE, scope
    if loc == 0:
        return _COMMENT, scope or MODULE, scope
    statements: list[tree_sitter.Node] = []
    for node, mark in zip(nodes, stretch.marks[low:high], strict=True):
        statements.append(statements[-1] if statements and mark & INNER else _statement(node))
    name = names.name(statements[0]) if len({found.id for found in statements}) == 1 else None
    symbol = qualified(scope, name) if name else scope or MODULE
    if stretch.scope is _IN_CLASS:
        return _ATTRIBUTE, symbol, scope
    kinds = [_nature(node) for node in statements]
    kind = max(dict.fromkeys(kinds), key=kinds.count)
    return kind, MODULE if kind in (_STATEMENT, _IMPORTS) else symbol, scope


def _statement(node: tree_sitter.Node) -> tree_sitter.Node:
    """The statement or member that a piece of it belongs to: a long list that was opened is still one constant."""
    parent = node.parent
    for _ in range(_MAX_CLIMB):
        if parent is None or parent.type in _BODIES:
            break
        node, parent = parent, parent.parent
    return node


def _head(stretch: Stretch, end_row: int, names: Names) -> tuple[AtomKind, str, str | None]:
    node, outer = stretch.node, stretch.outer
    if node is None or outer is None:
        raise ValueError("only a stretch that begins with a definition has a head")
    symbol = names.scope_symbol(stretch) or MODULE
    whole = node.end_point[0] < end_row
    if stretch.scope is _IN_CLASS:
        kind = _CLASS_HEADER if not whole else _TYPE if node.type in _TYPES else _CLASS
    elif not whole:
        kind = _SIGNATURE
    else:
        kind = _function_kind(node, outer.scope)
    return kind, symbol, names.scope_symbol(outer)


def _function_kind(node: tree_sitter.Node, scope: Scope) -> AtomKind:
    is_method = scope is _IN_CLASS or node.type == "method_definition"
    return _METHOD if is_method else _FUNCTION


def _definition(
    node: tree_sitter.Node, scope: Scope, outer: str | None, names: Names
) -> tuple[AtomKind, str, str | None] | None:
    inner = wrapped(node) or node
    if inner.type in _CLASSES:
        kind = _CLASS
    elif inner.type in _TYPES:
        kind = _TYPE
    elif inner.type in _FUNCTIONS or bound_function(inner) is not None:
        kind = _function_kind(inner, scope)
    else:
        return None
    return kind, qualified(outer, names.name(node) or "<anonymous>"), outer


def _nature(node: tree_sitter.Node) -> AtomKind:
    if is_import(node):
        return _IMPORTS
    inner = wrapped(node) or node
    if inner.type in _TYPES:
        return _TYPE
    if inner.type in _BINDINGS:
        text = inner.text or b""
        return _IMPORTS if b"require(" in text[:300] else _CONSTANT
    single = inner.named_children[0].type if inner.named_child_count == 1 else ""
    if inner.type == "expression_statement" and single in ("assignment", "assignment_expression"):
        return _CONSTANT
    return _STATEMENT


def is_import(node: tree_sitter.Node) -> bool:
    """Whether a statement brings names in from elsewhere (re-exports included)."""
    if node.type == "export_statement":
        return node.child_by_field_name("source") is not None
    return node.type in ("import_statement", "import_from_statement", "future_import_statement")
