"""The definitions of a JavaScript or TypeScript module and what they use of one another, for their cohesion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node, Parser

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.scripttests import language_for

_DEFINES = frozenset({"function_declaration", "generator_function_declaration", "class_declaration",
                      "abstract_class_declaration"})  # fmt: skip
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "class", "function"})
_NAMES = frozenset({"identifier", "type_identifier", "shorthand_property_identifier"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Definition -> names of the module that it uses; class -> (line, method -> attributes of its object)."""

    uses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    methods: Mapping[str, tuple[int, Mapping[str, frozenset[str]]]] = field(default_factory=dict)


def script_definitions(file: WorkspaceFile, first: int, last: int) -> Definitions | None:
    """Functions, classes and values at the top of a module that begin in these lines; None if it does not parse."""
    root = Parser(language_for(file.path)).parse(file.content).root_node
    if root.has_error:
        return None
    tops = list(_tops(root))
    known = {name for name, _, _ in tops}
    uses: dict[str, frozenset[str]] = {}
    methods: dict[str, tuple[int, Mapping[str, frozenset[str]]]] = {}
    for name, node, is_value in tops:
        line = node.start_point[0] + 1
        if is_value or not first <= line <= last:
            continue
        uses[name] = frozenset(_words(node)) & known - {name}
        body = node.child_by_field_name("body")
        heritage = any(child.type in ("class_heritage", "decorator") for child in node.children)
        if "class" in node.type and body is not None and not heritage:
            methods[name] = (line, dict(_methods(body)))
    return Definitions(uses=uses, methods=methods)


def _tops(root: Node) -> Iterator[tuple[str, Node, bool]]:
    """``(name, node, whether it is a plain value)`` of what a module defines."""
    for statement in root.named_children:
        node = statement.child_by_field_name("declaration") or statement
        if node.type in _DEFINES:
            yield _text(node.child_by_field_name("name")), node, False
        elif node.type in ("lexical_declaration", "variable_declaration"):
            for one in node.named_children:
                value = one.child_by_field_name("value")
                yield _text(one.child_by_field_name("name")), one, value is None or value.type not in _FUNCTIONS


def _methods(body: Node) -> Iterator[tuple[str, frozenset[str]]]:
    for member in body.named_children:
        name = _text(member.child_by_field_name("name"))
        if member.type == "method_definition" and name != "constructor":
            yield name, frozenset(_attributes(member))


def _attributes(node: Node) -> Iterator[str]:
    for one in _walk(node):
        holder = one.child_by_field_name("object") if one.type == "member_expression" else None
        if holder is not None and holder.type == "this":
            yield _text(one.child_by_field_name("property"))


def _words(node: Node) -> Iterator[str]:
    return (_text(one) for one in _walk(node) if one.type in _NAMES)


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.named_children


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
