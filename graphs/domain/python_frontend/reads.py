"""What an attribute met through an instance does when it is read or written: bound methods, properties, descriptors."""

from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.python_frontend.descriptors import Property
from graphs.domain.python_frontend.functions import Bound, Decorated, Function
from graphs.domain.solver import Solver

if TYPE_CHECKING:
    from graphs.domain.python_frontend.classes import Instance


def bound(function: Function | Decorated, receiver: Value) -> Bound:
    """Return the one bound method of this function and receiver."""
    made = function.bound.get(receiver)
    if made is None:
        made = function.bound[receiver] = Bound(function, receiver)
    return made


class PropertyRead(Value):
    """A property met through an instance: reading it calls the getter."""

    __slots__ = ("prop", "receiver")

    def __init__(self, prop: Property, receiver: Value) -> None:
        super().__init__("property")
        self.prop = prop
        self.receiver = receiver

    def read(self, solver: Solver, dst: Node, site: Site) -> None:
        """Call the getter from ``site``."""
        call = Call(site, result=dst)
        solver.listen(self.prop.getter, lambda f: invoke_on(solver, f, call, self.receiver))

    def write(self, solver: Solver, src: Node | None, site: Site) -> None:
        """Call the setter from ``site``."""
        call = Call(site, (src,))
        solver.listen(self.prop.setter, lambda f: invoke_on(solver, f, call, self.receiver))


class DescriptorRead(Value):
    """An instance with ``__get__`` met as a class attribute."""

    __slots__ = ("descriptor", "receiver")

    def __init__(self, descriptor: "Instance", receiver: Value) -> None:
        super().__init__("descriptor")
        self.descriptor = descriptor
        self.receiver = receiver

    def read(self, solver: Solver, dst: Node, site: Site) -> None:
        """Call ``__get__`` from ``site``."""
        self.descriptor.method(solver, "__get__", Call(site, (self._receiver(solver), None), result=dst))

    def write(self, solver: Solver, src: Node | None, site: Site) -> None:
        """Call ``__set__`` from ``site``."""
        self.descriptor.method(solver, "__set__", Call(site, (self._receiver(solver), src)))

    def _receiver(self, solver: Solver) -> Node:
        node = Node()
        solver.add(node, self.receiver)
        return node


def invoke_on(solver: Solver, function: Value, call: Call, receiver: Value) -> None:
    """Call a function with a receiver; anything else as it is."""
    if isinstance(function, Function | Decorated):
        function.invoke(solver, call, receiver)
    else:
        function.call(solver, call)


def deliver(solver: Solver, value: Value, dst: Node, site: Site) -> None:
    """Let what was found for an attribute flow into ``dst``; properties and descriptors are read first."""
    if isinstance(value, PropertyRead | DescriptorRead):
        value.read(solver, dst, site)
    else:
        solver.add(dst, value)
