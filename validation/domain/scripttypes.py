"""Types of TypeScript as kinds of simple values, as JSON for the run that makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

Kind = dict[str, Any]  # {"k": number | string | boolean | bigint | null | undefined | literal | array | tuple | ...}
_DEPTH = 6
_PLAIN = {name: {"k": name} for name in ("number", "string", "boolean", "bigint")}
_ARRAYS = frozenset({"Array", "ReadonlyArray", "Iterable"})
_TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())


@dataclass(frozen=True, slots=True)
class Types:
    """The type aliases and interfaces of one module, by name."""

    known: Mapping[str, Node] = field(default_factory=dict)

    @staticmethod
    def of(root: Node) -> "Types":
        """The types that a module declares at its top; generic ones are left out."""
        found: dict[str, Node] = {}
        for statement in root.named_children:
            node = statement.child_by_field_name("declaration") or statement
            name = node.child_by_field_name("name")
            if name is None or node.child_by_field_name("type_parameters") is not None:
                continue
            body = {"type_alias_declaration": "value", "interface_declaration": "body"}.get(node.type)
            value = node.child_by_field_name(body) if body else None
            extends = any(child.type.startswith("extends") for child in node.named_children)
            if value is not None and not extends:
                found[_text(name)] = value
        return Types(found)

    def optional(self, kind: Kind) -> Kind:
        """The kind, or nothing."""
        return {"k": "union", "of": [kind, {"k": "undefined"}]}

    def kind(self, node: Node, depth: int = 0) -> Kind | None:
        """The kind of a type, or None where no simple value can be made for it."""
        if depth > _DEPTH:
            return None
        match node.type:
            case "predefined_type" | "type_identifier" if _text(node) in _PLAIN:
                return _PLAIN.get(_text(node))
            case "parenthesized_type" | "readonly_type":
                return self.kind(node.named_children[-1], depth + 1)
            case "literal_type":
                return _literal(node.named_children[0])
            case "array_type":
                return self._around("array", node.named_children[0], depth)
            case "tuple_type":
                return self._several("tuple", node.named_children, depth)
            case "union_type":
                return self._several("union", node.named_children, depth)
            case "object_type" | "interface_body":
                return self._object(node, depth)
            case "type_identifier" if _text(node) in self.known:
                return self.kind(self.known[_text(node)], depth + 1)
            case "generic_type":
                return self._generic(node, depth)
            case _:
                return None

    def _around(self, word: str, inner: Node, depth: int) -> Kind | None:
        kind = self.kind(inner, depth + 1)
        return {"k": word, "of": kind} if kind else None

    def _several(self, word: str, parts: list[Node], depth: int) -> Kind | None:
        kinds = [self.kind(part, depth + 1) for part in parts]
        return {"k": word, "of": kinds} if kinds and all(kinds) else None

    def _object(self, node: Node, depth: int) -> Kind | None:
        fields: dict[str, Kind] = {}
        for part in node.named_children:
            if part.type == "comment":
                continue
            name, annotation = part.child_by_field_name("name"), part.child_by_field_name("type")
            if part.type != "property_signature" or name is None or annotation is None:
                return None
            kind = self.kind(annotation.named_children[0], depth + 1)
            if kind is None:
                return None
            loose = any(child.type == "?" for child in part.children)
            fields[_text(name).strip("'\"")] = self.optional(kind) if loose else kind
        return {"k": "object", "fields": fields}

    def _generic(self, node: Node, depth: int) -> Kind | None:
        name, given = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
        inner = given.named_children if given is not None else []
        if name is None or not inner:
            return None
        if _text(name) in _ARRAYS and len(inner) == 1:
            return self._around("array", inner[0], depth)
        if _text(name) in ("Set", "ReadonlySet") and len(inner) == 1:
            return self._around("set", inner[0], depth)
        if _text(name) == "Record" and len(inner) == 2 and _text(inner[0]) == "string":
            return self._around("record", inner[1], depth)
        return self.kind(inner[0], depth + 1) if _text(name) == "Readonly" else None


def _literal(node: Node) -> Kind | None:
    match node.type:
        case "string":
            return {"k": "literal", "v": _text(node)[1:-1]} if "\\" not in _text(node) else None
        case "number" if _text(node).replace(".", "", 1).isdigit():
            return {"k": "literal", "v": float(_text(node)) if "." in _text(node) else int(_text(node))}
        case "true" | "false":
            return {"k": "literal", "v": node.type == "true"}
        case "null" | "undefined":
            return {"k": node.type}
        case _:
            return None


def type_of_text(text: str) -> Kind | None:
    """The kind of a type as JSDoc writes it: ``number``, ``string[]``, ``?number``, ``string=``, ``Array.<string>``."""
    bare = text.strip().replace(".<", "<")
    loose, null = bare.endswith("="), bare.startswith("?")
    tree = Parser(_TYPESCRIPT).parse(f"type X = {bare.strip('=?!')};".encode())
    [*statements] = tree.root_node.named_children
    value = statements[0].child_by_field_name("value") if statements and not tree.root_node.has_error else None
    kind = Types().kind(value) if value is not None else None
    if kind and null:
        kind = {"k": "union", "of": [kind, {"k": "null"}]}
    return Types().optional(kind) if kind and loose else kind


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
