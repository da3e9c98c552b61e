"""Repairs of the size of a mutation: what the competent programmer's small slips look like, undone.

The operators are those of mutation testing read backwards (Offutt et al., 1996; Debroy and Wong, 2010, show that they
mend a good part of real faults): comparison, boundary, arithmetic, boolean, constant, negation, off by one, swapped
arguments, a returned name, another name of the same scope. Each repair replaces one stretch of bytes.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tree_sitter

from atoms.domain.model import Language
from review.domain.repairs.names import names_around, reads
from review.domain.repairs.nearby import missing_statements, other_returns
from review.domain.repairs.syntax import Syntax, syntax_of

_COMPARISONS = {
    "<": ("<=", ">", ">=", "!="), "<=": ("<", ">=", ">", "=="), ">": (">=", "<", "<=", "!="),
    ">=": (">", "<=", "<", "=="), "==": ("!=", "<=", ">="), "!=": ("==", "<", ">"),
    "===": ("!==",), "!==": ("===",), "in": ("not in",), "not in": ("in",), "is": ("is not",), "is not": ("is",),
}  # fmt: skip
_ARITHMETIC = {
    "+": ("-", "*"), "-": ("+", "/"), "*": ("/", "+", "//", "%", "**"), "/": ("*", "-", "//", "%"),
    "//": ("/", "*", "%"), "%": ("//", "*", "/"), "**": ("*",), "<<": (">>",), ">>": ("<<",), "&": ("|",), "|": ("&",),
}  # fmt: skip
_ASSIGNMENTS = {"+=": ("-=", "="), "-=": ("+=", "="), "*=": ("/=", "+="), "/=": ("*=",), "|=": ("&=",), "&=": ("|=",)}
_BOOLEAN = {"and": "or", "or": "and", "&&": "||", "||": "&&", "??": "||"}
_WORDS = {"True": "False", "False": "True", "true": "false", "false": "true"}
_LOOP_EXITS = {"break_statement": ("break", "continue"), "continue_statement": ("continue", "break")}
_MAX_NAMES = 6  # other names tried in place of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Bytes ``start:end`` of the file become ``text``. ``prior``: how often slips of this kind happen, 0..1."""

    start: int
    end: int
    text: str
    kind: str
    line: int  # 1-based, where the change is
    statement: int  # 1-based, where the statement around it begins
    prior: float


def repairs(root: tree_sitter.Node, source: bytes, *, start: int, end: int, language: Language) -> list[Repair]:
    """Every repair inside ``start:end`` of a parsed file, in the order of the file; each changes something."""
    syntax = syntax_of(language)
    found: dict[tuple[int, int, str], Repair] = {}
    for node in _inside(root, start, end):
        for target, text, kind, prior in _changes(node, source, syntax):
            key = (target.start_byte, target.end_byte, text)
            old = source[target.start_byte : target.end_byte]
            if target.start_byte >= start and target.end_byte <= end and old != text.encode() and key not in found:
                found[key] = Repair(
                    start=target.start_byte, end=target.end_byte, text=text, kind=kind, prior=prior,
                    line=target.start_point[0] + 1, statement=_statement_row(target, syntax) + 1,
                )  # fmt: skip
    return list(found.values())


