"""Python functions and classes: decorators, parameters, bodies, bases."""

import ast
from collections.abc import Sequence
from functools import partial

from graphs.domain.ir import Call, Node, Value
from graphs.domain.python_frontend import annotations, metaclasses, outside, protocols
from graphs.domain.python_frontend.calls import Calls
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.descriptors import Partial, Property
from graphs.domain.python_frontend.externals import Builtin, External
from graphs.domain.python_frontend.functions import Bound, Decorated, Function
from graphs.domain.python_frontend.scopes import Scope, bound_names
from graphs.domain.symbols import Binding, BindingKind, Table, UseKind

SAME_SIGNATURE = ("staticmethod", "classmethod", "abstractmethod", "contextmanager", "override", "final", "cache")
PROPERTY_DECORATORS = ("property", "cached_property", "abstractproperty", "lazy_property")


class Definitions(Calls):
    """Adds definitions; their bodies are statements."""

    def block(self, body: Sequence[ast.stmt]) -> bool:
        """Visit statements; statements define it."""
        raise NotImplementedError

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """``def``."""
        scope = self.scope
        decorators = [(self._decorator(d), d.lineno) for d in node.decorator_list]
        function = Function(f"{scope.qualified}.{node.name}", self.context.path, node.lineno)
        function.is_async = isinstance(node, ast.AsyncFunctionDef)
        function.declines = node.name[:2] == "__" and _declines(node)
        self.parameters(function, node.args)
        if not all(_keeps_signature(d) for d in node.decorator_list):
            function.required = None
        if node.args.vararg is not None:
            function.passes_on = _passes_on(node, node.args.vararg.arg)
        annotations.signature(self, function, node)
        if node.decorator_list or node.name.startswith("test"):
            outside.test_arguments(self, function, node)
        current = self._decorated(self.single(function), decorators)
        table = self.context.new_table()
        binding = Binding(BindingKind.FUNCTION, self.context.path, node.lineno)
        kind = _method_kind(node)
        if scope.kind == "class" and scope.cls is not None:
            function.owner = scope.cls
            if _is_stub(node, promised=scope.cls.protocol):
                function.stub = partial(_runs_elsewhere, node.name)
            if kind == "instance" and node.args.args[:1] + node.args.posonlyargs[:1]:
                self.context.project.methods.append((function, scope.cls))
            elif kind == "class":
                self.context.project.class_methods.append((function, scope.cls))
        self._bind_definition(node.name, current, binding)
        self.pending.append(lambda: self.function_body(node, function, scope, table, kind))

    def _bind_definition(self, name: str, node: Node, binding: Binding) -> None:
        scope = self.scope
        if name in scope.globals:
            scope.module().table.bind(name, binding)
            scope.module().assign(self.solver, name, node)
            return
        scope.table.bind(name, binding)
        scope.assign(self.solver, name, node)

    def _decorator(self, node: ast.expr) -> Node | None:
        if isinstance(node, ast.Name):
            self.use((node.id,), node.lineno, UseKind.CALL)
            return self.read(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(node, UseKind.CALL)
        return self.value(node)

    def _decorated(self, current: Node, decorators: list[tuple[Node | None, int]]) -> Node:
        for decorator, line in reversed(decorators):
            result = Node()
            call = Call(self.site(line), (current,), result=result)
            self.solver.listen(decorator, partial(self._decorate, call))
            self.solver.defer(partial(self._undecorated, current, result))
            current = result
        return current

    def _undecorated(self, current: Node, result: Node) -> None:
        """A decorator of which nothing is known leaves the function as it is."""
        if not result.values:
            self.solver.copy(current, result)

    def _decorate(self, call: Call, decorator: Value) -> None:
        if isinstance(decorator, External):
            self.solver.record_external(call.site, decorator.name)
            if decorator.name.rpartition(".")[2] in PROPERTY_DECORATORS:
                made = Property()
                self.solver.copy(call.args[0], made.getter)
                self.solver.add(call.result, made)
            else:
                self.solver.copy(call.args[0], call.result)
        elif isinstance(decorator, Builtin) and decorator.name in ("property", "staticmethod", "classmethod"):
            decorator.make(self.solver, call)
        elif isinstance(decorator, Function | Class | Bound | Instance | Partial):
            raw = Node()
            decorator.call(self.solver, Call(call.site, call.args, result=raw))
            self.solver.listen(raw, partial(self._wrapped, call, decorator))
        else:
            decorator.call(self.solver, call)

    def _wrapped(self, call: Call, decorator: Value, value: Value) -> None:
        """Keep apart the functions behind one wrapper that passes its arguments on."""
        if isinstance(value, Partial) and _makes_itself(value, decorator):
            return
        if isinstance(value, Function) and value.passes_on is not None:
            self.solver.listen(call.args[0], partial(self._behind, call.result, value, None))
        elif isinstance(value, Instance) and isinstance(value.cls.find("__call__"), Class):
            bound = value.cls.lookup(self.solver, "__call__")
            self.solver.listen(bound, partial(self._behind_instance, call, value))
        else:
            self.solver.add(call.result, value)

    def _behind(self, result: Node, wrapper: Function, receiver: Value | None, inner: Value) -> None:
        if isinstance(inner, Function | Decorated) and inner is not wrapper:
            self.solver.add(result, Decorated(inner, wrapper, receiver))
        else:
            self.solver.add(result, inner)

    def _behind_instance(self, call: Call, value: Instance, method: Value) -> None:
        function = method.function if isinstance(method, Bound) else None
        if isinstance(function, Function) and function.passes_on is not None:
            self.solver.listen(call.args[0], partial(self._behind, call.result, function, value))
        else:
            self.solver.add(call.result, value)

    def function_body(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        function: Function,
        parent: Scope,
        table: Table,
        kind: str,
    ) -> None:
        """Visit the body of a function in a scope of its own."""
        scope = Scope(function.name, function.name, "function", parent, table)
        scope.function = function
        scope.names, scope.globals = bound_names(node.body, walrus=self.context.walrus)
        scope.weak = scope.names & self.context.shared
        scope.spans = self.context.multi_atom(node.lineno, node.end_lineno or node.lineno)
        if parent.kind == "class" and parent.cls is not None:
            scope.cls = parent.cls
            first = [*node.args.posonlyargs, *node.args.args][:1]
            scope.receiver = first[0].arg if first and kind != "static" else None
        self.scope = scope
        self.enter_parameters(scope, function, node.args)
        self.block(node.body)
        if scope.spans:
            self.context.local_flow.append((scope.local_defs, scope.local_uses))

    def class_(self, node: ast.ClassDef) -> None:
        """``class``: the body runs at once, in a scope that functions inside do not see."""
        outer = self.scope
        decorators = [(self._decorator(d), d.lineno) for d in node.decorator_list]
        made = Class(f"{outer.qualified}.{node.name}", self.context.path, node.lineno)
        table = self.context.new_table()
        bases = self._bases(node, made, table)
        made.bind_bases(self.solver, bases)
        self.context.project.class_at[made.path, made.line] = made
        made.protocol = any((_dotted(b) or ("",))[-1] == "Protocol" for b in node.bases)
        scope = Scope(outer.flat, made.name, "class", outer, table)
        scope.cls = made
        made.fields = _fields(node)
        scope.definition_time = outer.definition_time
        scope.names, scope.globals = bound_names(node.body, walrus=self.context.walrus)
        for name in sorted(scope.names):  # the order in which names are asked for must not change between runs
            made.body[name] = Node()
        self.scope = scope
        self.block(node.body)
        self.scope = outer
        for name in scope.names:
            self.solver.copy(scope.current.get(name) or scope.union(self.solver, name), made.body[name])
        current = self._decorated(self.single(made), decorators)
        binding = Binding(BindingKind.CLASS, self.context.path, node.lineno, members=table)
        self._bind_definition(node.name, current, binding)
        self._subclass_hook(made, node)
        metaclasses.define(self.solver, made, self.site(node.lineno))
        if "__set_name__" in self.solver.special_names:
            for member in list(made.body.values()):
                protocols.method(self.solver, member, ("__set_name__",), Call(self.site(node.lineno), (current, None)))

    def _bases(self, node: ast.ClassDef, made: Class, table: Table) -> list[Node]:
        bases: list[Node] = []
        for base in node.bases:
            self.bases = True
            value = self.typed(base.value if isinstance(base, ast.Subscript) else base, UseKind.BASE)
            self.bases = False
            if isinstance(base, ast.Subscript):
                annotations.declared(self, base.slice)
            bases.append(value or Node())
            parts = _dotted(base)
            if parts is not None:
                table.bases.append((self.scope.table if parts[0] in self.scope.names else self.context.table, parts))
        for keyword in node.keywords:
            value = self.typed(keyword.value, UseKind.BASE)
            if keyword.arg == "metaclass":
                made.metaclass = value
        return bases

    def _subclass_hook(self, made: Class, node: ast.ClassDef) -> None:
        """Defining a subclass calls the base's ``__init_subclass__``."""
        site = self.site(node.lineno)

        def call() -> None:
            for cls in made.linear[1:]:
                if isinstance(cls, Class) and "__init_subclass__" in cls.body:
                    self.solver.listen(
                        cls.body["__init_subclass__"],
                        lambda f: f.invoke(self.solver, Call(site), made) if isinstance(f, Function) else None,
                    )
                    return

        self.solver.defer(call)


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef, *, promised: bool) -> bool:
    """Tell whether a method only says that subclasses, or those who keep to a protocol, have it."""
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if not body:
        return promised or any((_dotted(d) or ("",))[-1] == "abstractmethod" for d in node.decorator_list)
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"


