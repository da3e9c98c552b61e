"""JavaScript's calls as constraints: methods with their object, ``super``, ``new``, ``require``."""

from tree_sitter import Node as Tree

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.javascript_frontend.classes import construct
from graphs.domain.javascript_frontend.expressions import WRAPPERS, Expressions
from graphs.domain.javascript_frontend.scopes import text, unquote
from graphs.domain.javascript_frontend.values import CALLING_BACK, JsObject, Thenable
from graphs.domain.symbols import Use, UseKind


class Calls(Expressions):
    """Visits what calls."""

    def arguments(self, node: Tree | None) -> tuple[tuple[Node | None, ...], Node | None]:
        """Evaluate arguments: by position, and what is spread."""
        args: list[Node | None] = []
        star: Node | None = None
        for child in node.named_children if node is not None else ():
            if child.type == "comment":
                continue
            if child.type == "spread_element":
                star = self.join([star, self.value(child.named_children[0])])
            else:
                value = self.value(child)
                if star is None:
                    args.append(value)
        return tuple(args), star

    def call(self, node: Tree) -> Node | None:
        """A call; methods get their object as ``this``."""
        callee = node.child_by_field_name("function")
        while callee is not None and callee.type in WRAPPERS and callee.named_children:
            callee = callee.named_children[0]
        args_node = node.child_by_field_name("arguments")
        if callee is None:
            return None
        if callee.type == "import":
            return self.required(args_node)
        if callee.type == "identifier" and text(callee) == "require" and self.block_scope.find("require") is None:
            return self.required(args_node)
        if callee.type == "member_expression":
            return self._method_call(node, callee, args_node)
        if callee.type == "subscript_expression":
            return self._item_call(callee, args_node)
        if callee.type == "super":
            self._super_call(node, args_node)
            return None
        if callee.type == "identifier":
            self.use((text(callee),), callee, UseKind.CALL)
            function = self.read(text(callee))
        else:
            function = self.value(callee)
        args, star = self._call_arguments(args_node)
        call = Call(self.site(callee), args, star=star)
        self.context.note_call(callee, function)
        self.solver.call(function, call)
        return call.result

    def _call_arguments(self, node: Tree | None) -> tuple[tuple[Node | None, ...], Node | None]:
        if node is not None and node.type == "template_string":
            self.template(node)
            return (None,), None
        return self.arguments(node)

    def required(self, args: Tree | None) -> Node | None:
        """``require('x')`` and ``import('x')`` of a literal."""
        first = next((c for c in args.named_children if c.type == "string"), None) if args is not None else None
        if first is None:
            self.arguments(args)
            return None
        return self.context.project.required(self.context, unquote(first), first.start_point.row + 1)

    def _method_call(self, node: Tree, callee: Tree, args_node: Tree | None) -> Node | None:
        base_node = callee.child_by_field_name("object")
        name_node = callee.child_by_field_name("property")
        name = text(name_node) if name_node is not None else ""
        is_super = base_node is not None and base_node.type == "super"
        if is_super:
            base = self.super_prototype()
        elif base_node is not None and base_node.type == "identifier":
            self.use((text(base_node), name), base_node, UseKind.CALL)
            base = self.read(text(base_node))
        else:
            if base_node is not None and base_node.type == "this" and self.scope.class_table is not None:
                line = base_node.start_point.row + 1
                table = self.scope.class_table
                self.context.uses.append(Use(table, (name,), self.context.path, line, UseKind.CALL))
            base = self.value(base_node)
        args, star = self._call_arguments(args_node)
        result = Node()
        site = self.site(name_node or callee)
        answered = Node()
        this = self.scope.this if is_super else None
        self.solver.listen(base, lambda v: self._dispatch(v, name, site, (args, star), (result, this, answered)))
        self.context.note_call(callee, answered if base is not None else None)
        if name in CALLING_BACK and args and args[0] is not None:
            self.context.project.callbacks.append((answered, args[0], site))
        return result

    def _item_call(self, callee: Tree, args_node: Tree | None) -> Node:
        """``a[k](...)``: the object is ``this``."""
        base, key = self.value(callee.child_by_field_name("object")), self.key(callee.child_by_field_name("index"))
        args, star = self._call_arguments(args_node)
        site, result, answered = self.site(callee), Node(), Node()

        def on(value: Value) -> None:
            function = Node()
            value.load_item(self.solver, key, function, site)
            self.solver.copy(function, answered)
            self.solver.call(function, Call(site, args, star=star, result=result, this=self._receiver(value)))

        self.solver.listen(base, on)
        self.context.note_call(callee, answered if base is not None else None)
        return result

    def _receiver(self, value: Value) -> Node:
        return value.as_node(self.solver) if isinstance(value, JsObject) else self.single(value)

    def _dispatch(
        self,
        value: Value,
        name: str,
        site: Site,
        given: tuple[tuple[Node | None, ...], Node | None],
        out: tuple[Node, Node | None, Node],
    ) -> None:
        result, this, answered = out
        function = Node()
        own = this if this is not None else self._receiver(value)
        value.load(self.solver, name, function, site)
        if name in ("then", "catch", "finally") and isinstance(value, JsObject):
            self.solver.add(function, Thenable(value, name))
        self.solver.copy(function, answered)
        self.solver.call(function, Call(site, given[0], star=given[1], result=result, this=own))

    def _super_call(self, node: Tree, args_node: Tree | None) -> None:
        args, star = self.arguments(args_node)
        home = self.scope.home
        if home is not None and home.superclass is not None:
            call = Call(self.site(node), args, star=star)
            this = self.scope.this
            self.solver.listen(home.superclass, lambda s: construct(self.solver, s, call, this))

    def new(self, node: Tree) -> Node | None:
        """``new X(...)``."""
        constructor = node.child_by_field_name("constructor")
        if constructor is None:
            return None
        if constructor.type == "identifier":
            self.use((text(constructor),), constructor, UseKind.CALL)
            function = self.read(text(constructor))
        else:
            function = self.value(constructor)
        args, star = self.arguments(node.child_by_field_name("arguments"))
        call = Call(self.site(constructor), args, star=star, new=True)
        self.context.note_call(constructor, function)
        self.solver.call(function, call)
        return call.result
