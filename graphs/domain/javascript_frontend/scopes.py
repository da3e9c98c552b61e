"""JavaScript scopes: hoisting, blocks, and which names other functions write."""

from tree_sitter import Node as Tree

from graphs.domain.flow import Flow
from graphs.domain.ir import Node
from graphs.domain.javascript_frontend.classes import JsClass
from graphs.domain.javascript_frontend.values import JsFunction
from graphs.domain.symbols import Table

FUNCTIONS = frozenset({
    "function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function",
    "generator_function_declaration", "function", "class_static_block",
})  # fmt: skip
DECLARES_FUNCTION = frozenset({"function_declaration", "generator_function_declaration"})
CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})


class Scope(Flow):
    """One function or module. ``flat`` names it in the callgraph."""

    def __init__(self, flat: str, parent: "Scope | None") -> None:
        super().__init__()
        self.flat = flat
        self.parent = parent
        self.this: Node | None = None
        self.function: JsFunction | None = None
        self.home: JsClass | None = None  # the class whose method this is, for super
        self.home_static = False
        self.class_table: Table | None = None
        self.arrows = 0
        self.spans = False
        self.yields: Node | None = None
        self.local_defs: dict[str, list[int]] = {}
        self.local_uses: dict[str, list[int]] = {}


class Block:
    """Names declared in one block: each maps to its key among the versions of the function around it."""

    __slots__ = ("names", "parent", "scope", "table")

    def __init__(self, scope: Scope, parent: "Block | None", table: Table | None = None) -> None:
        self.scope = scope
        self.parent = parent
        self.names: dict[str, str] = {}
        self.table = table

    def declare(self, name: str, *, shared: set[str]) -> str:
        """Declare a name here; a name that an outer block of the function has gets a key of its own."""
        key = self.names.get(name)
        if key is None:
            key = name
            while key in self.scope.names:
                key += "'"
            self.names[name] = key
            self.scope.names.add(key)
            if name in shared:
                self.scope.weak.add(key)
        return key

    def find(self, name: str) -> "tuple[Block, str] | None":
        """Return the block that declares a name, and its key."""
        block: Block | None = self
        while block is not None:
            key = block.names.get(name)
            if key is not None:
                return block, key
            block = block.parent
        return None


def text(node: Tree) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def pattern_names(node: Tree) -> list[str]:
    """Return the names that a binding pattern declares."""
    names: list[str] = []
    pending = [node]
    while pending:
        current = pending.pop()
        kind = current.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            names.append(text(current))
        elif kind == "pair_pattern":
            value = current.child_by_field_name("value")
            pending.extend([value] if value else [])
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = current.child_by_field_name("left")
            pending.extend([left] if left else [])
        elif kind in ("required_parameter", "optional_parameter"):
            inner = current.child_by_field_name("pattern")
            pending.extend([inner] if inner else [])
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            pending.extend(current.named_children)
    return names


def hoisted_names(body: Tree) -> list[str]:
    """Return the ``var`` names of a function body, blocks included, functions excluded."""
    names: list[str] = []
    pending = list(body.named_children)
    while pending:
        node = pending.pop()
        kind = node.type
        if kind == "variable_declaration":
            for child in node.named_children:
                if child.type == "variable_declarator" and (name := child.child_by_field_name("name")):
                    names.extend(pattern_names(name))
        elif kind == "for_in_statement":
            if (word := node.child_by_field_name("kind")) and text(word) == "var":
                left = node.child_by_field_name("left")
                names.extend(pattern_names(left) if left else [])
            pending.extend(node.named_children)
        elif kind.endswith(("_statement", "_block", "_clause", "_case", "_default", "_body")):
            pending.extend(node.named_children if kind not in FUNCTIONS and kind != "class_body" else ())
    return names


def assigned_names(nodes: list[Tree]) -> set[str]:
    """Return the names that are assigned anywhere in some code, nested functions excluded."""
    names: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in FUNCTIONS:
            continue
        if kind in ("assignment_expression", "augmented_assignment_expression"):
            left = node.child_by_field_name("left")
            names.update(pattern_names(left) if left else [])
        elif kind == "variable_declarator":
            name = node.child_by_field_name("name")
            names.update(pattern_names(name) if name else [])
        elif kind == "for_in_statement":
            left = node.child_by_field_name("left")
            names.update(pattern_names(left) if left else [])
        pending.extend(node.named_children)
    return names


def names_shared(root: Tree) -> tuple[set[str], set[str], bool]:
    """Return the names assigned inside functions, the names of accessors, and whether ES module syntax is used."""
    shared: set[str] = set()
    accessors: set[str] = set()
    module = False
    pending: list[tuple[Tree, bool]] = [(root, False)]
    while pending:
        node, inside = pending.pop()
        kind = node.type
        if kind in ("export_statement", "import_statement"):
            module = True
        if inside and kind in ("assignment_expression", "augmented_assignment_expression"):
            left = node.child_by_field_name("left")
            shared.update(pattern_names(left) if left else [])
        if kind == "method_definition" and any(c.type in ("get", "set") for c in node.children):
            name = node.child_by_field_name("name")
            accessors.update([text(name)] if name else [])
        if kind == "call_expression":
            accessors.update(_defined(node))
        inner = inside or kind in FUNCTIONS
        pending.extend((child, inner) for child in node.named_children)
    return shared, accessors, module


def _defined(node: Tree) -> list[str]:
    """Return the property names that a call such as ``Object.defineProperty(o, 'name', {...})`` makes accessors of."""
    callee = node.child_by_field_name("function")
    given = node.child_by_field_name("arguments")
    if callee is None or given is None or not text(callee).rpartition(".")[2].lower().startswith("define"):
        return []
    rest = given.named_children[1:]
    if len(rest) > 1 and rest[0].type == "string":
        return [unquote(rest[0])]
    if len(rest) == 1 and rest[0].type == "object":
        keys = (pair.child_by_field_name("key") for pair in rest[0].named_children if pair.type == "pair")
        return [text(key) for key in keys if key is not None]
    return []


def target_name(node: Tree) -> str | None:
    """Return the dotted name that a function gets from its target: ``f``, ``A.m`` for ``A.prototype.m``."""
    if node.type == "identifier":
        return text(node)
    if node.type == "member_expression":
        parts = text(node).replace(".prototype.", ".").split(".")
        if parts[:2] == ["module", "exports"]:
            parts = parts[2:]
        elif parts[0] in ("exports", "this"):
            parts = parts[1:]
        return ".".join(parts) if parts and all(p.isidentifier() for p in parts) else None
    return None


def unquote(node: Tree) -> str:
    """Return the content of a string literal."""
    return text(node)[1:-1]
