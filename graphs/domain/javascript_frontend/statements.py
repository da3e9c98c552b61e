"""JavaScript statements as constraints: hoisting, binding, modules."""

from collections.abc import Callable
from functools import partial

from tree_sitter import Node as Tree

from graphs.domain.ir import Key, Node, Site, Value
from graphs.domain.javascript_frontend import copies, exchange
from graphs.domain.javascript_frontend.branches import Branches
from graphs.domain.javascript_frontend.classes import Interface
from graphs.domain.javascript_frontend.scopes import (
    CLASSES,
    DECLARES_FUNCTION,
    Block,
    hoisted_names,
    pattern_names,
    text,
)
from graphs.domain.javascript_frontend.values import INDEX, JsObject
from graphs.domain.symbols import Binding, BindingKind


class Statements(Branches):
    """Visits statements; a visit returns True when the path ends there."""

    def module(self) -> None:
        """Visit a file: its top level, then the bodies of functions, outermost first."""
        root = self.context.root
        module = self.context.module
        if module.is_es:
            self.scope.this = None
        else:
            self.scope.this = module.public(self.solver)
            for name, value in (("module", module.module), ("exports", module.exports)):
                key = self.block_scope.declare(name, shared=set())
                self.scope.assign(self.solver, key, self.single(value))
        for name in hoisted_names(root):
            self.declare(name)
        self.block(root.named_children)
        while self.pending:
            todo, self.pending = self.pending, []
            for action in todo:
                action()

    def declare(self, name: str) -> str:
        """Declare a name in the current block."""
        if self.block_scope.table is not None:
            self.context.declared_names.add(name)
        return self.block_scope.declare(name, shared=self.context.shared)

    def bind(self, name: str, value: Node | None, line: int, binding: Binding | None = None) -> None:
        """Bind a declared name; module-level ones go into the table of the file."""
        found = self.block_scope.find(name)
        if found is None:
            return
        block, key = found
        block.scope.assign(self.solver, key, value)
        if block.table is not None:
            block.table.bind(name, binding or Binding(BindingKind.VARIABLE, self.context.path, line))
        elif block.scope is self.scope and self.scope.spans:
            self.scope.local_defs.setdefault(name, []).append(line)

    # blocks

    def block(self, body: list[Tree]) -> bool:
        """Declare what the block declares, hoist its functions, then visit its statements in order."""
        for node in body:
            self._predeclare(_inner(node))
        for node in body:
            inner = _inner(node)
            if inner.type in DECLARES_FUNCTION:
                self._hoist_function(inner)
        ended = False
        for node in body:
            try:
                ended = self.statement(node) or ended
            except RecursionError:
                line = node.start_point.row + 1
                self.context.project.unknown.append((self.context.path, line, "<nested too deeply>"))
        return ended

    def _predeclare(self, node: Tree) -> None:
        if node.type == "lexical_declaration":
            for child in node.named_children:
                name = child.child_by_field_name("name") if child.type == "variable_declarator" else None
                for each in pattern_names(name) if name is not None else ():
                    self.declare(each)
        elif node.type in DECLARES_FUNCTION or node.type in CLASSES or node.type in TYPE_DECLARATIONS:
            name = node.child_by_field_name("name")
            if name is not None:
                self.declare(text(name))
        elif node.type == "import_statement":
            for each in exchange.imported_names(node):
                self.declare(each)

    def _hoist_function(self, node: Tree) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            line = node.start_point.row + 1
            binding = Binding(BindingKind.FUNCTION, self.context.path, line)
            self.bind(text(name), self.function(node), line, binding)

    def statement(self, node: Tree) -> bool:
        """Visit one statement."""
        handler = STATEMENTS.get(node.type)
        if handler is not None:
            return bool(handler(self, node))
        if node.type not in DECLARES_FUNCTION and node.type not in IGNORED:
            self.value(node)
        return False

    def expression(self, node: Tree) -> bool:
        """An expression on its own."""
        for child in node.named_children:
            self.value(child)
            left = child.child_by_field_name("left") if child.type == "assignment_expression" else None
            promise = self.declared(self.documented_type(node)) if left is not None else None
            if left is not None and promise is not None:
                seeded = Node()
                self.context.project.annotated.append((seeded, promise))
                self.assign(left, seeded)
        return False

    def inner_block(self, node: Tree) -> bool:
        """A block with names of its own."""
        saved = self.block_scope
        self.block_scope = Block(self.scope, saved, None)
        ended = self.block(node.named_children)
        self.block_scope = saved
        return ended

    # binding

    def declaration(self, node: Tree) -> bool:
        """``const``, ``let`` and ``var``."""
        for child in node.named_children:
            if child.type != "variable_declarator":
                continue
            target = child.child_by_field_name("name")
            source = child.child_by_field_name("value")
            if target is None:
                continue
            promise = self.declared(child.child_by_field_name("type") or self.documented_type(child))
            if source is None and promise is None:
                continue
            if exchange.bind_require(self, target, source):
                continue
            value = self.named_value(source, target)
            if promise is not None:
                seeded = Node()
                self.solver.copy(value, seeded)
                self.context.project.annotated.append((seeded, promise))
                value = seeded
            self.bind_pattern(target, value)
        return False

    def bind_pattern(self, pattern: Tree, value: Node | None) -> None:
        """Bind the names of a pattern, defaults included."""
        kind = pattern.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            self.bind(text(pattern), value, pattern.start_point.row + 1)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
            joined = self.join([value, self.named_value(right, left)])
            if left is not None:
                self.bind_pattern(left, joined)
        elif kind == "object_pattern":
            self._object_pattern(pattern, value)
        elif kind == "array_pattern":
            self._array_pattern(pattern, value)
        elif kind in ("member_expression", "subscript_expression"):
            self.assign(pattern, value)
        elif pattern.named_children:
            self.bind_pattern(pattern.named_children[0], value)

    def _object_pattern(self, pattern: Tree, value: Node | None) -> None:
        site = self.site(pattern)
        for child in pattern.named_children:
            if child.type == "rest_pattern":
                self.bind_pattern(child.named_children[0], value)
                continue
            target, key = self._property(child)
            if target is None:
                continue
            part = Node()
            if isinstance(key, str):
                self.solver.load(value, key, part, site)
            else:
                self.solver.load_item(value, key, part, site)
            self.bind_pattern(target, part)

    def _property(self, node: Tree) -> tuple[Tree | None, Key]:
        if node.type == "pair_pattern":
            return node.child_by_field_name("value"), self.property_key(node.child_by_field_name("key"))
        if node.type == "object_assignment_pattern":
            left = node.child_by_field_name("left")
            return node, text(left) if left is not None else None
        return node, text(node)

    def _array_pattern(self, pattern: Tree, value: Node | None) -> None:
        site = self.site(pattern)
        position = 0
        for child in pattern.children:
            if child.type == ",":
                position += 1
            elif child.type == "rest_pattern":
                rest = JsObject("<builtin>.Array", "array")
                self.solver.iterate(value, rest.field(self.solver, INDEX), site)
                self.bind_pattern(child.named_children[0], self.single(rest))
            elif child.is_named and child.type != "comment":
                part = Node()
                self.solver.listen(value, partial(self._element, str(position), part, site))
                self.bind_pattern(child, part)

    def _element(self, position: str, part: Node, site: Site, value: Value) -> None:
        if isinstance(value, JsObject) and value.kind != "array":
            value.iterate(self.solver, part, site)
        else:
            value.load_item(self.solver, position, part, site)

    def assign(self, target: Tree, value: Node | None) -> None:
        """Assign to a target."""
        kind = target.type
        line = target.start_point.row + 1
        if kind == "member_expression":
            base_node = target.child_by_field_name("object")
            name = target.child_by_field_name("property")
            base = self.value(base_node)
            if base_node is not None and base_node.type == "this" and self.scope.class_table is not None and name:
                self.scope.class_table.fields.setdefault(text(name), []).append(line)
            if name is not None:
                self.solver.store(base, text(name), value or Node(), self.site(target))
                if base is not None and value is not None:
                    self.context.project.stored.append((base, text(name), value))
        elif kind == "subscript_expression":
            base = self.value(target.child_by_field_name("object"))
            key = self.key(target.child_by_field_name("index"))
            if self._copies(base, key, value, self.site(target)):
                return
            self.solver.store_item(base, key, value or Node(), self.site(target))
            if base is not None and value is not None:
                self.context.project.stored.append((base, "", value))
        else:
            self.bind_pattern(target, value)

    def _copies(self, base: Node | None, key: Key, value: Node | None, site: Site) -> bool:
        """``base[k] = other[k]`` copies fields by name; inside a function that got both, call by call."""
        origin = self.origins.get(value) if value is not None else None
        if origin is None or origin.key is not key:
            return False
        holder = self.holders.get(origin.base) if origin.base is not None else None
        found = copies.of_arguments(self.scope, origin, base, holder)
        if found is None:
            copies.copy_field(self.solver, origin, base, site)
        else:
            function, effect = found
            function.effects[effect] = None
        return True

    def class_declaration(self, node: Tree) -> bool:
        """``class A``."""
        value = self.class_(node)
        table = self.last_table
        name = node.child_by_field_name("name")
        if name is not None:
            line = node.start_point.row + 1
            binding = Binding(BindingKind.CLASS, self.context.path, line, members=table)
            self.bind(text(name), value, line, binding)
        return False

    def type_declaration(self, node: Tree) -> bool:
        """Interfaces, type aliases and enums."""
        name = node.child_by_field_name("name")
        line = node.start_point.row + 1
        if name is None:
            return False
        if node.type == "enum_declaration":
            self.bind(text(name), self.single(JsObject(text(name))), line)
            return False
        made = Interface(text(name))
        binding = Binding(BindingKind.CLASS, self.context.path, line)
        self.bind(text(name), self.single(made), line, binding)
        for child in node.named_children:
            if child.type == "extends_type_clause":
                for base in child.named_children:
                    self.implements(base, made)
            elif child is not name:
                self.declared(child)
        return False

    def returned(self, node: Tree) -> bool:
        """``return``."""
        for child in node.named_children:
            if child.type != "comment":
                self.returned_value(child)
        return True

    def thrown(self, node: Tree) -> bool:
        """``throw``."""
        self.expression(node)
        return True

    def exported(self, node: Tree) -> bool:
        """``export ...``."""
        exchange.export(self, node)
        return False

    def imported(self, node: Tree) -> bool:
        """``import ...``."""
        exchange.import_(self, node)
        return False

    def labelled(self, node: Tree) -> bool:
        """``label: statement``."""
        return self.statement(node.named_children[-1]) if node.named_children else False


