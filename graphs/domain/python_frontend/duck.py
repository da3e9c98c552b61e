"""What may be meant where code says nothing but a name made at run time, or a protocol.

Nothing here is known, so little is said: only methods that nobody else is seen to call are read by an unknown name.
"""

from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Const, Node, Value
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.descriptors import Property
from graphs.domain.python_frontend.functions import Bound, Function
from graphs.domain.python_frontend.texts import Affixed
from graphs.domain.solver import Solver

if TYPE_CHECKING:
    from graphs.domain.python_frontend.context import Project

MAX_METHODS = 120  # of one class behind a name that is made at run time
FORWARDS = frozenset({"__getattr__", "__getattribute__"})


def by_unknown_names(project: "Project") -> None:
    """``getattr(self, made_up)``: any method of the object that is called by nobody as far as can be seen."""
    solver = project.solver
    called = set(solver.called)
    own = {function.params[0] for function, _ in project.methods if function.params}
    for base, name, call in list(solver.dynamic):
        if call.site.caller.rpartition(".")[2] in FORWARDS or _known(name, own=base in own):
            continue
        for value in list((base.values if base is not None else None) or ()):
            if not isinstance(value, Instance):
                continue
            names = _uncalled(value.cls, called)
            if base in own and _collapsed(name):
                names = _like_those_known(value.cls, name, names)
            for each in names if len(names) <= MAX_METHODS else ():
                method = Node()
                value.load(solver, each, method, call.site)
                solver.listen(method, partial(_guess, solver, call))


def _guess(solver: Solver, read: Call, method: Value) -> None:
    if isinstance(method, Bound) and isinstance(method.receiver, Instance):
        solver.add(read.result, Guess(method, method.receiver.cls, read.site.caller))


class Guess(Value):
    """A method that a name made at run time may mean.

    Helpers that look methods up are shared by a hierarchy: the object they return one of is the caller's own.
    """

    __slots__ = ("cls", "method", "reader")

    def __init__(self, method: Bound, cls: Class, reader: str) -> None:
        super().__init__(method.name)
        self.method = method
        self.cls = cls
        self.reader = reader

    def call(self, solver: Solver, call: Call) -> None:
        holder, _, caller = call.site.caller.rpartition(".")
        if caller == self.name.rpartition(".")[2]:
            return  # what looks a method up by name does not look for itself
        if call.site.caller == self.reader or any(c.name == holder for c in self.cls.linear if isinstance(c, Class)):
            self.method.call(solver, call)


def _known(name: Node | None, *, own: bool) -> bool:
    """Tell whether a name is one of some texts, or has a known beginning or end.

    Of more texts than a node keeps apart nothing is known; only what an object reads of itself is guessed then.
    """
    if own and _collapsed(name):
        return False
    values = (name.values if name is not None else None) or ()
    return name is None or any(isinstance(v, Affixed) or (isinstance(v, Const) and v.value is not None) for v in values)


def _collapsed(name: Node | None) -> bool:
    """Tell whether more texts arrived than a node keeps apart."""
    return name is not None and any(isinstance(v, Const) and v.value is None for v in name.values or ())


def _like_those_known(cls: Class, name: Node | None, methods: list[str]) -> list[str]:
    """Return what one of too many names may mean: methods where those kept are some, and properties likewise."""
    held = {n: node for c in reversed(cls.linear) if isinstance(c, Class) for n, node in c.body.items()}
    texts = map(_text_of, (name.values if name is not None else None) or ())
    kept = [held[text] for text in texts if text in held]
    found = methods if any(_functions(node) for node in kept) else []
    if any(_is_property(node) for node in kept):
        found += [n for n, node in held.items() if _is_property(node)]
    return found


def _text_of(value: Value) -> str:
    return str(value.value) if isinstance(value, Const) else ""


def _is_property(node: Node) -> bool:
    return any(isinstance(v, Property) for v in node.values or ())


def _uncalled(cls: Class, called: AbstractSet[Value]) -> list[str]:
    held = {n: node for c in reversed(cls.linear) if isinstance(c, Class) for n, node in c.body.items() if n[0] != "_"}
    return [n for n, node in held.items() if _functions(node) and called.isdisjoint(_functions(node))]


def _functions(node: Node) -> list[Function]:
    return [v for v in node.values or () if isinstance(v, Function)]


def implementers(project: "Project", protocol: Class) -> list[Class]:
    """Return the classes of the tree that have all methods of a protocol, each with as many parameters."""
    wanted = {n: f for n, node in protocol.body.items() for f in _functions(node)}
    return [
        cls
        for cls in project.class_at.values()
        if wanted and not cls.protocol and all(_same_shape(cls.find(n), n, f) for n, f in wanted.items())
    ]


def _same_shape(holder: Value | None, name: str, wanted: Function) -> bool:
    found = _functions(holder.body[name]) if isinstance(holder, Class) else []
    return any(f.vararg is not None or len(f.params) == len(wanted.params) for f in found)
