"""From JavaScript and TypeScript files to constraints, and promises where no caller explained."""

from bisect import bisect_right
from collections.abc import Sequence

from tree_sitter import Node as Tree

from graphs.domain.ir import Call, Const, Node, Value
from graphs.domain.javascript_frontend import (
    builtin_models,  # noqa: F401 - fills the tables of models
    jsdoc,
    proxies,  # noqa: F401 - fills the tables of models
)
from graphs.domain.javascript_frontend.classes import Interface, JsClass
from graphs.domain.javascript_frontend.context import FileContext, JsProject
from graphs.domain.javascript_frontend.scopes import names_shared
from graphs.domain.javascript_frontend.statements import Statements
from graphs.domain.javascript_frontend.values import External, JsFunction, JsObject
from graphs.domain.solver import Solver
from graphs.domain.symbols import Symbols


class JavaScriptFrontend:
    """Reads files one by one; ``link`` joins them; ``promise`` uses types and hierarchies where callers lack."""

    def __init__(self, solver: Solver, symbols: Symbols, paths: list[str]) -> None:
        self.solver = solver
        self.symbols = symbols
        self.project = JsProject(solver, symbols, paths)
        self.local_flow: dict[str, list[tuple[dict[str, list[int]], dict[str, list[int]]]]] = {}
        self._shared: dict[str, set[str]] = {}

    def survey(self, path: str, root: Tree) -> None:
        """Note accessors and module syntax before any file is read."""
        shared, accessors, is_module = names_shared(root)
        self._shared[path] = shared
        self.solver.property_names |= accessors
        self.project.modules[path].is_es = is_module

    def read(self, path: str, root: Tree, starts: Sequence[int]) -> None:
        """Turn one file into constraints. ``starts``: the sorted first lines of its atoms."""
        context = FileContext(self.project, path, root)
        context.shared = self._shared.get(path, set())
        context.documented = jsdoc.may_document(path, root)
        context.multi_atom = lambda first, last: bisect_right(starts, last) - bisect_right(starts, first) > 0
        self.symbols.modules[path] = context.table
        Statements(context).module()
        self.local_flow[path] = context.local_flow

    def link(self) -> None:
        """Join the files: imports are resolved when all exports are known."""
        while self.project.late:
            actions, self.project.late = self.project.late, []
            for action in actions:
                action()

    def promise(self) -> None:
        """Where no value arrived, use the hierarchy for ``this`` and types for the rest."""
        for function, cls, static in self.project.methods:
            known = bool(function.this.values)
            for receiver in _receivers(function, cls, static=static):
                if not known or receiver not in (cls, cls.instance):  # whoever is outside may hold a subclass
                    self.solver.add(function.this, receiver)
        self._holders()
        for method, callback, site in self.project.callbacks:
            if not method.values:  # of a text or an array from outside: compiled code, which calls at once
                self.solver.call(callback, Call(site, (None, None, None)))
        self.solver.settle()
        for node, promised in self.project.annotated:
            if not _useful(node):
                for value in promised.values or ():
                    for each in _concrete(value):
                        self.solver.add(node, each)
        self.solver.settle()

    def _holders(self) -> None:
        """A function that is kept in an object, and that nobody is seen to call, is called on that object."""
        waiting: dict[JsFunction, dict[Value, None]] = {}
        for base, attr, value in self.project.stored:
            for holder in base.values or ():
                made = self._called_on(holder)
                if made is not None:
                    _note(waiting, value, made)
                if attr == "prototype" and isinstance(holder, JsFunction):
                    for proto in value.values or ():
                        for node in list(proto.fields.values()) if isinstance(proto, JsObject) else ():
                            _note(waiting, node, holder.made(self.solver))
        for literal in self.project.literals:
            for node in list(literal.fields.values()):
                _note(waiting, node, literal)
        for function, receivers in waiting.items():
            for receiver in receivers:
                self.solver.add(function.this, receiver)

    def _called_on(self, holder: Value) -> Value | None:
        if isinstance(holder, JsFunction):
            return holder
        if not isinstance(holder, JsObject):
            return None
        if holder.kind == "prototype":
            owner = holder.owner
            return owner.made(self.solver) if isinstance(owner, JsFunction) else getattr(owner, "instance", None)
        return holder if holder.kind in ("object", "exports", "instance") else None


def _note(waiting: dict[JsFunction, dict[Value, None]], node: Node, receiver: Value) -> None:
    for value in node.values or ():
        if isinstance(value, JsFunction) and not value.is_arrow and not value.this.values:
            waiting.setdefault(value, {})[receiver] = None


def _useful(node: Node) -> bool:
    return any(not isinstance(v, Const | External) for v in node.values or ())


def _receivers(function: JsFunction, cls: JsClass, *, static: bool) -> list[Value]:
    if static:
        return [cls]
    name = function.name.rpartition(".")[2]
    found: list[Value] = []
    pending, seen = [cls], set[JsClass]()
    while pending:
        current = pending.pop()
        overrides = current is not cls and name in current.prototype.fields and current.prototype.fields[name].values
        if current in seen or overrides:
            continue
        seen.add(current)
        found.append(current.instance)
        pending.extend(current.subclasses)
    return found


def _concrete(value: Value) -> list[Value]:
    """Return the instances that a promised value stands for: subclasses and implementers included."""
    pending: list[Value] = [value]
    found: list[Value] = []
    seen: set[Value] = set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        if isinstance(current, Interface):
            pending.extend(i.instance if isinstance(i, JsClass) else i for i in current.implementers)
        else:
            found.append(current)
            if isinstance(current, JsObject) and isinstance(current.owner, JsClass):
                pending.extend(s.instance for s in current.owner.subclasses)
    return found
