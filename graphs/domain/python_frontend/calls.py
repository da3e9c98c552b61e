"""Python calls, lambdas and comprehensions as constraints."""

import ast
from functools import partial

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.python_frontend import protocols
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.expressions import HANDLERS, Expressions
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.scopes import Scope
from graphs.domain.python_frontend.supers import Super
from graphs.domain.symbols import UseKind
from kernel import python_source

NO_NAMES: frozenset[str | None] = frozenset()


class Calls(Expressions):
    """Adds what makes scopes or calls to the plain expressions."""

    def call(self, node: ast.Call) -> Node | None:
        """A call; ``super()`` and ``eval`` of a literal are known here, where the scope is."""
        func = node.func
        if isinstance(func, ast.Name):
            self.use((func.id,), func.lineno, UseKind.CALL)
            callee = self.read(func.id)
            special = self._special(func.id, node, callee)
            if special is not None:
                return special
        elif isinstance(func, ast.Attribute):
            callee = self.attribute(func, UseKind.CALL)
        else:
            callee = self.value(func)
        line = func.end_lineno or node.lineno
        call = self.arguments(node, self.site(line))
        self.context.note_call(self.scope, func, callee, line)
        if callee is None:
            return None
        self.solver.call(callee, call)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            base = self.scope.current.get(func.value.id)
            asked = self.context.project.asked.get(base) if base is not None else None
            if asked is not None:
                asked.setdefault(func.attr, []).append(call)
        self._after_call(func, node)
        return call.result

    def arguments(self, node: ast.Call, site: Site) -> Call:
        """Evaluate the arguments of a call."""
        args: list[Node | None] = []
        star: Node | None = None
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                star = self.join([star, self.value(arg.value)])
            elif star is None:
                args.append(self.value(arg))
            else:
                self.value(arg)
        kwargs: dict[str, Node] | None = None
        kwstar: Node | None = None
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is None:
                kwstar = self.join([kwstar, value])
            elif value is not None:
                kwargs = kwargs or {}
                kwargs[keyword.arg] = value
        names = frozenset([k.arg for k in node.keywords]) if node.keywords else NO_NAMES
        spread = len(args) < len(node.args) or None in names
        shape = None if spread else (len(args), names)
        return Call(site, tuple(args), kwargs, star=star, kwstar=kwstar, shape=shape)

    def _special(self, name: str, node: ast.Call, callee: Node | None) -> Node | None:
        if callee is None or callee is not self.context.project.builtins.get(name):
            return None
        site = self.site(node.lineno)
        if name == "super":
            return self._super(node, site)
        if name in ("isinstance", "issubclass") and len(node.args) == 2:
            self.value(node.args[0])
            self.typed(node.args[1])
            self.solver.record_external(site, f"<builtin>.{name}")
            return Node()
        if name in ("eval", "exec") and node.args and isinstance(node.args[0], ast.Constant):
            self.solver.record_external(site, f"<builtin>.{name}")
            return self.evaluate(node.args[0], node.lineno)
        return None

    def typed(self, node: ast.expr, kind: UseKind = UseKind.TYPE) -> Node | None:
        """Evaluate an expression that names types."""
        if isinstance(node, ast.Name):
            self.use((node.id,), node.lineno, kind)
            return self.read(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(node, kind)
        if isinstance(node, ast.Tuple):
            return self.join([self.typed(e, kind) for e in node.elts])
        return self.value(node)

    def evaluate(self, node: ast.Constant, line: int) -> Node:
        """Follow the code in a literal given to ``eval`` or ``exec``, as if it stood there."""
        result = Node()
        if isinstance(node.value, str):
            try:
                tree = python_source.parse(node.value.strip())
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return result
            for inner in ast.walk(tree):
                if isinstance(inner, ast.expr | ast.stmt):
                    inner.lineno = inner.end_lineno = line
            for statement in tree.body:
                if isinstance(statement, ast.Expr):
                    value = self.value(statement.value)
                    if value is not None:
                        self.solver.copy(value, result)
        return result

    def _super(self, node: ast.Call, site: Site) -> Node:
        self.solver.record_external(site, "<builtin>.super")
        scope: Scope | None = self.scope
        while scope is not None and (scope.cls is None or scope.kind == "class"):
            scope = scope.parent
        result = Node()
        if len(node.args) == 2:
            classes, receivers = self.value(node.args[0]), self.value(node.args[1])
            self.solver.listen(classes, lambda c: self._super_of(c, receivers, result))
        elif scope is not None and scope.cls is not None and scope.receiver is not None:
            self._super_of(scope.cls, scope.union(self.solver, scope.receiver), result)
        return result

    def _super_of(self, cls: Value, receivers: Node | None, result: Node) -> None:
        if isinstance(cls, Class):
            self.solver.listen(receivers, lambda r: self.solver.add(result, Super(cls, r)))

    def _after_call(self, func: ast.expr, node: ast.Call) -> None:
        paths = self.scope.paths
        if isinstance(func, ast.Attribute) and func.attr == "update" and len(node.args) == 1:
            literal = node.args[0]
            if isinstance(literal, ast.Dict) and self.path(func.value) is not None:
                self._overwrite(func.value, literal)
                return
        if paths:
            stored = self.context.stored_in_functions()
            if stored is None:
                paths.clear()
            else:
                for key in [k for k in paths if isinstance(k, tuple) and k[-1][-1] in stored]:
                    del paths[key]

    def _overwrite(self, base: ast.expr, literal: ast.Dict) -> None:
        for key, item in zip(literal.keys, literal.values, strict=True):
            if isinstance(key, ast.Constant):
                target = ast.Subscript(value=base, slice=key, ctx=ast.Load())
                self.scope.paths[self.path(target)] = self.value(item)

    # functions and comprehensions

    def lambda_(self, node: ast.Lambda) -> Node:
        """A lambda; its body is visited after the scope that holds it."""
        holder = self.scope
        while holder.kind == "comprehension" and holder.parent is not None:
            holder = holder.parent
        holder.lambdas += 1
        name = f"<lambda{holder.lambdas}>"
        function = Function(f"{holder.qualified}.{name}", self.context.path, node.lineno)
        self.parameters(function, node.args)
        scope = self.scope
        self.pending.append(lambda: self.lambda_body(node, function, scope))
        return self.single(function)

    def parameters(self, function: Function, args: ast.arguments) -> None:
        """Make the parameter nodes; defaults flow into them."""
        positional = [*args.posonlyargs, *args.args]
        function.params = [Node() for _ in positional]
        function.required = [a.arg for a in positional[: len(positional) - len(args.defaults)]]
        pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
        function.required_names = frozenset(arg.arg for arg, default in pairs if default is None)
        for arg, node in zip(positional, function.params, strict=True):
            function.by_name[arg.arg] = node
        for arg, default in zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True):
            self._default(function.by_name[arg.arg], self.value(default))
        for arg, kw_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            node = function.by_name[arg.arg] = Node()
            self._default(node, self.value(kw_default))
        for arg in args.posonlyargs:
            if args.kwarg is not None:
                function.by_name.pop(arg.arg, None)
        if args.vararg is not None:
            function.vararg = Container("tuple")
        if args.kwarg is not None:
            function.kwarg = Container("dict")

    def _default(self, parameter: Node, value: Node | None) -> None:
        if value is not None:
            self.solver.copy(value, parameter)
            self.context.project.defaults[parameter] = value

    def enter_parameters(self, scope: Scope, function: Function, args: ast.arguments) -> None:
        """Bind the parameter names in the scope of the body."""
        named = [(arg, function.by_name[arg.arg]) for arg in args.kwonlyargs]
        for arg, node in [*zip([*args.posonlyargs, *args.args], function.params, strict=True), *named]:
            scope.names.add(arg.arg)
            seen = self.context.project.admitted.get(node)
            scope.assign(self.solver, arg.arg, seen or node)
            if arg.annotation is not None:
                self.context.project.typed.add(seen or node)
            elif arg.arg != scope.receiver:
                self.context.project.untyped.add(node)
            if seen is not None:
                scope.narrowed[seen] = (node, (partial(self._admitted, seen),))
        for star, container in ((args.vararg, function.vararg), (args.kwarg, function.kwarg)):
            if star is not None and container is not None:
                scope.names.add(star.arg)
                scope.assign(self.solver, star.arg, self.single(container))
        if scope.spans:
            everyone = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
            for each in everyone:
                if each is not None:
                    scope.local_defs.setdefault(each.arg, []).append(each.lineno)

    def _admitted(self, seen: Node, value: Value) -> bool:
        """Tell whether the annotation of a parameter lets a value through."""
        keep = self.context.project.admits.get(seen)
        return keep is None or keep(value)

    def lambda_body(self, node: ast.Lambda, function: Function, parent: Scope) -> None:
        """Visit the body of a lambda."""
        scope = Scope(function.name, function.name, "function", parent, self.context.new_table())
        scope.function = function
        saved, self.scope = self.scope, scope
        self.enter_parameters(scope, function, node.args)
        value = self.value(node.body)
        if value is not None:
            self.solver.copy(value, function.ret)
        self.scope = saved

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Node:
        """A comprehension runs at once, as part of the function it stands in."""
        scope = Scope(self.scope.flat, self.scope.qualified, "comprehension", self.scope, self.scope.table)
        scope.definition_time = self.scope.definition_time
        saved = self.scope
        made = Container(COMPREHENSIONS[type(node)])
        for generator in node.generators:
            source = self.value(generator.iter)
            self.scope = scope
            element = Node()
            for name in ast.walk(generator.target):
                if isinstance(name, ast.Name):
                    scope.names.add(name.id)
            if generator.is_async:
                protocols.iterate_async(self.solver, source, element, self.site(node.lineno))
            else:
                self.solver.iterate(source, element, self.site(node.lineno))
            self.assign(generator.target, element)
            for condition in generator.ifs:
                protocols.truth(self.solver, self.value(condition), self.site(condition.lineno))
        if isinstance(node, ast.DictComp):
            key = self.value(node.key)
            protocols.keyed(self.solver, key, self.site(node.key.lineno))
            made.add_key(self.solver, key)
            value = self.value(node.value)
        else:
            value = self.value(node.elt)
        if value is not None:
            self.solver.copy(value, made.anywhere(self.solver))
        if isinstance(node, ast.SetComp):
            protocols.keyed(self.solver, value, self.site(node.elt.lineno))
        self.scope = saved
        return self.single(made)


COMPREHENSIONS: dict[type, str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
    ast.DictComp: "dict",
}
HANDLERS.update({
    ast.Call: Calls.call,
    ast.Lambda: Calls.lambda_,
    ast.ListComp: Calls.comprehension,
    ast.SetComp: Calls.comprehension,
    ast.GeneratorExp: Calls.comprehension,
    ast.DictComp: Calls.comprehension,
})  # fmt: skip