def _inside(root: tree_sitter.Node, start: int, end: int) -> Iterator[tree_sitter.Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.start_byte < end and node.end_byte > start:
            yield node
            pending.extend(reversed(node.children))


def _statement_row(node: tree_sitter.Node, syntax: Syntax) -> int:
    at: tree_sitter.Node | None = node
    while at is not None:
        if at.type.endswith("_statement") or at.type in syntax.statements:
            return at.start_point[0]
        at = at.parent
    return node.start_point[0]


_Change = tuple[tree_sitter.Node, str, str, float]  # what is replaced, by what, of which kind, how likely
_Text = Callable[[tree_sitter.Node], str]


def _changes(node: tree_sitter.Node, source: bytes, syntax: Syntax) -> Iterator[_Change]:
    def text(of: tree_sitter.Node) -> str:
        return source[of.start_byte : of.end_byte].decode("utf-8", "replace")

    kind = node.type
    if kind in syntax.binary:
        yield from _operator(node, text)
    elif kind in syntax.assignment and (operator := node.child_by_field_name("operator")) is not None:
        for other in _ASSIGNMENTS.get(text(operator), ()):
            yield operator, other, "assignment", 0.8
    elif kind in syntax.negation and _is_not(node, text):
        yield node, text(node.children[-1]), "negation", 0.9
    elif kind in syntax.numbers:
        yield from _number(node, text)
    elif kind in _WORDS:
        yield node, _WORDS[kind], "constant", 0.9
    elif kind in syntax.arguments:
        yield from _swapped(node, text)
    elif kind == "identifier" and reads(node, syntax):
        for name in names_around(node, source, syntax)[:_MAX_NAMES]:
            yield node, name, "name", 0.5
    yield from _statement(node, text, syntax)
    yield from _condition(node, text, syntax)
    yield from _off_by_one(node, text, syntax)


def _statement(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> Iterator[_Change]:
    """A loop left otherwise, a statement that was lost, another value returned."""
    if node.type in _LOOP_EXITS:
        yield node, text(node).replace(*_LOOP_EXITS[node.type]), "loop exit", 0.95
    elif node.type == "pass_statement":
        for statement, prior in missing_statements(node, text, syntax):
            yield node, statement, "missing statement", prior
    elif node.type == "return_statement":
        yield from _returned(node, text, syntax)


def _operator(node: tree_sitter.Node, text: _Text) -> Iterator[_Change]:
    operator = node.child_by_field_name("operator") or node.child_by_field_name("operators")
    if operator is None or node.named_child_count != _BINARY:
        return
    left, right = node.named_children[0], node.named_children[-1]
    sign = " ".join(text(operator).split())
    for other in _COMPARISONS.get(sign, ()):
        yield operator, other, "comparison", 1.0
    for other in _ARITHMETIC.get(sign, ()):
        yield node, f"({text(left)} {other} {text(right)})", "arithmetic", 1.0 if other in "+-*/" else 0.85
    if sign in _BOOLEAN:
        yield node, f"({text(left)} {_BOOLEAN[sign]} {text(right)})", "boolean", 0.95
        yield node, text(left), "boolean", 0.4
        yield node, text(right), "boolean", 0.4
    if sign in ("-", "/", "//", "%", "**", "<<", ">>"):
        yield node, f"({text(right)} {sign} {text(left)})", "swapped", 0.6


_BINARY = 2


def _is_not(node: tree_sitter.Node, text: _Text) -> bool:
    return bool(node.children) and text(node.children[0]) in ("not", "!")


def _number(node: tree_sitter.Node, text: _Text) -> Iterator[_Change]:
    written = text(node)
    try:
        value: int | float = int(written)
    except ValueError:
        try:
            value = float(written)
        except ValueError:
            return
    for other, prior in ((value - 1, 1.0), (value + 1, 0.95), (0, 0.5), (1, 0.5)):
        yield node, f"({other})" if other < 0 else repr(other), "constant", prior
    if value:
        yield node, f"(-{written})", "constant", 0.3


def _swapped(node: tree_sitter.Node, text: _Text) -> Iterator[_Change]:
    plain = [child for child in node.named_children if child.type not in ("keyword_argument", "comment")]
    for n, (one, other) in enumerate(itertools.pairwise(plain)):
        parts = [text(child) for child in node.named_children]
        i, j = node.named_children.index(one), node.named_children.index(other)
        parts[i], parts[j] = parts[j], parts[i]
        yield node, f"({', '.join(parts)})", "swapped", 0.7 - 0.05 * n


def _returned(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> Iterator[_Change]:
    value = node.named_children[0] if node.named_children else None
    if value is None or text(value) in ("None", "null", "undefined"):
        target = node if value is None else value
        for name in names_around(target, node.text or b"", syntax, last_first=True)[: 2 * _MAX_NAMES]:
            yield target, f"return {name}" if value is None else name, "return", 0.85
        for other in other_returns(node, text, syntax):
            yield target, f"return {other}" if value is None else other, "return", 0.7


def _condition(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> Iterator[_Change]:
    """A truth that is asked for somewhere, turned round."""
    asked: list[tuple[tree_sitter.Node, float]] = []
    if node.type in syntax.conditional and (condition := node.child_by_field_name("condition")) is not None:
        asked = [(condition, 0.75)]
    elif node.type == "conditional_expression" and len(node.named_children) > 1:
        asked = [(node.named_children[1], 0.7)]
    elif node.type in ("if_clause", "return_statement", "boolean_operator"):
        asked = [(child, 0.5) for child in node.named_children]
    elif node.type in syntax.binary and (operator := node.child_by_field_name("operator")) is not None:
        asked = [(child, 0.5) for child in node.named_children] if text(operator) in _BOOLEAN else []
    for truth, prior in asked:
        if truth.type not in (*syntax.negation, *syntax.numbers, "comment", "none"):
            yield truth, syntax.negated.format(text(truth)), "negation", prior


def _off_by_one(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> Iterator[_Change]:
    """One more or one less where a count, an index or a bound stands; and without the one that stands there."""
    if node.type in syntax.binary and node.named_child_count == _BINARY:
        operator = node.child_by_field_name("operator")
        if operator is not None and text(operator) in "+-" and text(node.named_children[-1]) == "1":
            yield node, text(node.named_children[0]), "off by one", 0.8
    parent = node.parent
    if parent is None or not node.is_named or node.type in syntax.numbers or node.type not in syntax.countable:
        return
    if (parent.type in syntax.bounds and node != parent.named_children[0]) or _is_range_argument(node, text, syntax):
        yield node, f"{text(node)} + 1", "off by one", 0.65
        yield node, f"{text(node)} - 1", "off by one", 0.65


def _is_range_argument(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> bool:
    parent = node.parent
    call = parent.parent if parent is not None and parent.type in syntax.arguments else None
    function = call.child_by_field_name("function") if call is not None else None
    return function is not None and text(function).rpartition(".")[2] in ("range", "slice", "substring", "splice")
