"""JavaScript functions, classes and object literals as values."""

from functools import partial

from tree_sitter import Node as Tree

from graphs.domain.ir import Call, Key, Node, Value
from graphs.domain.javascript_frontend.accessors import Accessor
from graphs.domain.javascript_frontend.classes import JsClass
from graphs.domain.javascript_frontend.scopes import Block, Scope, hoisted_names, pattern_names, text, unquote
from graphs.domain.javascript_frontend.types import Types
from graphs.domain.javascript_frontend.values import INDEX, JsFunction, JsObject
from graphs.domain.symbols import Binding, BindingKind, Table, UseKind

NAMED_BY_KEY = frozenset({"function_expression", "generator_function", "function", "arrow_function"})


class Definitions(Types):
    """Makes functions, classes and objects. Bodies of functions are visited after the code around them."""

    last_table: Table | None = None  # members of the class made last, for the binding of its name

    def child_name(self, name: str | None) -> str:
        """Return the flat name of a function defined here; nameless ones are numbered per scope.

        As in the published SWARM-JS programs an arrow in a variable stays nameless, one that is an object's member
        takes its key, as any function there.
        """
        if name is None:
            self.scope.arrows += 1
            name = f"<arrow{self.scope.arrows}>"
        return f"{self.scope.flat}.{name}"

    def function(self, node: Tree, name: str | None = None) -> Node:
        """Make a function value from any function node."""
        own = node.child_by_field_name("name")
        if node.type != "arrow_function" and own is not None:
            name = text(own)
        return self.single(self.make_function(node, self.child_name(name)))

    def make_function(
        self,
        node: Tree,
        flat: str,
        *,
        home: JsClass | None = None,
        static: bool = False,
        table: Table | None = None,
    ) -> JsFunction:
        """Make the value, its parameters, and queue its body."""
        arrow = node.type == "arrow_function"
        made = JsFunction(flat, self.context.path, node.start_point.row + 1, is_arrow=arrow)
        if any(c.type == "async" for c in node.children):
            made.promise = JsObject("<builtin>.Promise", "promise")
            self.solver.add(made.ret, made.promise)
        outer_scope, outer_block = self.scope, self.block_scope
        scope = Scope(flat, outer_scope)
        scope.function = made
        scope.this = outer_scope.this if arrow else made.this
        scope.home = outer_scope.home if arrow else home
        scope.home_static = outer_scope.home_static if arrow else static
        scope.class_table = outer_scope.class_table if arrow else table
        scope.spans = self.context.multi_atom(node.start_point.row + 1, node.end_point.row + 1)
        block = Block(scope, outer_block)
        returns = node.child_by_field_name("return_type")
        if returns is not None and (promise := self.declared(returns)) is not None:
            self.context.project.annotated.append((made.ret, promise))
        parameters = self._parameters(node)
        for parameter in parameters:
            made.params.append(Node())
            if parameter.type == "rest_pattern" or any(c.type == "rest_pattern" for c in parameter.named_children):
                made.params.pop()
                made.rest = JsObject("<builtin>.Array", "array")
        self.pending.append(lambda: self._body(node, made, scope, block, parameters))
        return made

    def _parameters(self, node: Tree) -> list[Tree]:
        single = node.child_by_field_name("parameter")
        if single is not None:
            return [single]
        listed = node.child_by_field_name("parameters")
        return (
            [c for c in listed.named_children if c.type not in ("comment", "decorator")] if listed is not None else []
        )

    def _body(self, node: Tree, made: JsFunction, scope: Scope, block: Block, parameters: list[Tree]) -> None:
        self.scope, self.block_scope = scope, block
        self.context.definition_time = False
        self.documented(node, made, parameters)
        for parameter, param in zip(parameters, made.params, strict=False):
            self._bind_parameter(parameter, param, made)
        if made.rest is not None:
            rest = parameters[-1]
            for name in pattern_names(rest):
                key = block.declare(name, shared=self.context.shared)
                scope.assign(self.solver, key, self.single(made.rest))
        if not made.is_arrow and "arguments" not in block.names:
            self._arguments_object(node, made, scope, block)
        body = node.child_by_field_name("body")
        if body is not None and body.type == "statement_block":
            for name in hoisted_names(body):
                if name not in block.names:
                    block.declare(name, shared=self.context.shared)
            self.block(body.named_children)
        elif body is not None:
            self.returned_value(body)
        if scope.spans:
            self.context.local_flow.append((scope.local_defs, scope.local_uses))

    def _arguments_object(self, node: Tree, made: JsFunction, scope: Scope, block: Block) -> None:
        body = node.child_by_field_name("body")
        if body is not None and b"arguments" in (body.text or b""):
            made.arguments = JsObject("<builtin>.Array", "array")
            for i, param in enumerate(made.params):
                self.solver.copy(param, made.arguments.field(self.solver, str(i)))
            scope.assign(
                self.solver, block.declare("arguments", shared=self.context.shared), self.single(made.arguments)
            )

    def _bind_parameter(self, parameter: Tree, param: Node, made: JsFunction) -> None:
        pattern = parameter
        if parameter.type in ("required_parameter", "optional_parameter"):
            inner = parameter.child_by_field_name("pattern")
            if inner is None or inner.type == "this":
                return
            pattern = inner
            promise = self.declared(parameter.child_by_field_name("type"))
            if promise is not None:
                self.context.project.annotated.append((param, promise))
            default = parameter.child_by_field_name("value")
            if default is not None:
                self.solver.copy(self.value(default), param)
            if any(c.type in ("accessibility_modifier", "readonly") for c in parameter.children):
                self.solver.store(made.this, text(pattern), param, self.site(parameter))
                if self.scope.class_table is not None:
                    line = parameter.start_point.row + 1
                    self.scope.class_table.fields.setdefault(text(pattern), []).append(line)
        for name in pattern_names(pattern):
            self.block_scope.declare(name, shared=self.context.shared)
        self.bind_pattern(pattern, param)

    def returned_value(self, node: Tree) -> None:
        """The value of ``return`` or of an arrow's expression."""
        value = self.value(node)
        function = self.scope.function
        if function is None or value is None:
            return
        if function.promise is not None:
            self.solver.listen(value, partial(self._settle, function.promise))
        elif self.scope.yields is None:
            if node.type == "identifier" and value in function.params:
                function.identity.add(function.params.index(value))
            elif value is function.this:
                function.returns_this = True
            else:
                self.solver.copy(value, function.ret)

    def _settle(self, promise: JsObject, value: Value) -> None:
        """A promise never holds a promise."""
        if isinstance(value, JsObject) and value.kind == "promise":
            self.solver.copy(value.everything(self.solver), promise.field(self.solver, INDEX))
        else:
            self.solver.add(promise.field(self.solver, INDEX), value)

    def bind_pattern(self, pattern: Tree, value: Node | None) -> None:
        """Bind a pattern; statements say how."""
        raise NotImplementedError

    def block(self, body: list[Tree]) -> bool:
        """Visit statements; statements say how."""
        raise NotImplementedError

    # objects

    def object_literal(self, node: Tree, name: str | None = None) -> Node:
        """An object literal; its methods carry its name."""
        made = JsObject(f"{self.scope.flat}.{name}" if name else "<object>")
        prefix = f"{name}." if name else ""
        for child in node.named_children:
            kind = child.type
            if kind == "pair":
                self._pair(child, made, prefix)
            elif kind == "method_definition":
                self._literal_method(child, made, prefix)
            elif kind == "shorthand_property_identifier":
                self.solver.copy(self.identifier(child), made.field(self.solver, text(child)))
            elif kind == "spread_element" and child.named_children:
                self.solver.listen(
                    self.value(child.named_children[0]),
                    lambda v: v.pour_into(self.solver, made) if isinstance(v, JsObject) else None,
                )
        self.context.project.literals.append(made)
        return self.single(made)

    def property_key(self, node: Tree | None) -> Key:
        """Return the key of a property: its name, or the value of a computed one."""
        if node is None:
            return None
        if node.type == "computed_property_name":
            return self.key(node.named_children[0]) if node.named_children else None
        return unquote(node) if node.type == "string" else text(node)

    def _pair(self, node: Tree, made: JsObject, prefix: str) -> None:
        key = self.property_key(node.child_by_field_name("key"))
        item = node.child_by_field_name("value")
        if item is not None and (item.type in NAMED_BY_KEY or item.type == "object"):
            named = f"{prefix}{key}" if isinstance(key, str) else None
            value: Node | None = (
                self.object_literal(item, named) if item.type == "object" else self.function(item, named)
            )
        else:
            value = self.value(item)
        if value is not None:
            made.store_item(self.solver, key, value, self.site(node))

    def _literal_method(self, node: Tree, made: JsObject, prefix: str) -> None:
        key = self.property_key(node.child_by_field_name("name"))
        name = key if isinstance(key, str) else None
        function = self.make_function(node, self.child_name(f"{prefix}{name}" if name else None))
        self.solver.add(function.this, made)
        self._attach(node, made, key, function)

    def _attach(self, node: Tree, target: JsObject, key: Key, function: JsFunction) -> None:
        """Put a method, getter or setter on an object."""
        words = {c.type for c in node.children}
        if isinstance(key, str) and ("get" in words or "set" in words):
            slot = target.field(self.solver, key)
            accessor = next((v for v in slot.values or () if isinstance(v, Accessor)), None)
            if accessor is None:
                accessor = Accessor()
                self.solver.add(slot, accessor)
            self.solver.add(accessor.getter if "get" in words else accessor.setter, function)
        else:
            target.store_item(self.solver, key, self.single(function), self.site(node))

    # classes

    def class_(self, node: Tree, name: str | None = None) -> Node:
        """Make a class value from a class node."""
        own = node.child_by_field_name("name")
        name = text(own) if own is not None else name
        made = JsClass(self.child_name(name), self.context.path, node.start_point.row + 1)
        table = Table(self.context.path)
        self.last_table = table
        heritage = next((c for c in node.named_children if c.type == "class_heritage"), None)
        if heritage is not None:
            self._heritage(heritage, made, table)
        made.link(self.solver)
        body = node.child_by_field_name("body")
        for member in body.named_children if body is not None else ():
            self._member(member, made, table)
        for child in node.named_children:
            if child.type == "decorator":
                self._decorator(child)
        return self.single(made)

    def _decorator(self, node: Tree) -> None:
        value = self.value(node.named_children[0]) if node.named_children else None
        self.solver.call(value, Call(self.site(node), (None,)))

    def _heritage(self, node: Tree, made: JsClass, table: Table) -> None:
        for child in node.named_children:
            if child.type == "implements_clause":
                for kind in child.named_children:
                    self.implements(kind, made)
                continue
            base = child.child_by_field_name("value") if child.type == "extends_clause" else child
            if base is None:
                continue
            made.superclass = self._base(base)
            if base.type in ("identifier", "member_expression"):
                table.bases.append((self.context.table, tuple(text(base).split("."))))
            if child.type == "extends_clause":
                for argument in child.named_children[1:]:
                    self.declared(argument)

    def _base(self, node: Tree) -> Node | None:
        if node.type == "identifier":
            self.use((text(node),), node, UseKind.BASE)
            return self.read(text(node))
        if node.type == "member_expression":
            return self.member(node, UseKind.BASE)
        return self.value(node)

    def _member(self, node: Tree, made: JsClass, table: Table) -> None:
        kind = node.type
        static = any(c.type == "static" for c in node.children)
        target = made.members if static else made.prototype
        line = node.start_point.row + 1
        if kind == "method_definition":
            self._method(node, made, table, target, static=static)
        elif kind in ("public_field_definition", "field_definition"):
            self._field(node, made, table, static=static)
        elif kind == "class_static_block":
            body = node.child_by_field_name("body")
            if body is not None:
                saved, self.scope.this = self.scope.this, made.members.as_node(self.solver)
                self.block(body.named_children)
                self.scope.this = saved
        elif kind == "abstract_method_signature":
            name = node.child_by_field_name("name")
            if name is not None:
                table.bind(text(name), Binding(BindingKind.FUNCTION, self.context.path, line))
        elif kind == "decorator":
            self._decorator(node)

    def _method(self, node: Tree, made: JsClass, table: Table, target: JsObject, *, static: bool) -> None:
        key = self.property_key(node.child_by_field_name("name"))
        name = key if isinstance(key, str) else None
        flat = f"{made.name}.{name}" if name else self.child_name(None)
        function = self.make_function(node, flat, home=made, static=static, table=table)
        if name is not None:
            table.bind(name, Binding(BindingKind.FUNCTION, self.context.path, node.start_point.row + 1))
        if name == "constructor" and not static:
            made.constructor = function
        else:
            self._attach(node, target, key, function)
        self.context.project.methods.append((function, made, static))

    def _field(self, node: Tree, made: JsClass, table: Table, *, static: bool) -> None:
        name_node = node.child_by_field_name("name") or node.child_by_field_name("property")
        key = self.property_key(name_node)
        target = made.members if static else made.instance
        if isinstance(key, str):
            table.bind(key, Binding(BindingKind.VARIABLE, self.context.path, node.start_point.row + 1))
        promise = self.declared(node.child_by_field_name("type") or self.documented_type(node))
        slot = target.field(self.solver, key if isinstance(key, str) else INDEX)
        if promise is not None:
            self.context.project.annotated.append((slot, promise))
        saved = (self.scope.this, self.scope.home, self.scope.class_table, self.context.definition_time)
        self.scope.this = (made.members if static else made.instance).as_node(self.solver)
        self.scope.home, self.scope.class_table = made, table
        self.context.definition_time = saved[3] and static
        item = node.child_by_field_name("value")
        if item is not None and item.type in ("arrow_function", "function_expression") and isinstance(key, str):
            value: Node | None = self.single(self.make_function(item, f"{made.name}.{key}", home=made, table=table))
        else:
            value = self.value(item)
        self.solver.copy(value, slot)
        self.scope.this, self.scope.home, self.scope.class_table, self.context.definition_time = saved
