"""Constructors that nobody wrote: those of data classes, attrs classes and named tuples."""

from functools import partial
from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Node, Value
from graphs.domain.python_frontend.externals import EXTERNAL_MODELS
from graphs.domain.solver import Solver

if TYPE_CHECKING:
    from graphs.domain.python_frontend.classes import Class

FIELD_MAKERS = (
    "dataclasses.field",
    "attr.ib",
    "attr.attrib",
    "attr.field",
    "attrs.field",
    "attr.Factory",
    "attrs.Factory",
)


class Field(Value):
    """``field(default_factory=f)``, ``attr.ib(default=x)``: what an instance gets where the call says nothing."""

    __slots__ = ("default", "factory")

    def __init__(self, default: Node | None, factory: Node | None) -> None:
        super().__init__("dataclasses.field")
        self.default = default
        self.factory = factory

    def fill(self, solver: Solver, call: Call, target: Node) -> None:
        """Let the default, or what its factory makes for ``call``, flow into an attribute."""
        if self.factory is not None:
            solver.call(self.factory, Call(call.site, result=target))
        solver.listen(
            self.default,
            lambda v: v.fill(solver, call, target) if isinstance(v, Field) else solver.add(target, v),
        )


def construct(solver: Solver, cls: "Class", names: list[str], call: Call) -> None:
    """Let the arguments of a call flow into the fields ``names``, as a generated ``__init__`` does."""
    targets = {name: cls.instance.field(name) for name in names}
    for name, arg in zip(names, call.args, strict=False):
        cls.instance.hold(solver, name, arg)
    for name, arg in (call.kwargs or {}).items():
        if name in targets:
            cls.instance.hold(solver, name, arg)
    for i, name in enumerate(names[len(call.args) :]):
        if call.star is not None:
            solver.load_item(call.star, i, targets[name], call.site)
        if call.kwstar is not None:
            solver.load_item(call.kwstar, name, targets[name], call.site)
    for name, target in targets.items():
        found = cls.find(name)
        body = getattr(found, "body", {}).get(name)
        solver.listen(body, partial(_fill, solver, call, target))
    backing = cls.instance.backing()
    if backing is not None and backing.kind == "tuple":
        for i, name in enumerate(names):
            solver.copy(targets[name], backing.item(solver, i))


def _fill(solver: Solver, call: Call, target: Node, value: Value) -> None:
    if isinstance(value, Field):
        value.fill(solver, call, target)


def _field(solver: Solver, call: Call) -> None:
    named = call.kwargs or {}
    first = call.args[0] if call.args else None
    solver.add(call.result, Field(named.get("default", first), named.get("default_factory", named.get("factory"))))


def _factory(solver: Solver, call: Call) -> None:
    solver.add(call.result, Field(None, call.args[0] if call.args else (call.kwargs or {}).get("factory")))


EXTERNAL_MODELS.update({name: _factory if name.endswith("Factory") else _field for name in FIELD_MAKERS})
