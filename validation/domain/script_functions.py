"""Functions of a script that an expression in its module can name, so that calls of them can be made again.

Declarations, variables, what is assigned to dotted names, members of classes and of object literals at the top of a
module. A function that is handed to another at once (``curry(function f() {})``) goes by the name of what comes back.
Functions inside of functions have no name outside; they answer through what they are in. Nothing is run here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node, Parser

from validation.domain.generated import Function
from validation.domain.scripttests import language_for

DEFAULT = "default"  # what a module exports without a name
FUNCTIONS = frozenset(
    {"function_declaration", "generator_function_declaration", "function_expression", "generator_function",
     "arrow_function", "method_definition"}
)  # fmt: skip
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_TRANSPARENT = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_SYMBOL = re.compile(r"\[Symbol\.(\w+)\]")
_DEPTH = 3  # object literals in object literals


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFunction:
    """A function or class by its lines. In the module ``owner`` names it, or what has it as ``key``.

    ``kind``: ``value``, ``get``, ``set``, ``new`` for a constructor, ``class``.
    """

    name: str
    first: int
    last: int
    owner: str
    key: str = ""
    kind: str = "value"
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptModule:
    """What a file holds at its top. ``names``: of other values, such as sentinels."""

    functions: tuple[ScriptFunction, ...] = ()
    names: tuple[str, ...] = ()

    def lines(self) -> tuple[Function, ...]:
        """The functions as those of any language."""
        return tuple(Function(name=one.name, first=one.first, last=one.last, pure=False) for one in self.functions)

    def hook(self, place: str) -> bytes:
        """A line for the end of the file that hands out what it holds, to whoever listens; evaluated when asked for."""
        rows = {one.name: (one.owner, _key(one.key), one.kind) for one in self.functions if one.owner != DEFAULT}
        for name in self.names:
            rows.setdefault(name, (name, "null", "value"))
        told = ",".join(f"{json.dumps(n)}:[()=>{owner},{key},{json.dumps(k)}]" for n, (owner, key, k) in rows.items())
        return f"\n;globalThis.__mge?.held({json.dumps(place)},{{{told}}});\n".encode()


def _key(key: str) -> str:
    symbol = _SYMBOL.fullmatch(key)
    return f"Symbol.{symbol[1]}" if symbol else json.dumps(key) if key else "null"


@lru_cache(maxsize=512)
def script_module(path: str, source: bytes) -> ScriptModule:
    """What a script holds; nothing where it does not parse."""
    root = Parser(language_for(path)).parse(source).root_node
    if root.has_error:
        return ScriptModule()
    found: dict[str, ScriptFunction] = {}
    names: dict[str, None] = {"module.exports": None} if b"exports" in source and b"export " not in source else {}
    for statement in root.named_children:
        inner = _declared(statement)
        for one in _of_statement(inner, statement):
            if isinstance(one, str):
                names[one] = None
            elif one.name not in found:
                found[one.name] = one
    return ScriptModule(functions=tuple(found.values()), names=tuple(names))


def _declared(statement: Node) -> Node:
    if statement.type != "export_statement":
        return statement
    return statement.child_by_field_name("declaration") or statement.child_by_field_name("value") or statement


def _of_statement(node: Node, outer: Node) -> Iterator[ScriptFunction | str]:
    name = node.child_by_field_name("name")
    if node is not outer and outer.child_by_field_name("value") is not None:
        yield from _of_value(DEFAULT, DEFAULT, node, outer)
    elif node.type in FUNCTIONS or node.type in _CLASSES:
        yield from _of_value(_text(name) if name else DEFAULT, _text(name) if name else DEFAULT, node, outer)
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for one in node.named_children:
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if name is not None and name.type == "identifier":
                yield _text(name)
                alone = len(node.named_children) == 1
                yield from _of_value(_text(name), _text(name), value, outer if alone else one)
    elif node.type == "enum_declaration" and name is not None:
        yield _text(name)
    elif node.type == "expression_statement" and node.named_children:
        yield from _of_assignment(node.named_children[0], outer)


def _of_assignment(node: Node, outer: Node) -> Iterator[ScriptFunction]:
    """``a.b = exports.c = function () {}``: by the first of the names."""
    target: str | None = None
    value: Node | None = node
    while value is not None and value.type == "assignment_expression":
        left = _text(value.child_by_field_name("left"))
        target = target or (left if _DOTTED.fullmatch(left) else None)
        value = value.child_by_field_name("right")
    if target is not None:
        shown = re.sub(r"^(?:module\.)?exports\.", "", target).replace(".prototype.", ".")
        yield from _of_value(shown, target, value, outer)


def _of_value(name: str, owner: str, value: Node | None, outer: Node, depth: int = 0) -> Iterator[ScriptFunction]:
    while value is not None and value.type in _TRANSPARENT and value.named_children:
        value = value.named_children[0]
    if value is None or depth > _DEPTH:
        return
    if value.type in FUNCTIONS:
        yield _function(name, value, outer, owner=owner)
    elif value.type in _CLASSES:
        yield from _of_class(name, owner, value, outer)
    elif value.type == "object" and owner != DEFAULT:
        for one in value.named_children:
            yield from _of_member(name, owner, one, depth)
    elif value.type == "call_expression":
        given = value.child_by_field_name("arguments")
        for one in given.named_children if given is not None else ():
            if one.type in FUNCTIONS or one.type in _CLASSES or one.type == "object":
                yield from _of_value(name, owner, one, outer, depth + 1)
                break


def _of_member(name: str, owner: str, node: Node, depth: int) -> Iterator[ScriptFunction]:
    shown = f"{name}.".removeprefix("module.exports.").replace(".prototype.", ".")
    if node.type == "method_definition" and (key := _member_name(node)):
        yield _function(shown + key, node, node, owner=owner, key=key, kind=_kind(node))
    elif node.type == "pair":
        key = _text(node.child_by_field_name("key"))
        if re.fullmatch(r"[\w$]+", key) and not key[0].isdigit():
            yield from _of_value(shown + key, f"{owner}.{key}", node.child_by_field_name("value"), node, depth + 1)


def _of_class(name: str, owner: str, node: Node, outer: Node) -> Iterator[ScriptFunction]:
    yield _function(name, node, outer, owner=owner, kind="class")
    body = node.child_by_field_name("body")
    for one in body.named_children if body is not None and owner != DEFAULT else ():
        static = any(child.type == "static" for child in one.children)
        key = _member_name(one)
        if one.type == "method_definition" and key == "constructor" and not static:
            yield _function(f"{name}.constructor", one, one, owner=owner, kind="new")
        elif one.type == "method_definition" and key:
            holder = owner if static else f"{owner}.prototype"
            yield _function(f"{name}.{key}", one, one, owner=holder, key=key, kind=_kind(one))
        elif static and key:
            yield from _of_value(f"{name}.{key}", f"{owner}.{key}", one.child_by_field_name("value"), one)


def _member_name(node: Node) -> str:
    """The name of a member, ``[Symbol.x]`` for a known symbol; nothing where it is private or computed."""
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name is None or name.type == "private_property_identifier":
        return ""
    text = _text(name)
    if name.type == "computed_property_name":
        return text if _SYMBOL.fullmatch(text) else ""
    return text[1:-1] if name.type == "string" and "\\" not in text else text


def _kind(node: Node) -> str:
    return next((child.type for child in node.children if child.type in ("get", "set")), "value")


def _function(name: str, node: Node, outer: Node, *, owner: str, key: str = "", kind: str = "value") -> ScriptFunction:
    first, last = outer.start_point[0] + 1, outer.end_point[0] + 1
    name = f"{name} =" if kind == "set" else name
    return ScriptFunction(name=name, first=first, last=last, owner=owner, key=key, kind=kind, node=node)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
