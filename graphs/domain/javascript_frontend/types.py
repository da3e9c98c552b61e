"""What types say, TypeScript's own and those in comments: instances of classes, and arrays of them."""

from functools import partial

from tree_sitter import Node as Tree

from graphs.domain.ir import Node, Value
from graphs.domain.javascript_frontend import jsdoc
from graphs.domain.javascript_frontend.calls import Calls
from graphs.domain.javascript_frontend.classes import Interface, JsClass
from graphs.domain.javascript_frontend.scopes import text
from graphs.domain.javascript_frontend.values import INDEX, JsFunction, JsObject
from graphs.domain.symbols import UseKind

TRANSPARENT_TYPES = frozenset({"Promise", "Readonly", "Partial", "Required", "NonNullable", "Awaited"})
LIST_TYPES = frozenset({"Array", "ReadonlyArray", "Set", "Iterable", "Map", "Record", "ReadonlyMap"})


class Types(Calls):
    """Visits types; where no value arrives, what they promise is taken."""

    def declared(self, node: Tree | None) -> Node | None:
        """Return a node with what a type promises: instances of classes, arrays of them; nothing for others."""
        if node is None:
            return None
        kind = node.type
        if kind in ("type_identifier", "identifier"):
            return self._named_type(node)
        if kind in ("type_annotation", "parenthesized_type", "readonly_type", "asserts_annotation"):
            return self.declared(node.named_children[0]) if node.named_children else None
        if kind in ("union_type", "intersection_type"):
            return self.join([self.declared(c) for c in node.named_children])
        if kind == "array_type":
            return self._list_of([self.declared(c) for c in node.named_children])
        if kind == "generic_type":
            return self._generic_type(node)
        if kind in ("nested_type_identifier", "member_expression"):
            return self._member_type(node)
        if kind == "flow_maybe_type":
            return self.declared(node.named_children[0]) if node.named_children else None
        for child in node.named_children:
            self.declared(child)
        return None

    def _named_type(self, node: Tree) -> Node | None:
        self.use((text(node),), node, UseKind.TYPE)
        if self.block_scope.find(text(node)) is None:
            return None
        made = Node()
        self.solver.listen(self.read(text(node)), partial(self._promised, made))
        return made

    def _member_type(self, node: Tree) -> Node | None:
        """``ns.Foo``, and ``import('./file.js').Foo`` as comments have it."""
        whole, name = node.named_children[0], node.named_children[-1]
        if whole.type == "identifier":
            self.use((text(whole), text(name)), node, UseKind.TYPE)
            base = self.read(text(whole)) if self.block_scope.find(text(whole)) is not None else None
        else:
            callee = whole.child_by_field_name("function")
            imported = callee is not None and callee.type == "import"
            base = self.required(whole.child_by_field_name("arguments")) if imported else None
        classes, made = Node(), Node()
        self.solver.load(base, text(name), classes, self.site(node))
        self.solver.listen(classes, partial(self._promised, made))
        return made if base is not None else None

    def _promised(self, made: Node, value: Value) -> None:
        if isinstance(value, JsClass):
            self.solver.add(made, value.instance)
        elif isinstance(value, Interface):
            self.solver.add(made, value)

    def _generic_type(self, node: Tree) -> Node | None:
        name = node.child_by_field_name("name")
        arguments = node.child_by_field_name("type_arguments")
        inner = [self.declared(c) for c in arguments.named_children] if arguments is not None else []
        known = text(name) if name is not None else ""
        if known in TRANSPARENT_TYPES:
            return self.join(inner)
        if known in LIST_TYPES:
            return self._list_of(inner)
        return self.declared(name)

    def _list_of(self, inner: list[Node | None]) -> Node | None:
        made = JsObject("<builtin>.Array", "array")
        for node in inner:
            self.solver.copy(node, made.field(self.solver, INDEX))
        return self.single(made)

    def implements(self, node: Tree, made: JsClass | Interface) -> None:
        """``implements`` and ``extends`` of interfaces: the class stands for the interface."""
        name = next((c for c in [node, *node.named_children] if c.type in ("type_identifier", "identifier")), None)
        if name is None:
            return
        self.use((text(name),), name, UseKind.TYPE)

        def on(value: Value) -> None:
            if isinstance(value, Interface):
                value.implementers[made] = None

        self.solver.listen(self.read(text(name)), on)

    def documented(self, node: Tree, made: JsFunction, parameters: list[Tree]) -> None:
        """Promise what the comment before a function says of its parameters and its result."""
        found = jsdoc.documented(node) if self.context.documented else None
        if found is None:
            return
        for parameter, param in zip(parameters, made.params, strict=False):
            pattern = parameter.child_by_field_name("left") or parameter
            self._promise(found.params.get(text(pattern)), param)
        self._promise(found.returns, made.ret)

    def _promise(self, annotation: Tree | None, node: Node) -> None:
        promise = self.declared(annotation)
        if promise is not None:
            self.context.project.annotated.append((node, promise))

    def documented_type(self, node: Tree) -> Tree | None:
        """Return the type that the comment before a declaration gives."""
        found = jsdoc.documented(node) if self.context.documented else None
        return found.type if found is not None else None
