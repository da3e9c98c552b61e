"""Names that stand where another could have been meant."""

import difflib

import tree_sitter

from review.domain.repairs.syntax import Syntax

_TYPES = ("type", "type_annotation", "return_type", "generic_type", "decorator", "keyword_argument")
_DEFINED_BY_NAME = ("function_definition", "class_definition", "function_declaration", "class_declaration", "import")


def reads(node: tree_sitter.Node, syntax: Syntax) -> bool:
    """Whether an identifier is read here as a value: not bound, called, declared, or part of a type or an import."""
    parent = node.parent
    if parent is None or parent.type in _TYPES or "import" in parent.type or "parameter" in parent.type:
        return parent is not None and parent.type == "keyword_argument" and node == parent.child_by_field_name("value")
    for field in ("name", "function", "attribute", "property", "alias"):
        if node == parent.child_by_field_name(field):
            return False
    binder: tree_sitter.Node | None = parent
    below = node
    while binder is not None and binder.type not in ("block", "statement_block", "module", "program"):
        field = syntax.binders.get(binder.type, "")
        if field and below == binder.child_by_field_name(field):
            return parent.type in ("subscript", "attribute", "member_expression", "subscript_expression")
        below, binder = binder, binder.parent
    return not any(kind in parent.type for kind in _DEFINED_BY_NAME)


def names_around(node: tree_sitter.Node, source: bytes, syntax: Syntax, *, last_first: bool = False) -> list[str]:
    """Other names bound in the function around ``node``: the most alike first, or those bound last first."""
    del source
    function = _function(node, syntax)
    if function is None:
        return []
    own = (node.text or b"").decode("utf-8", "replace")
    bound = dict.fromkeys(name for name in _bound(function, syntax) if name not in (own, "self", "cls", "_"))
    if last_first:
        return list(reversed(bound))
    return sorted(bound, key=lambda name: -difflib.SequenceMatcher(None, own, name).ratio())


def _function(node: tree_sitter.Node, syntax: Syntax) -> tree_sitter.Node | None:
    at = node.parent
    while at is not None and at.type not in syntax.functions:
        at = at.parent
    return at


def _bound(function: tree_sitter.Node, syntax: Syntax) -> list[str]:
    found: list[str] = []
    pending = [function]
    while pending:
        node = pending.pop()
        field = syntax.binders.get(node.type)
        target = node.child_by_field_name(field) if field else None
        if target is not None:
            found += _identifiers(target)
        pending.extend(reversed(node.children))
    return found


def _identifiers(target: tree_sitter.Node) -> list[str]:
    """Identifiers of a pattern or parameter list, in order; defaults and types are none."""
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [(target.text or b"").decode("utf-8", "replace")]
    if target.type in ("attribute", "subscript", "member_expression", "subscript_expression", *_TYPES):
        return []
    found: list[str] = []
    for number, child in enumerate(target.children):
        if target.field_name_for_child(number) not in ("value", "right", "type", "decorator"):
            found += _identifiers(child)
    return found
