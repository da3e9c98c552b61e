"""What the abstract containers of ``collections.abc`` bring to classes that inherit from them.

Their methods are written in Python on top of the few that a subclass defines; calling one calls those. After the table
"Collections Abstract Base Classes" of the library's documentation.
"""

from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Node, Value
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.externals import External
from graphs.domain.solver import Solver

if TYPE_CHECKING:
    from graphs.domain.python_frontend.classes import Instance

_MAPPING = {
    "get": ("__getitem__",), "__contains__": ("__getitem__",), "keys": ("__iter__",),
    "items": ("__iter__", "__getitem__"), "values": ("__iter__", "__getitem__"),
    "__eq__": ("__iter__", "__getitem__"),
}  # fmt: skip
_MUTABLE_MAPPING = _MAPPING | {
    "pop": ("__getitem__", "__delitem__"), "popitem": ("__iter__", "__getitem__", "__delitem__"),
    "clear": ("__iter__", "__getitem__", "__delitem__"), "update": ("__setitem__",),
    "setdefault": ("__getitem__", "__setitem__"),
}  # fmt: skip
_SEQUENCE = {
    "__iter__": ("__getitem__",), "__contains__": ("__getitem__",), "__reversed__": ("__len__", "__getitem__"),
    "index": ("__getitem__",), "count": ("__getitem__",),
}  # fmt: skip
_MUTABLE_SEQUENCE = _SEQUENCE | {
    "append": ("insert", "__len__"), "extend": ("insert", "__len__"), "__iadd__": ("insert", "__len__"),
    "pop": ("__getitem__", "__delitem__"), "remove": ("__getitem__", "__delitem__"),
    "clear": ("__getitem__", "__delitem__"), "reverse": ("__len__", "__getitem__", "__setitem__"),
}  # fmt: skip
_SET = {
    "__and__": ("__contains__",), "__or__": ("__iter__",), "__sub__": ("__iter__",), "__xor__": ("__iter__",),
    "__le__": ("__len__", "__iter__"), "__lt__": ("__len__", "__iter__"), "__eq__": ("__len__", "__iter__"),
    "__ge__": ("__len__", "__contains__"), "__gt__": ("__len__", "__contains__"), "isdisjoint": ("__contains__",),
}  # fmt: skip
_MUTABLE_SET = _SET | {
    "remove": ("__contains__", "discard"), "pop": ("__iter__", "discard"), "clear": ("__iter__", "discard"),
    "__ior__": ("add",), "__iand__": ("discard",), "__isub__": ("discard",), "__ixor__": ("add", "discard"),
}  # fmt: skip
MIXINS = {
    "Mapping": _MAPPING, "MutableMapping": _MUTABLE_MAPPING, "Sequence": _SEQUENCE,
    "MutableSequence": _MUTABLE_SEQUENCE, "Set": _SET, "AbstractSet": _SET, "MutableSet": _MUTABLE_SET,
}  # fmt: skip
GIVES_ELEMENT = ("get", "pop", "setdefault")


def mixed_in(order: list[Value], attr: str) -> tuple[str, ...]:
    """Return the methods that an inherited one calls, none when no abstract container along ``order`` brings it."""
    for base in order:
        if isinstance(base, External):
            head, _, name = base.name.rpartition(".")
            if head in ("typing", "collections.abc") and attr in MIXINS.get(name, ()):
                return MIXINS[name][attr]
    return ()


class Mixin(Value):
    """A method that an abstract container brings, with its receiver."""

    __slots__ = ("attr", "receiver")
    crowds = True

    def __init__(self, receiver: "Instance", attr: str) -> None:
        super().__init__(f"collections.abc.{attr}")
        self.receiver = receiver
        self.attr = attr

    def call(self, solver: Solver, call: Call) -> None:
        """Call what the method is made of; values come back where it hands elements on."""
        element, key = Node(), Node()
        for name in mixed_in(self.receiver.cls.linear, self.attr):
            into = element if name == "__getitem__" else key if name == "__iter__" else None
            self.receiver.method(solver, name, Call(call.site, call.args, result=into))
        if self.attr == "__iter__":
            made = Container("generator")
            solver.copy(element, made.anywhere(solver))
            solver.add(call.result, made)
        elif self.attr in GIVES_ELEMENT:
            solver.copy(element, call.result)
            solver.copy(call.args[1] if len(call.args) > 1 else None, call.result)
        elif self.attr in ("items", "values", "keys"):
            solver.add(call.result, self._view(solver, element, key, call))

    def _view(self, solver: Solver, element: Node, iterator: Node, call: Call) -> Container:
        made, row, keys = Container("list"), Container("tuple"), Node()
        solver.iterate(iterator, keys, call.site)
        if self.attr == "items":
            solver.copy(keys, row.item(solver, 0))
            solver.copy(element, row.item(solver, 1))
            made.put(solver, None, row)
        else:
            solver.copy(element if self.attr == "values" else keys, made.anywhere(solver))
        return made
