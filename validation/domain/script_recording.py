"""A script that tells at the start of each function what it was called with, and what the text of one hints at.

Words are added within lines, and one line at the end: every line keeps its number, by which coverage and atoms go.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from validation.domain.recorded import INNER
from validation.domain.script_functions import FUNCTIONS, script_module
from validation.domain.variations import LITERALS, Hints

UNDEFINED = ["u"]  # as a value of a call
_INNER = 8  # functions that one function makes
_SIMPLE = frozenset({"identifier", "required_parameter", "optional_parameter"})
_ANY = re.compile(r"\barguments\b|\.\.\.")
_NESTED = frozenset({"function_declaration", "generator_function_declaration", "function_expression",
                     "generator_function", "method_definition", "class_declaration", "class"})  # fmt: skip

_Place = tuple[int, bool, int]  # offset, whether something begins there, and its order among those
Row = tuple[str, list[str], bool]  # name, its parameters, whether it may look at more than these


def recorded_script(path: str, place: str, source: bytes, first: int) -> tuple[bytes, list[Row]]:
    """The file as it is recorded, and its functions, numbered from ``first``."""
    module = script_module(path, source)
    added: list[tuple[_Place, str]] = []
    rows: list[Row] = []
    for one in module.functions:
        inside = _functions_in(one.node)[:_INNER] if one.kind != "class" else []
        told_of = [(one.name, one.node), *((f"{one.name}{INNER}{name}", node) for name, node in inside)]
        for name, node in told_of if one.kind != "class" else ():
            number = first + len(rows)
            told = _told(node, number, made=one.kind == "new")
            added += [((at, begins, number if begins else -number), text) for at, begins, text in told]
            names = [given or f"arg{n}" for n, given in enumerate(_parameters(node))]
            rows.append((name, names, bool(_ANY.search(_text(node)))))
    data = bytearray(source)
    for (at, _, _), text in sorted(added, reverse=True):
        data[at:at] = text.encode()
    return bytes(data) + module.hook(place), rows


def _functions_in(outer: Node) -> list[tuple[str, Node]]:
    """Functions that a function makes, by their names, but none that those make."""
    found: list[tuple[str, Node]] = []
    waiting = list(reversed(outer.named_children))
    while waiting:
        node = waiting.pop()
        if node.type in FUNCTIONS:  # methods of object literals: classes in here are not entered
            found.append((_name_of(node), node))
        elif node.type not in _NESTED:
            waiting += reversed(node.named_children)
    return found


def _name_of(node: Node) -> str:
    name = node.child_by_field_name("name")
    if name is None and node.parent is not None:
        name = node.parent.child_by_field_name("name") or node.parent.child_by_field_name("key")
    return _text(name) if name is not None else ""


def _told(node: Node, number: int, *, made: bool) -> list[tuple[int, bool, str]]:
    """Words to add: where, whether they begin something, and what."""
    body = node.child_by_field_name("body")
    if body is None:
        return []
    if node.type != "arrow_function":
        receiver = "this" if not made and _uses_this(body) else "void 0"
        return [(_start(body), True, f";globalThis.__mge?.see({number},{receiver},arguments,new.target);")]
    names = _parameters(node)
    if not all(names):  # what is taken apart in the head is told as it came
        before = f"((...$mge)=>(globalThis.__mge?.see({number},void 0,$mge),("
        return [(node.start_byte, True, before), (node.end_byte, False, ")(...$mge)))")]
    call = f"globalThis.__mge?.see({number},void 0,[{','.join(names)}])"
    if body.type == "statement_block":
        return [(_start(body), True, f";{call};")]  # a directive may go without its semicolon
    return [(body.start_byte, True, f"({call},"), (body.end_byte, False, ")")]


def _start(body: Node) -> int:
    """Behind the directives of a body."""
    at = body.start_byte + 1
    for statement in body.named_children:
        inner = statement.named_children[0] if statement.named_children else None
        directive = statement.type == "expression_statement" and inner is not None and inner.type == "string"
        if not directive and statement.type != "comment":
            break
        at = statement.end_byte if directive else at
    return at


def _parameters(node: Node) -> list[str]:
    """Names of the parameters; nothing for one that is more than a name."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [_text(single)]
    listed = node.child_by_field_name("parameters")
    given = [one for one in listed.named_children if one.type != "comment"] if listed is not None else []
    return [name for one in given if (name := _parameter(one)) != "this"]


def _parameter(node: Node) -> str:
    pattern = node.child_by_field_name("pattern") or node
    plain = node.type in _SIMPLE and node.child_by_field_name("value") is None
    return _text(pattern) if plain and pattern.type in ("identifier", "this") else ""


def _uses_this(body: Node) -> bool:
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if node.type in ("this", "super"):
            return True
        waiting += [child for child in node.children if child.type not in _NESTED]
    return False


def script_hints(path: str, source: bytes) -> dict[str, Hints]:
    """Hints for each function of a file by its name."""
    return {
        one.name: Hints(literals=_literals(one.node), nullable=frozenset(_optional(one.node)), absent=UNDEFINED)
        for one in script_module(path, source).functions
    }


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.named_children)


def _literals(root: Node) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for node in _walk(root):
        text = _text(node)
        value: Any = None
        if node.type == "number" and re.fullmatch(r"\d{1,15}(?:\.\d{1,14})?", text):
            value = ["f", text] if "." in text else int(text)
        elif node.type == "string" and len(text) <= 32 and "\\" not in text:
            value = text[1:-1]
        if value is not None:
            found.setdefault(json.dumps(value), value)
    return tuple(found.values())[:LITERALS]


def _optional(node: Node) -> Iterator[str]:
    """Parameters that may be left out, as far as the head says so; in plain scripts all that are names."""
    listed = node.child_by_field_name("parameters")
    for n, one in enumerate(listed.named_children if listed is not None else ()):
        if one.type in ("assignment_pattern", "optional_parameter") or one.child_by_field_name("value") is not None:
            yield _parameter(one) or f"arg{n}"
        elif one.type == "identifier":
            yield _text(one)


def script_callers(path: str, source: bytes, name: str) -> tuple[str, ...]:
    """Functions of a file in whose text the last part of ``name`` is used as a name."""
    last = name.rpartition(".")[2]
    return tuple(
        one.name
        for one in script_module(path, source).functions
        if one.name != name and one.kind != "class" and last in _used(one.node)
    )


def _used(root: Node) -> set[str]:
    names = ("identifier", "property_identifier", "shorthand_property_identifier")
    return {_text(node) for node in _walk(root) if node.type in names}


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
