"""Python statements as constraints: binding, branching, definitions."""

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphs.domain.flow import Changes, States
from graphs.domain.ir import Call, Key, Node, Site, Value
from graphs.domain.python_frontend import annotations, declared, imports, narrowing, protocols
from graphs.domain.python_frontend.classes import Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.definitions import Definitions
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.scopes import bound_names
from graphs.domain.symbols import Binding, BindingKind

MAX_FAILED = 8  # of a ladder of tests, how many before are known to have failed


class Statements(Definitions):
    """Visits statements; a visit returns True when the path ends there."""

    def block(self, body: Sequence[ast.stmt]) -> bool:
        """Visit statements in order; one that is nested too deeply is left out and listed."""
        ended = False
        for statement in body:
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                continue
            try:
                ended = bool(handler(self, statement)) or ended
            except RecursionError:
                self.context.project.unknown.append((self.context.path, statement.lineno, "<nested too deeply>"))
        return ended

    def module(self) -> None:
        """Visit a whole file: its top level, then the bodies of functions, outermost first."""
        scope = self.scope
        scope.definition_time = True
        scope.names, _ = bound_names(self.context.tree.body, walrus=self.context.walrus)
        scope.names |= {"__name__", "__file__", "__doc__"}
        scope.weak = scope.names & self.context.shared
        self.block(self.context.tree.body)
        module = self.context.project.module(self.context.path)
        for name in scope.names:
            node = scope.current.get(name) if name not in scope.weak else None
            self.solver.copy(node or scope.union(self.solver, name), module.field(name))
            module.missing.discard(name)
        while self.pending:
            todo, self.pending = self.pending, []
            for action in todo:
                action()

    # simple statements

    def expression(self, node: ast.Expr) -> None:
        """An expression on its own."""
        self.value(node.value)

    def assignment(self, node: ast.Assign) -> None:
        """``a = b = value``."""
        first, source = node.targets[0], node.value
        single = len(node.targets) == 1
        if single and isinstance(first, ast.Tuple) and isinstance(source, ast.Tuple) and self._pairwise(first, source):
            return
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _pairwise(self, target: ast.Tuple, value: ast.Tuple) -> bool:
        plain = not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
        if not plain or len(target.elts) != len(value.elts):
            return False
        nodes = [self.value(e) for e in value.elts]
        for element, node in zip(target.elts, nodes, strict=True):
            self.assign(element, node)
        return True

    def assign(self, target: ast.expr, value: Node | None) -> None:
        """Assign to any target."""
        if isinstance(target, ast.Name):
            self.assign_name(target.id, value, target.lineno)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, value)
        elif isinstance(target, ast.Subscript):
            base = self.value(target.value)
            if isinstance(target.slice, ast.Slice):
                self._assign_slice(base, target.slice, value, self.site(target.lineno))
                return
            key: Key = self.key(target.slice)
            protocols.hashed(self.solver, base, key, self.site(target.lineno))
            self.solver.store_item(base, key, value or Node(), self.site(target.lineno))
            self._remember(target, value)
        elif isinstance(target, ast.Starred):
            made = Container("list")
            self.solver.iterate(value, made.anywhere(self.solver), self.site(target.lineno))
            self.assign(target.value, self.single(made))

    def _assign_slice(self, base: Node | None, part: ast.Slice, value: Node | None, site: Site) -> None:
        """``a[i:j] = b``: what iterating over ``b`` gives becomes elements of ``a``."""
        for bound in (part.lower, part.upper, part.step):
            self.value(bound)
        elements = Node()
        self.solver.iterate(value, elements, site)

        def on(holder: Value) -> None:
            own = protocols.defines(holder, "__setitem__")
            holder.store_item(self.solver, None, (value or Node()) if own else elements, site)

        self.solver.listen(base, on)

    def assign_name(self, name: str, value: Node | None, line: int) -> None:
        """Bind a name in the current scope, or where it was declared to live."""
        scope = self.scope
        if name in scope.globals:
            holder = scope.lookup_scope(name) or scope.module()
            holder.assign(self.solver, name, value)
            return
        scope.assign(self.solver, name, value)
        if scope.kind in ("module", "class"):
            scope.table.bind(name, Binding(BindingKind.VARIABLE, self.context.path, line))
        elif scope.spans:
            scope.local_defs.setdefault(name, []).append(line)

    def _assign_attribute(self, target: ast.Attribute, value: Node | None) -> None:
        base = self.value(target.value)
        scope = self.scope
        if isinstance(target.value, ast.Name) and target.value.id == scope.receiver and scope.parent is not None:
            scope.parent.table.fields.setdefault(target.attr, []).append(target.lineno)
        self.solver.store(base, target.attr, value or Node(), self.site(target.lineno))
        if target.attr not in self.solver.property_names:
            self._remember(target, value)

    def _remember(self, target: ast.Attribute | ast.Subscript, value: Node | None) -> None:
        """A read right after this write sees this value alone."""
        path = self.path(target)
        if path is not None:
            self.scope.paths[path] = value

    def _unpack(self, target: ast.Tuple | ast.List, value: Node | None) -> None:
        after = False
        site = self.site(target.lineno)
        for i, element in enumerate(target.elts):
            node = Node()
            if isinstance(element, ast.Starred):
                after = True
                rest = Container("list")
                self.solver.iterate(value, rest.anywhere(self.solver), site)
                self.assign(element.value, self.single(rest))
                continue
            key = i - len(target.elts) if after else i
            self.solver.listen(value, partial(self._pick, key, node, site))
            self.assign(element, node)

    def _pick(self, key: int, node: Node, site: Site, value: Value) -> None:
        inner = value.backing() if isinstance(value, Instance) else None
        if inner is not None and inner.kind == "tuple":
            value = inner
        if isinstance(value, Container) and value.kind != "dict":
            value.load_item(self.solver, key, node, site)
        else:
            value.iterate(self.solver, node, site)

    def augmented(self, node: ast.AugAssign) -> None:
        """``a += b``."""
        left = self.value(node.target)
        right = self.value(node.value)
        result = Node()
        protocols.in_place(self.solver, left, right, type(node.op).__name__, result=result, site=self.site(node.lineno))
        self.assign(node.target, result if left is not None else None)

    def annotated(self, node: ast.AnnAssign) -> None:
        """``a: T = value``."""
        promise = annotations.declared(self, node.annotation)
        self._declare_attribute(node)
        value = self.value(node.value)
        if promise is not None:
            seeded = Node()
            if value is not None and declared.names_types(node.annotation):
                declared.admit(self, node.annotation, value, seeded)
            else:
                self.solver.copy(value, seeded)
            self.context.project.annotated.append((seeded, promise))
            value = seeded
        if value is not None:
            self.context.project.typed.add(value)
        if (
            node.value is not None
            or self.scope.kind == "class"
            or (isinstance(node.target, ast.Name) and promise is not None)
        ):
            self.assign(node.target, value)

    def _declare_attribute(self, node: ast.AnnAssign) -> None:
        """``x: T`` in a class, and ``self.x: T`` in its methods."""
        scope, target = self.scope, node.target
        if scope.cls is None or not declared.names_types(node.annotation):
            return
        if isinstance(target, ast.Name) and scope.kind == "class":
            declared.admit_attribute(self, scope.cls, target.id, node.annotation)
        elif isinstance(target, ast.Attribute) and _is_name(target.value, scope.receiver):
            declared.admit_attribute(self, scope.cls, target.attr, node.annotation)

    def returned(self, node: ast.Return) -> bool:
        """``return value``."""
        value = self.value(node.value)
        function = self.scope.function
        if function is not None and value is not None and self.scope.generator is None:
            self._return_value(function, node.value, value)
        return True

    def _return_value(self, function: Function, expression: ast.expr | None, value: Node) -> None:
        origin, tests = self.scope.narrowed.get(value) or (value, ())
        if origin in function.params and isinstance(expression, ast.Name):
            function.identity.setdefault(function.params.index(origin), []).append(tests)
        else:
            self.solver.copy(value, function.returned)

    def raised(self, node: ast.Raise) -> bool:
        """``raise error from cause``."""
        protocols.raised(self.solver, self.value(node.exc), self.site(node.lineno))
        self.value(node.cause)
        return True

    def asserted(self, node: ast.Assert) -> None:
        """``assert test, message``."""
        protocols.truth(self.solver, self.value(node.test), self.site(node.lineno))
        self.value(node.msg)

    def deleted(self, node: ast.Delete) -> None:
        """``del a.b, c[d], e``."""
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                base, key = self.value(target.value), self.value(target.slice)
                protocols.method(self.solver, base, ("__delitem__",), Call(self.site(node.lineno), (key,)))
            elif isinstance(target, ast.Attribute):
                protocols.method(
                    self.solver, self.value(target.value), ("__delattr__",), Call(self.site(node.lineno), (None,))
                )

    def declared_global(self, node: ast.Global | ast.Nonlocal) -> None:
        """``global`` and ``nonlocal`` were taken into account when the scope was made."""

    def imported(self, node: ast.Import) -> None:
        """``import x``."""
        imports.plain_import(self, node)

    def imported_from(self, node: ast.ImportFrom) -> None:
        """``from x import y``."""
        imports.from_import(self, node)

    def bind_import(self, name: str, node: Node, binding: Binding) -> None:
        """Bind an imported name; also in the table of the scope, functions included."""
        scope = self.scope
        if name in scope.globals:
            scope.module().table.bind(name, binding)
            scope.module().assign(self.solver, name, node)
        else:
            scope.table.bind(name, binding)
            scope.assign(self.solver, name, node)

    # branches

    def arms(self, arms: Sequence[Callable[[], bool]], *, exhaustive: bool) -> bool:
        """Visit alternatives from the same state and join where they lead."""
        scope = self.scope
        scope.paths.clear()
        results: list[Changes] = []
        for arm in arms:
            mark = len(scope.journal)
            ended = arm()
            changes = scope.rollback(mark)
            scope.paths.clear()
            if not ended:
                results.append(changes)
        if not results and exhaustive:
            return True
        scope.join(self.solver, results, with_base=not exhaustive)
        return False

    def branch(self, node: ast.If) -> bool:
        """``if``/``elif``/``else``; a long ladder is one choice, not a nest."""
        if _for_checkers(node.test):
            self.block(node.body)
            return self.block(node.orelse)  # what runs is bound last
        arms: list[Callable[[], bool]] = []
        failed: list[ast.expr] = []  # the tests that do not hold in the next arm
        ends: list[bool] = []
        current: ast.If = node
        while True:
            protocols.truth(self.solver, self.value(current.test), self.site(current.lineno))
            arms.append(partial(self._narrowed, tuple(failed), current.test, current.body, ends))
            failed.append(current.test)
            if len(current.orelse) == 1 and isinstance(current.orelse[0], ast.If):
                current = current.orelse[0]
                continue
            break
        if current.orelse:
            arms.append(partial(self._narrowed, tuple(failed), None, current.orelse, ends))
        ended = self.arms(arms, exhaustive=bool(current.orelse))
        if not current.orelse and all(ends):
            self._failed(failed)
        return ended

    def _narrowed(
        self, failed: Sequence[ast.expr], test: ast.expr | None, body: list[ast.stmt], ends: list[bool]
    ) -> bool:
        self._failed(failed)
        if test is not None:
            narrowing.narrow(self, test)
        ends.append(self.block(body))
        return ends[-1]

    def _failed(self, tests: Sequence[ast.expr]) -> None:
        for test in tests[-MAX_FAILED:]:
            narrowing.narrow(self, test, holds=False)

    def loop_over(self, node: ast.For | ast.AsyncFor) -> bool:
        """``for``."""
        source = self.value(node.iter)
        element = Node()
        if isinstance(node, ast.AsyncFor):
            protocols.iterate_async(self.solver, source, element, self.site(node.iter.lineno))
        else:
            self.solver.iterate(source, element, self.site(node.iter.lineno))

        def body() -> bool:
            self.assign(node.target, element)
            return self.block(node.body)

        return self._loop([node.target, *node.body], body, node.orelse)

    def loop_while(self, node: ast.While) -> bool:
        """``while``."""

        def body() -> bool:
            protocols.truth(self.solver, self.value(node.test), self.site(node.lineno))
            return self.block(node.body)

        return self._loop(node.body, body, node.orelse)

    def _loop(self, parts: Sequence[ast.AST], body: Callable[[], bool], orelse: Sequence[ast.stmt]) -> bool:
        scope = self.scope
        scope.paths.clear()
        names, _ = bound_names(parts, walrus=self.context.walrus)
        heads: dict[str, Node] = {}
        for name in names & scope.names - scope.weak:
            head = heads[name] = Node()
            self.solver.copy(scope.current.get(name), head)
            scope.set_current(name, head)
        mark = len(scope.journal)
        body()
        for name, node in scope.rollback(mark).items():
            if name in heads and node is not None:
                self.solver.copy(node, heads[name])
        scope.paths.clear()
        self.block(orelse)
        return False

    def guarded(self, node: ast.Try) -> bool:
        """``try``: a handler sees every state the body may have left."""
        scope = self.scope
        scope.paths.clear()
        mark = len(scope.journal)
        ended = self.block(node.body)
        seen = scope.states_since(mark)
        ended = self.block(node.orelse) or ended
        results = [(scope.rollback(mark), ended)]
        results.extend([self._handler(handler, seen) for handler in node.handlers])
        open_ends = [changes for changes, done in results if not done]
        if open_ends:
            scope.join(self.solver, open_ends, with_base=False)
        scope.paths.clear()
        return self.block(node.finalbody) or not open_ends

    def _handler(self, node: ast.ExceptHandler, seen: States) -> tuple[Changes, bool]:
        scope = self.scope
        mark = len(scope.journal)
        scope.take_any(self.solver, seen)
        caught = self.typed(node.type) if node.type is not None else None
        if node.name:
            error = Node()
            self.solver.listen(caught, lambda c: annotations.add_instances(self.solver, c, error))
            self.context.project.caught.append(error)
            self.assign_name(node.name, error, node.lineno)
        ended = self.block(node.body)
        return scope.rollback(mark), ended

    def context_managers(self, node: ast.With | ast.AsyncWith) -> bool:
        """``with``."""
        for item in node.items:
            base = self.value(item.context_expr)
            entered = Node()
            site = self.site(item.context_expr.lineno)
            protocols.enter(self.solver, base, entered, site, is_async=isinstance(node, ast.AsyncWith))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered)
        return self.block(node.body)

    def matched(self, node: ast.Match) -> bool:
        """``match``."""
        subject = self.value(node.subject)
        arms = [partial(narrowing.case, self, case, subject) for case in node.cases]
        last = node.cases[-1]
        default = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        return self.arms(arms, exhaustive=default)


