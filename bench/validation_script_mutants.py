"""Single-operator mutants of JavaScript and TypeScript: the operators of :mod:`bench.validation_mutants`.

Each replaces the bytes of one node inside a function and keeps the lines.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node, Parser

from bench.validation_mutants import Mutant
from validation.domain.scripttests import language_for

_ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*"}
_COMPARISON = {"===": "!==", "!==": "===", "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_AUGMENTED = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
_BOOLEAN = {"&&": "||", "||": "&&"}
_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration", "function_expression",
                        "generator_function", "arrow_function", "method_definition"})  # fmt: skip
_DELETED = frozenset({"call_expression", "assignment_expression", "augmented_assignment_expression"})
_EMPTY = frozenset({"undefined", "null"})
_Change = tuple[str, Node, str]


def script_mutants(path: str, source: bytes) -> Iterator[Mutant]:
    """Yield every mutant of the functions of a script that still parses, in the order of the file."""
    parser = Parser(language_for(path))
    for node in _inside(parser.parse(source).root_node):
        for operator, at, text in _changes(node):
            breaks = source[at.start_byte : at.end_byte].count(b"\n") - text.count("\n")
            made = source[: at.start_byte] + (text + "\n" * breaks).encode() + source[at.end_byte :]
            if made != source and not parser.parse(made).root_node.has_error:
                yield Mutant(operator, at.start_point[0] + 1, made)


def _inside(root: Node) -> Iterator[Node]:
    """What lies in the bodies of functions, in order; types are no code."""
    waiting = [(root, False)]
    while waiting:
        node, inside = waiting.pop()
        if inside:
            yield node
        body = node.child_by_field_name("body") if node.type in _FUNCTIONS else None
        children = [(child, inside or child == body) for child in node.named_children if "type" not in child.type]
        waiting += reversed(children)


def _changes(node: Node) -> Iterator[_Change]:
    if node.type == "binary_expression":
        yield from _binary(node)
    elif node.type == "unary_expression" and _field(node, "operator") == "!":
        yield "boolean", node, f"({_field(node, 'argument')})"
    elif node.type in ("if_statement", "ternary_expression"):
        test = node.child_by_field_name("condition")
        if test is not None:
            yield "condition", test, f"(!({_text(test)}))"
    elif node.type == "call_expression":
        yield from _arguments(node)
    elif node.type in ("true", "false"):
        yield "constant", node, "false" if node.type == "true" else "true"
    elif node.type == "number" and re.fullmatch(r"\d{1,15}|\d{1,15}\.\d{1,10}", _text(node)):
        yield "constant", node, str(eval(_text(node).lstrip("0") or "0") + 1)
    else:
        yield from _statement(node)


def _binary(node: Node) -> Iterator[_Change]:
    left, operator, right = (_field(node, name) for name in ("left", "operator", "right"))
    for kind, table in (("arithmetic", _ARITHMETIC), ("comparison", _COMPARISON), ("boundary", _BOUNDARY),
                        ("boolean", _BOOLEAN)):  # fmt: skip
        if operator in table:
            yield kind, node, f"(({left}) {table[operator]} ({right}))"


def _arguments(node: Node) -> Iterator[_Change]:
    """The first two arguments change places."""
    listed = node.child_by_field_name("arguments")
    given = listed.named_children if listed is not None else []
    if listed is None or len(given) < 2 or any(one.type in ("spread_element", "comment") for one in given):
        return
    first, second, *rest = map(_text, given)
    if first != second:
        yield "argument", listed, f"({', '.join([second, first, *rest])})"


def _statement(node: Node) -> Iterator[_Change]:
    inner = node.named_children[0] if node.named_children else None
    if node.type == "augmented_assignment_expression" and _field(node, "operator") in _AUGMENTED:
        sign = _AUGMENTED[_field(node, "operator")]
        yield "arithmetic", node, f"{_field(node, 'left')} {sign} {_field(node, 'right')}"
    elif node.type in ("break_statement", "continue_statement") and inner is None and not _in_switch(node):
        yield "loop", node, "continue;" if node.type == "break_statement" else "break;"
    elif node.type == "return_statement" and inner is not None and inner.type not in _EMPTY:
        yield "return", node, "return;"
    elif node.type == "expression_statement" and inner is not None and inner.type in _DELETED:
        yield "deletion", node, ";"


def _in_switch(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type not in _FUNCTIONS:
        if parent.type.startswith("switch"):
            return True
        if parent.type in ("for_statement", "for_in_statement", "while_statement", "do_statement"):
            return False
        parent = parent.parent
    return False


def _field(node: Node, name: str) -> str:
    child = node.child_by_field_name(name)
    return _text(child) if child is not None else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