def _runs_elsewhere(name: str, receiver: Value) -> bool:
    """A stub met through a class that nobody makes, where those who are made have the method, is not what runs."""
    if not isinstance(receiver, Instance) or receiver.cls.instantiated:
        return False
    pending, seen = [receiver.cls], set[Class]()
    while pending:
        cls = pending.pop()
        if cls not in seen:
            seen.add(cls)
            pending.extend(cls.subclasses)
    return receiver.cls.protocol or any(name in cls.body for cls in seen if cls is not receiver.cls)


def _keeps_signature(decorator: ast.expr) -> bool:
    parts = _dotted(decorator)
    return parts is not None and parts[-1] in SAME_SIGNATURE


def _fields(node: ast.ClassDef) -> list[str]:
    """Return the names that a data class, an attrs class or a named tuple takes for its fields."""
    names: list[str] = []
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            if "ClassVar" not in ast.dump(item.annotation):
                names.append(item.target.id)
        elif isinstance(item, ast.Assign) and isinstance(item.value, ast.Call):
            maker = _dotted(item.value.func)
            if maker is not None and maker[-1] in ("ib", "attrib", "field"):
                names.extend(t.id for t in item.targets if isinstance(t, ast.Name))
    return names


def _declines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "NotImplemented" for part in ast.walk(node))


def _method_kind(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    names = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
    if "staticmethod" in names:
        return "static"
    return "class" if "classmethod" in names or node.name in ("__new__", "__init_subclass__") else "instance"


def _makes_itself(value: Partial, decorator: Value) -> bool:
    """Tell whether a partial waits for the very decorator that returned it: the form with arguments, not taken here."""
    waiting = value.callee.values or {}
    if decorator in waiting:
        return True
    return isinstance(decorator, Partial) and not waiting.keys().isdisjoint(decorator.callee.values or ())


def _passes_on(node: ast.FunctionDef | ast.AsyncFunctionDef, vararg: str) -> int | None:
    """Return the line where a function calls something with its own ``*args``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            for arg in part.args:
                if isinstance(arg, ast.Starred) and isinstance(arg.value, ast.Name) and arg.value.id == vararg:
                    return part.lineno
    return None


def _dotted(node: ast.expr) -> tuple[str, ...] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Subscript):
        return _dotted(node.value) if not parts else None
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else None
