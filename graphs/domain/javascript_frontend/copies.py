"""Loops that copy an object field by field: ``for (k in a) b[k] = a[k]``.

Taken apart, such a loop stores anything under any name, and every later ``b.name`` means everything in ``a``. Read
together, each field of ``a`` goes to the field of that name in ``b``. After Sridharan et al., "Correlation Tracking for
Points-To Analysis of JavaScript" (ECOOP 2012); here the two halves are matched by the key they share.
"""

from dataclasses import dataclass
from functools import partial

from graphs.domain.ir import Call, Const, Node, Site, Value
from graphs.domain.javascript_frontend.scopes import Scope
from graphs.domain.javascript_frontend.values import JsFunction, JsObject, has_constant, members_of
from graphs.domain.solver import Solver


@dataclass(frozen=True, slots=True)
class Origin:
    """What ``base[key]`` is, for a value that was read that way."""

    base: Node | None
    key: Node


@dataclass(frozen=True, slots=True)
class Copying:
    """A function copies what it gets at ``source`` into what it gets at ``target``; ``source`` None: all arguments.

    It is done call by call: one call's arguments have nothing to do with another's.
    """

    target: int
    source: int | None

    def __call__(self, solver: Solver, call: Call) -> None:
        target = call.args[self.target] if self.target < len(call.args) else None
        given = call.args if self.source is None else call.args[self.source : self.source + 1]
        for source in given:
            if source is not target:
                pour(solver, source, target)


def pour(solver: Solver, source: Node | None, target: Node | None) -> None:
    """Let every field of the objects in ``source`` flow into the same field of those in ``target``."""

    def into(value: Value) -> None:
        other = members_of(value)
        if other is not None:
            solver.listen(source, partial(_pour_one, solver, other))

    solver.listen(target, into)


def _pour_one(solver: Solver, other: JsObject, value: Value) -> None:
    given = members_of(value)
    if given is not None:
        given.pour_into(solver, other)


def copy_field(solver: Solver, origin: Origin, target: Node | None, site: Site) -> None:
    """``target[key] = base[key]``: by name where the key is one of some constants, else all fields."""
    solver.listen(origin.key, partial(_by_name, solver, origin.base, target, site))
    solver.defer(lambda: None if has_constant(origin.key) else pour(solver, origin.base, target))


def _by_name(solver: Solver, base: Node | None, target: Node | None, site: Site, key: Value) -> None:
    if isinstance(key, Const) and key.value is not None:
        part = Node()
        solver.load_item(base, str(key.value), part, site)
        solver.store_item(target, str(key.value), part, site)


def of_arguments(
    scope: Scope | None, origin: Origin, target: Node | None, holder: Node | None
) -> tuple[JsFunction, Copying] | None:
    """Tell whether a function around copies one of its arguments into another.

    ``holder``: what the object that is read was itself taken from, such as ``arguments``.
    """
    while scope is not None:
        function = scope.function
        to = _position(scope, target)
        if function is not None and to is not None:
            source = _position(scope, origin.base)
            if source is not None:
                return function, Copying(to, source)
            several = [each for each in (function.arguments, function.rest) if each is not None]
            if holder is not None and any(each in (holder.values or ()) for each in several):
                return function, Copying(to, None)
        scope = scope.parent
    return None


def _position(scope: Scope, node: Node | None) -> int | None:
    """Return which parameter a node is, in the function or seen from a function inside it."""
    params = scope.function.params if scope.function is not None else []
    for i, param in enumerate(params):
        if node is param or any(scope.unions.get(n) is node for n, made in scope.versions.items() if made == [param]):
            return i
    return None
