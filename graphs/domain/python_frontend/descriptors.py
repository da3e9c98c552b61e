"""What ``staticmethod``, ``classmethod``, ``property`` and ``partial`` return."""

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.solver import Solver


class StaticMethod(Value):
    """What ``staticmethod`` returns."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        super().__init__("staticmethod")
        self.inner = inner


class ClassMethod(Value):
    """What ``classmethod`` returns."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        super().__init__("classmethod")
        self.inner = inner


class Property(Value):
    """A property: nodes of its getter, setter and deleter."""

    __slots__ = ("deleter", "getter", "setter")

    def __init__(self) -> None:
        super().__init__("property")
        self.getter = Node()
        self.setter = Node()
        self.deleter = Node()

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        """``@name.setter`` and its kin return the property with one more accessor."""
        if attr in ("setter", "getter", "deleter"):
            solver.add(dst, Accessor(self, attr))


class Accessor(Value):
    """``prop.setter``: called with a function, it returns the property."""

    __slots__ = ("prop",)

    def __init__(self, prop: Property, attr: str) -> None:
        super().__init__(attr)
        self.prop = prop

    def call(self, solver: Solver, call: Call) -> None:
        slot: Node = getattr(self.prop, self.name)
        if call.args:
            solver.copy(call.args[0], slot)
        solver.add(call.result, self.prop)


class Partial(Value):
    """``functools.partial``: a callee with arguments that wait. ``whole``: these are all of them, none is spread."""

    __slots__ = ("args", "callee", "kwargs", "whole")
    crowds = True

    def __init__(
        self, callee: Node, args: tuple[Node | None, ...], kwargs: dict[str, Node] | None, *, whole: bool = False
    ) -> None:
        super().__init__("functools.partial")
        self.callee = callee
        self.args = args
        self.kwargs = kwargs
        self.whole = whole

    def call(self, solver: Solver, call: Call) -> None:
        inner = call.passed_on((*self.args, *call.args), {**(self.kwargs or {}), **(call.kwargs or {})})
        if inner is not None:
            if self.whole and not self.kwargs and call.shape is not None:
                inner.shape = (len(self.args) + call.shape[0], call.shape[1])
            solver.listen(self.callee, lambda v: v.call(solver, inner) if v is not self else None)
