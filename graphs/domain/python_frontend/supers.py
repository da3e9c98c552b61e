"""``super()``: lookup that starts behind a class."""

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.python_frontend import metaclasses
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.reads import deliver
from graphs.domain.solver import Solver

METACLASSES = frozenset({"type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType", "typing.NamedTupleMeta"})


class Super(Value):
    """``super()`` in a method of ``cls`` with a receiver: lookup starts behind ``cls`` in the receiver's order."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Value) -> None:
        super().__init__("super")
        self.cls = cls
        self.receiver = receiver

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        receiver = self.receiver
        owner = receiver if isinstance(receiver, Class) else receiver.cls if isinstance(receiver, Instance) else None
        if owner is None:
            return
        order = owner.linear
        behind = order[order.index(self.cls) + 1 :] if self.cls in order else self.cls.linear[1:]
        node = Node()
        owner.follow(solver, attr, node, behind, receiver)
        if attr == "__new__" and not any(isinstance(c, Class) and attr in c.body for c in behind):
            solver.add(dst, NewInstance(owner))
        solver.listen(node, lambda v: deliver(solver, v, dst, site))


class NewInstance(Value):
    """``object.__new__`` reached through ``super()``: returns an instance; of a metaclass, the classes it makes."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        super().__init__("<builtin>.object.__new__")
        self.cls = cls

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, self.name)
        if any(base.name in METACLASSES for base in self.cls.linear):
            solver.copy(metaclasses.made_by(self.cls), call.result)
        else:
            solver.add(call.result, self.cls.instance)