def _inner(node: Tree) -> Tree:
    """Return the declaration inside an export."""
    if node.type == "export_statement":
        return node.child_by_field_name("declaration") or node
    return node


TYPE_DECLARATIONS = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration"})
IGNORED = frozenset({"comment", "empty_statement", "break_statement", "continue_statement", "function_signature"})
STATEMENTS: dict[str, Callable[[Statements, Tree], bool]] = {
    "expression_statement": Statements.expression,
    "lexical_declaration": Statements.declaration,
    "variable_declaration": Statements.declaration,
    "class_declaration": Statements.class_declaration,
    "abstract_class_declaration": Statements.class_declaration,
    "interface_declaration": Statements.type_declaration,
    "type_alias_declaration": Statements.type_declaration,
    "enum_declaration": Statements.type_declaration,
    "statement_block": Statements.inner_block,
    "if_statement": Statements.branch,
    "for_statement": Statements.loop,
    "for_in_statement": Statements.loop,
    "while_statement": Statements.loop,
    "do_statement": Statements.loop,
    "try_statement": Statements.guarded,
    "switch_statement": Statements.switch,
    "return_statement": Statements.returned,
    "throw_statement": Statements.thrown,
    "export_statement": Statements.exported,
    "import_statement": Statements.imported,
    "labeled_statement": Statements.labelled,
}