def _is_name(node: ast.expr, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _for_checkers(test: ast.expr) -> bool:
    """Tell whether a branch is taken by type checkers only."""
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"


STATEMENTS: dict[type, Callable[[Statements, Any], bool | None]] = {
    ast.Expr: Statements.expression,
    ast.Assign: Statements.assignment,
    ast.AugAssign: Statements.augmented,
    ast.AnnAssign: Statements.annotated,
    ast.Return: Statements.returned,
    ast.Raise: Statements.raised,
    ast.Assert: Statements.asserted,
    ast.Delete: Statements.deleted,
    ast.Global: Statements.declared_global,
    ast.Nonlocal: Statements.declared_global,
    ast.Import: Statements.imported,
    ast.ImportFrom: Statements.imported_from,
    ast.If: Statements.branch,
    ast.For: Statements.loop_over,
    ast.AsyncFor: Statements.loop_over,
    ast.While: Statements.loop_while,
    ast.Try: Statements.guarded,
    ast.TryStar: Statements.guarded,
    ast.With: Statements.context_managers,
    ast.AsyncWith: Statements.context_managers,
    ast.Match: Statements.matched,
    ast.FunctionDef: Statements.function,
    ast.AsyncFunctionDef: Statements.function,
    ast.ClassDef: Statements.class_,
}
