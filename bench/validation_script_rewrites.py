"""Functions of scripts said another way, by rules that keep what they do, as :mod:`bench.validation_rewrites`.

Branches change places with their condition, comparisons turn round, conjunctions go by De Morgan, results get names and
``x += 1`` becomes ``x = x + 1``. All at once in one function; functions in it stay as they are.
"""

from collections.abc import Iterator

from tree_sitter import Node, Parser

from bench.validation_rewrites import Rewrite
from validation.domain.script_functions import script_module
from validation.domain.scripttests import language_for

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "===": "===", "!==": "!==", "==": "==", "!=": "!="}
_NESTED = frozenset({"function_declaration", "generator_function_declaration", "function_expression",
                     "generator_function", "arrow_function", "method_definition", "class_declaration",
                     "class"})  # fmt: skip
_NAMED = frozenset({"call_expression", "binary_expression", "member_expression", "subscript_expression",
                    "ternary_expression", "new_expression"})  # fmt: skip


def script_rewrites(path: str, source: bytes) -> Iterator[Rewrite]:
    """Yield a rewrite of each function that some rule changes, in the order of the file."""
    parser = Parser(language_for(path))
    for one in script_module(path, source).functions:
        body = one.node.child_by_field_name("body")
        if body is None or one.kind == "class":
            continue
        text = _Said().of(body)
        made = source[: body.start_byte] + text.encode() + source[body.end_byte :]
        if made != source and not parser.parse(made).root_node.has_error:
            more = text.count("\n") - (body.text or b"").count(b"\n")
            yield Rewrite(one.name, made, (one.first, one.last), (one.first, one.last + more))


class _Said:
    """Says a node again, each part by the rule for it."""

    def __init__(self) -> None:
        self._made = 0

    def of(self, node: Node) -> str:
        rule = {"if_statement": self._if, "ternary_expression": self._ternary, "binary_expression": self._binary,
                "augmented_assignment_expression": self._augmented, "return_statement": self._return,
                "while_statement": self._while}.get(node.type)  # fmt: skip
        return (rule(node) if rule else None) or self._parts(node)

    def _parts(self, node: Node) -> str:
        if not node.children or node.type in ("template_string", "regex", "string"):
            return _text(node)
        whole, at, said = node.text or b"", node.start_byte, ""
        for child in node.children:
            said += whole[at - node.start_byte : child.start_byte - node.start_byte].decode()
            said += _text(child) if child.type in _NESTED else self.of(child)
            at = child.end_byte
        return said + whole[at - node.start_byte :].decode()

    def _if(self, node: Node) -> str | None:
        test, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        other = node.child_by_field_name("alternative")
        branch = other.named_children[-1] if other is not None and other.named_children else None
        if test is None or then is None:
            return None
        if branch is None or branch.type != "statement_block" or then.type != "statement_block":
            rest = "" if other is None else f" {self.of(other)}"
            return f"if ({self._condition(test)}) {self.of(then)}{rest}"
        return f"if (!({self._condition(test)})) {self.of(branch)} else {self.of(then)}"

    def _while(self, node: Node) -> str | None:
        test, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        return f"while ({self._condition(test)}) {self.of(body)}" if test is not None and body is not None else None

    def _condition(self, test: Node) -> str:
        inner = test.named_children[0] if test.type == "parenthesized_expression" else test
        operator = _field(inner, "operator")
        if inner.type == "binary_expression" and operator in ("&&", "||"):
            ends = [self.of(one) for name in ("left", "right") if (one := inner.child_by_field_name(name)) is not None]
            other = "||" if operator == "&&" else "&&"
            return f"!(!({ends[0]}) {other} !({ends[1]}))"
        return self.of(inner)

    def _ternary(self, node: Node) -> str | None:
        parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
        test, first, second = (self.of(one) if one is not None else "" for one in parts)
        return f"(!({test}) ? ({second}) : ({first}))"

    def _binary(self, node: Node) -> str | None:
        ends = [node.child_by_field_name(name) for name in ("left", "right")]
        operator = _field(node, "operator")
        if operator in _TURNED and all(one is not None and _is_plain(one) for one in ends):
            return f"({_field(node, 'right')} {_TURNED[operator]} {_field(node, 'left')})"
        return None

    def _augmented(self, node: Node) -> str | None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = _field(node, "operator").removesuffix("=")
        plain = left is not None and left.type == "identifier" and right is not None and right.type == "number"
        if plain and operator in ("+", "-", "*", "/"):
            return f"{_field(node, 'left')} = {_field(node, 'left')} {operator} {_field(node, 'right')}"
        return None

    def _return(self, node: Node) -> str | None:
        value = node.named_children[0] if node.named_children else None
        if value is None or value.type not in _NAMED:
            return None
        self._made += 1
        name = f"outcome_{self._made}"
        return f"{{ const {name} = {self.of(value)}; return {name}; }}"


def _is_plain(node: Node) -> bool:
    """A name, a number, a text or a length: no side effect."""
    if node.type == "member_expression":
        owner = node.child_by_field_name("object")
        return owner is not None and owner.type == "identifier" and _field(node, "property") == "length"
    return node.type in ("identifier", "number", "string", "null", "undefined")


def _field(node: Node, name: str) -> str:
    child = node.child_by_field_name(name)
    return _text(child) if child is not None else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
