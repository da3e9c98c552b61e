"""What defining a class calls: its metaclass, its own or that of a base."""

from functools import partial

from graphs.domain.ir import Call, Node, Site, Value
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.descriptors import ClassMethod, StaticMethod
from graphs.domain.python_frontend.functions import Function
from graphs.domain.solver import Solver


def define(solver: Solver, made: Class, site: Site) -> None:
    """A ``class`` statement or ``type(name, bases, body)`` at ``site`` made a class."""

    def on(meta: Value) -> None:
        if not isinstance(meta, Class):
            return
        for cls in meta.linear:
            if isinstance(cls, Class):
                solver.add(made_by(cls), made)
        for name in ("__prepare__", "__new__", "__init__"):
            found = meta.find(name)
            if isinstance(found, Class):
                receiver = made if name == "__init__" else meta
                solver.listen(found.body[name], partial(_invoke, solver, Call(site), receiver))

    def call() -> None:
        metaclass = made.meta()
        if metaclass is not None:
            solver.listen(metaclass, on)

    solver.defer(call)


def made_by(metaclass: Class) -> Node:
    """Return the node of the classes that a metaclass makes."""
    if metaclass.made is None:
        metaclass.made = Node()
    return metaclass.made


def _invoke(solver: Solver, call: Call, receiver: Value, value: Value) -> None:
    if isinstance(value, ClassMethod | StaticMethod):
        solver.listen(value.inner, partial(_invoke, solver, call, receiver))
    elif isinstance(value, Function):
        value.invoke(solver, call, receiver)
