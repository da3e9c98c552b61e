"""Reads the facts of a TypeScript or JavaScript file from its syntax tree.

Names are taken as bound in the nearest function, class or module: a block of its own is not a scope here, which can
only make a name look known a little too widely inside one function. The walk keeps its own stack.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

import tree_sitter

from atoms.domain.examples import Example, comment_examples
from atoms.domain.facts import Binding, FileFacts, FunctionFacts, NameScope, ScopeKind, class_of, lookup
from atoms.domain.model import Language
from atoms.domain.parser import GRAMMARS
from atoms.domain.words import words

_PROPERTY: Final = frozenset({"accessibility_modifier", "override_modifier", "readonly"})
_FUNCTIONS: Final = words(
    "function_declaration generator_function_declaration function_expression generator_function arrow_function "
    "method_definition function_signature method_signature abstract_method_signature function_type"
)
_CLASSES: Final = words("class_declaration abstract_class_declaration class")
_TYPES: Final = words("interface_declaration type_alias_declaration enum_declaration internal_module module")
_PATTERNS: Final = words("object_pattern array_pattern rest_pattern")
_NAMES: Final = words("identifier shorthand_property_identifier_pattern type_identifier")
_MUTATORS: Final = words(
    "push pop shift unshift splice sort reverse fill set add delete clear append appendChild removeChild"
)
_MUTATE_FIRST: Final = words(
    "Object.assign Object.defineProperty Object.defineProperties Object.setPrototypeOf Object.freeze Reflect.set"
)
_LITERAL_TYPES: Final = {
    "number": "number", "string": "string", "template_string": "string", "true": "boolean", "false": "boolean",
    "array": "Array", "object": "object", "arrow_function": "Function", "function_expression": "Function",
    "regex": "RegExp",
}  # fmt: skip

_NAMELESS: Final = words(
    "string statement_identifier nested_type_identifier jsx_closing_element number property_identifier "
    "private_property_identifier string_fragment escape_sequence this super true false null undefined predefined_type "
    "regex jsx_text accessibility_modifier override_modifier empty_statement hash_bang_line html_character_reference "
    "optional_chain meta_property debugger_statement"
)
_CALLEES: Final = ("identifier", "member_expression")
_LONG_CALLEE: Final = 120  # characters

_Item = tuple[tree_sitter.Node, NameScope, str | None]  # node, scope, kind of binding if it is a pattern


def read_script(root: tree_sitter.Node, source: bytes, language: Language) -> FileFacts:
    """Return the facts of a parsed file. Linear in its size."""
    return _Reader(root, source, _deeds_of(language)).read()


class _Reader:
    def __init__(self, root: tree_sitter.Node, source: bytes, deeds: "dict[int, _Deed]") -> None:
        self.source = source
        self.deeds = deeds
        module = NameScope(ScopeKind.MODULE, "<module>", None, 0, root.end_point[0] + 1)
        self.facts = FileFacts(module)
        self.stack: list[_Item] = [(root, module, None)]
        self.types: dict[int, str] = {}

    def read(self) -> FileFacts:
        stack, source = self.stack, self.source
        pop, use, deed_of, name_of = stack.pop, self.facts.uses.append, self.deeds.get, _Reader._name
        while stack:
            node, scope, binding = pop()
            deed = deed_of(node.kind_id)
            if deed is None:
                self._push(node.named_children, scope)
            elif deed is name_of and binding is None:
                name = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
                use((node.start_point[0], name, scope))
            else:
                deed(self, node, scope, binding)
        return self.facts

    def _push(self, nodes: list[tree_sitter.Node], scope: NameScope, binding: str | None = None) -> None:
        deeds, nothing = self.deeds, _Reader._nothing
        self.stack.extend(
            [(node, scope, binding) for node in reversed(nodes) if deeds.get(node.kind_id) is not nothing]
        )

    def _pattern(self, node: tree_sitter.Node, scope: NameScope, binding: str | None) -> None:
        self._push(node.named_children, scope, binding)

    def _field(self, node: tree_sitter.Node, name: str, scope: NameScope, binding: str | None = None) -> None:
        child = node.child_by_field_name(name)
        if child is not None:
            self.stack.append((child, scope, binding))

    def _text(self, node: tree_sitter.Node | None) -> str:
        return "" if node is None else self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _bind(self, scope: NameScope, binding: Binding) -> None:
        scope.bind(binding)
        self.facts.binds.append((binding, scope))

    def _name(self, node: tree_sitter.Node, scope: NameScope, binding: str | None) -> None:
        row = node.start_point[0]
        name = self._text(node)
        if binding is None:
            self.facts.uses.append((row, name, scope))
        else:
            self._bind(scope, Binding(name, row, binding, self.types.get(node.start_byte)))

    def _function(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        row = node.start_point[0]
        name_node = node.child_by_field_name("name")
        name = self._text(name_node)
        kind = node.type
        declared = kind in ("function_declaration", "generator_function_declaration", "function_signature")
        if declared and name:
            self._bind(scope, Binding(name, row, "function"))
        if kind.startswith("method") and name:
            scope.members.setdefault(name, row)
        symbol = name or self._bound_name(node) or "<anonymous>"
        inner = self._enter(scope, ScopeKind.FUNCTION, symbol, node)
        if not declared and name and not kind.startswith(("method", "abstract")):
            inner.bind(Binding(name, row, "function"))
        if kind != "arrow_function":
            inner.bind(Binding("arguments", row, "parameter"))
        parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        returns = node.child_by_field_name("return_type")
        signature = f"{symbol}{self._text(parameters)}{self._text(returns)}"
        known = self._text(returns).lstrip(":").strip() or None
        self.facts.functions.append(FunctionFacts(inner.symbol, row, " ".join(signature.split()), known))
        self._field(node, "body", inner)
        if returns is not None:
            self.stack.append((returns, inner, None))
        self._field(node, "type_parameters", inner)
        if parameters is not None:
            binding = "parameter"
            if parameters.type == "identifier":
                self.stack.append((parameters, inner, binding))
            else:
                self._push(parameters.named_children, inner, binding)
        if name_node is not None and name_node.type == "computed_property_name":
            self.stack.append((name_node, scope, None))

    def _bound_name(self, node: tree_sitter.Node) -> str | None:
        return self.types.get(-node.start_byte - 1)

    def _class(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        name = self._text(node.child_by_field_name("name"))
        if name:
            self._bind(scope, Binding(name, node.start_point[0], "class"))
        inner = self._enter(scope, ScopeKind.CLASS, name or "<class>", node)
        rest = [child for child in node.named_children if child.type not in ("type_identifier", "identifier")]
        inner.bases = tuple(self._text(c).split()[-1] for c in rest if c.type == "class_heritage" and self._text(c))
        self.facts.classes.append(inner)
        self._push(rest, inner)

    def _enter(self, scope: NameScope, kind: ScopeKind, name: str, node: tree_sitter.Node) -> NameScope:
        symbol = name if scope.kind is ScopeKind.MODULE else f"{scope.symbol}.{name}"
        return NameScope(kind, symbol, scope, node.start_point[0], node.end_point[0])

    def _declarator(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        annotation = node.child_by_field_name("type")
        self._typed(name, value, annotation)
        origin = self._required(value)
        self._field(node, "value", scope)
        self._field(node, "type", scope)
        if name is None:
            return
        if origin is not None and name.type == "identifier":
            self._bind(scope, Binding(self._text(name), node.start_point[0], "import", None, f"{origin}:"))
            self.facts.imports.append((node.start_point[0], origin))
        else:
            if origin is not None:
                self.facts.imports.append((node.start_point[0], origin))
            self.stack.append((name, scope, "local"))

    def _typed(
        self, name: tree_sitter.Node | None, value: tree_sitter.Node | None, annotation: tree_sitter.Node | None
    ) -> None:
        if name is None or name.type != "identifier":
            return
        if annotation is not None:
            self.types[name.start_byte] = self._text(annotation).lstrip(":").strip()
        elif value is not None:
            known = _LITERAL_TYPES.get(value.type)
            if value.type == "new_expression":
                known = self._text(value.child_by_field_name("constructor"))
            if known:
                self.types[name.start_byte] = known
        if value is not None and value.type in _FUNCTIONS:
            self.types[-value.start_byte - 1] = self._text(name)

    def _required(self, value: tree_sitter.Node | None) -> str | None:
        if value is None or value.type != "call_expression":
            return None
        callee, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        if self._text(callee) != "require" or arguments is None or arguments.named_child_count != 1:
            return None
        return self._text(arguments.named_children[0]).strip("\"'`")

    def _parameter(self, node: tree_sitter.Node, scope: NameScope, binding: str | None) -> None:
        pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
        annotation = node.child_by_field_name("type")
        self._typed(pattern, value, annotation)
        for child in (value, annotation):
            if child is not None:
                self.stack.append((child, scope, None))
        if pattern is not None:
            self.stack.append((pattern, scope, "parameter"))
            # ``constructor(readonly a: T)`` declares a member of its class.
            if pattern.start_byte != node.start_byte and _PROPERTY.intersection(c.type for c in node.children):
                owner = class_of(scope)
                if owner is not None:
                    owner.members.setdefault(self._text(pattern), pattern.start_point[0])

    def _defaulted(self, node: tree_sitter.Node, scope: NameScope, binding: str | None) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if binding is not None:
            self._typed(left, right, None)
        self._field(node, "right", scope)
        self._field(node, "left", scope, binding)

    def _pair_pattern(self, node: tree_sitter.Node, scope: NameScope, binding: str | None) -> None:
        self._field(node, "value", scope, binding)

    def _type_binding(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        name = node.child_by_field_name("name")
        self._bind(scope, Binding(self._text(name).strip("\"'"), node.start_point[0], "type"))
        inner = self._enter(scope, ScopeKind.CLASS, self._text(name), node)
        if node.type in ("internal_module", "module"):
            inner.kind = ScopeKind.FUNCTION
        self._push([child for child in node.named_children if child != name], inner)

    def _type_parameter(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self._bind(scope, Binding(self._text(name), node.start_point[0], "type"))
        self._push([child for child in node.named_children if child != name], scope)

    def _inferred_type(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        for child in node.named_children:
            if child.type == "type_identifier":
                self._bind(scope, Binding(self._text(child), node.start_point[0], "type"))
            else:
                self.stack.append((child, scope, None))

    def _import(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        source = self._text(node.child_by_field_name("source")).strip("\"'`")
        self.facts.imports.append((node.start_point[0], source))
        stack = list(node.named_children)
        while stack:
            child = stack.pop()
            row = child.start_point[0]
            if child.type == "import_specifier":
                name = self._text(child.child_by_field_name("name"))
                alias = self._text(child.child_by_field_name("alias")) or name
                self._bind(scope, Binding(alias, row, "import", None, f"{source}:{name}"))
            elif child.type == "namespace_import":
                self._bind(scope, Binding(self._text(child.named_children[-1]), row, "import", None, f"{source}:"))
            elif child.type == "identifier":
                self._bind(scope, Binding(self._text(child), row, "import", None, f"{source}:default"))
            elif child.type in ("import_clause", "named_imports", "import_require_clause"):
                stack.extend(child.named_children)

    def _export(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        source = node.child_by_field_name("source")
        if source is not None:
            self.facts.imports.append((node.start_point[0], self._text(source).strip("\"'`")))
            return
        self._push(node.named_children, scope)

    def _export_name(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        self._field(node, "name", scope)

    def _catch(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        self._field(node, "body", scope)
        self._field(node, "parameter", scope, "local")

    def _for_in(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        declared = node.child_by_field_name("kind") is not None
        self._field(node, "body", scope)
        self._field(node, "right", scope)
        self._field(node, "left", scope, "local" if declared else None)

    def _assignment(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        left = node.child_by_field_name("left")
        if left is not None:
            self._written(left, scope)
            value = node.child_by_field_name("right")
            if value is not None and value.type in _FUNCTIONS:
                name = self._text(left).replace(".prototype.", ".")
                for prefix in ("module.exports.", "exports.", "this."):
                    name = name.removeprefix(prefix)
                self.types[-value.start_byte - 1] = name
        self._push(node.named_children, scope)

    def _written(self, left: tree_sitter.Node, scope: NameScope) -> None:
        row, node = left.start_point[0], left
        if left.type == "identifier":
            name = self._text(left)
            found = lookup(name, scope)
            if found is not None and found[0].kind is ScopeKind.FUNCTION:
                self._bind(found[0], Binding(name, row, "local"))  # of an enclosing function too, as closures do
            elif name in scope.bindings:
                self._bind(scope, Binding(name, row, "local"))
            elif scope.kind is ScopeKind.FUNCTION:
                self.facts.effects.append((row, f"rebinds global {name}"))
            return
        root = self._mutated(node, row, scope)
        owner = class_of(scope)
        if root == "this" and owner is not None and left.type == "member_expression":
            owner.members.setdefault(self._text(left.child_by_field_name("property")), row)

    def _mutated(self, node: tree_sitter.Node, row: int, scope: NameScope) -> str | None:
        """Note the object whose member is written, and return its name."""
        while node.type in ("member_expression", "subscript_expression"):
            inner = node.child_by_field_name("object")
            if inner is None:
                break
            node = inner
        root = self._text(node) if node.type in ("identifier", "this") else None
        if root is not None:
            self.facts.mutates.append((row, root, scope))
        return root

    def _update(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        """``x++``, ``--a.b`` and ``delete a.b``: they read and write."""
        target = node.child_by_field_name("argument")
        operator = node.child_by_field_name("operator")
        if target is not None and (node.type == "update_expression" or self._text(operator) == "delete"):
            self._written(target, scope)
        self._push(node.named_children, scope)

    def _call(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        row = node.start_point[0]
        kind = "" if callee is None else callee.type
        if kind in _CALLEES:
            text = self._text(callee)
            plain = len(text) < _LONG_CALLEE and text.replace(".", "").replace("_", "").isalnum()
            dotted = text if plain else "?"
            self.facts.calls.append((row, dotted, scope))
            root, _sep, last = dotted.rpartition(".")
            if root and last in _MUTATORS:
                self.facts.mutates.append((row, root.split(".")[0], scope))
            elif dotted in _MUTATE_FIRST:
                arguments = node.child_by_field_name("arguments")
                if arguments is not None and arguments.named_child_count:
                    self._mutated(arguments.named_children[0], row, scope)
            elif dotted == "require":
                self._loaded(node, row)
        elif kind == "import":
            self._loaded(node, row)
        self._push(node.named_children, scope)

    def _loaded(self, node: tree_sitter.Node, row: int) -> None:
        """``require("x")`` and ``import("x")`` bring a module in wherever they stand."""
        arguments = node.child_by_field_name("arguments")
        if arguments is not None and arguments.named_child_count and arguments.named_children[0].type == "string":
            self.facts.imports.append((row, self._text(arguments.named_children[0]).strip("\"'")))

    def _member(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        target = node.child_by_field_name("object")
        if target is None:
            return
        if target.type == "this":
            owner = class_of(scope)
            if owner is not None:
                name = self._text(node.child_by_field_name("property"))
                self.facts.members.append((node.start_point[0], name, owner))
            return
        self.stack.append((target, scope, None))

    def _throw(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        thrown = node.named_children[0] if node.named_child_count else None
        name = self._text(thrown.child_by_field_name("constructor")) if thrown is not None else ""
        self.facts.raises.append((node.start_point[0], name or "<re-raised>"))
        self._push(node.named_children, scope)

    def _field_definition(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
        if name is not None:
            scope.members.setdefault(self._text(name), node.start_point[0])
        value = node.child_by_field_name("value")
        if value is not None and value.type in _FUNCTIONS:
            self.types[-value.start_byte - 1] = self._text(name)
        self._push([child for child in node.named_children if child != name], scope)

    def _comment(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        if self.source.startswith(b"/**", node.start_byte):
            row = node.start_point[0]
            found = comment_examples(self._text(node))
            self.facts.examples.extend(Example(row, None, "example", source) for source in found)

    def _nothing(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        return

    def _labeled(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        self._field(node, "body", scope)

    def _shorthand(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        self._name(node, scope, None)

    def _jsx_name(self, node: tree_sitter.Node, scope: NameScope, _: str | None) -> None:
        children = node.named_children
        name = node.child_by_field_name("name")
        if name is not None and name.type == "identifier" and self._text(name)[:1].islower():
            children = [child for child in children if child != name]  # <div> names no variable
        self._push(children, scope)


_Deed = Callable[[_Reader, tree_sitter.Node, NameScope, str | None], None]

_SPECIAL: Final[dict[str, _Deed]] = {
    **dict.fromkeys(_NAMES, _Reader._name),
    **dict.fromkeys(_FUNCTIONS, _Reader._function),
    **dict.fromkeys(_CLASSES, _Reader._class),
    **dict.fromkeys(_PATTERNS, _Reader._pattern),
    **dict.fromkeys(_NAMELESS, _Reader._nothing),
    "variable_declarator": _Reader._declarator,
    "required_parameter": _Reader._parameter,
    "optional_parameter": _Reader._parameter,
    "assignment_pattern": _Reader._defaulted,
    "object_assignment_pattern": _Reader._defaulted,
    "pair_pattern": _Reader._pair_pattern,
    **dict.fromkeys(_TYPES, _Reader._type_binding),
    "type_parameter": _Reader._type_parameter,
    "mapped_type_clause": _Reader._type_parameter,
    "index_signature": _Reader._type_parameter,
    "infer_type": _Reader._inferred_type,
    "import_statement": _Reader._import,
    "export_statement": _Reader._export,
    "export_specifier": _Reader._export_name,
    "catch_clause": _Reader._catch,
    "for_in_statement": _Reader._for_in,
    "assignment_expression": _Reader._assignment,
    "augmented_assignment_expression": _Reader._assignment,
    "call_expression": _Reader._call,
    "new_expression": _Reader._call,
    "member_expression": _Reader._member,
    "throw_statement": _Reader._throw,
    "public_field_definition": _Reader._field_definition,
    "field_definition": _Reader._field_definition,
    "jsx_opening_element": _Reader._jsx_name,
    "jsx_self_closing_element": _Reader._jsx_name,
    "update_expression": _Reader._update,
    "unary_expression": _Reader._update,
    "comment": _Reader._comment,
    "labeled_statement": _Reader._labeled,
    "shorthand_property_identifier": _Reader._shorthand,
}


@cache
def _deeds_of(language: Language) -> dict[int, _Deed]:
    """What is done with a node, by tree-sitter's ``kind_id``; with any other its children are looked at."""
    grammar = GRAMMARS[language]
    kinds = ((number, grammar.node_kind_for_id(number)) for number in range(grammar.node_kind_count))
    return {number: _SPECIAL[kind] for number, kind in kinds if kind in _SPECIAL}
