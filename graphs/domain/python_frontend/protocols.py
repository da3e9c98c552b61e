"""Operators and statements that call special methods, as constraints."""

from graphs.domain.ir import Call, Const, Node, Site, Value
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.externals import External
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.texts import Affixed, Text, affixed, percent
from graphs.domain.solver import Solver

BINARY = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "MatMult": "matmul", "Div": "truediv", "Mod": "mod", "Pow": "pow",
    "LShift": "lshift", "RShift": "rshift", "BitOr": "or", "BitXor": "xor", "BitAnd": "and", "FloorDiv": "floordiv",
}  # fmt: skip
COMPARE = {"Eq": "__eq__", "NotEq": "__ne__", "Lt": "__lt__", "LtE": "__le__", "Gt": "__gt__", "GtE": "__ge__"}
REFLECTED = {
    "__lt__": "__gt__",
    "__gt__": "__lt__",
    "__le__": "__ge__",
    "__ge__": "__le__",
    "__eq__": "__eq__",
    "__ne__": "__ne__",
}
UNARY = {"USub": "__neg__", "UAdd": "__pos__", "Invert": "__invert__"}


def method(solver: Solver, base: Node | None, names: tuple[str, ...], call: Call) -> None:
    """Call the first of several special methods that an instance's class defines."""
    if base is None or solver.special_names.isdisjoint(names):
        return

    def on(value: Value) -> None:
        if isinstance(value, Instance):
            any(value.method(solver, name, call) for name in names)

    solver.listen(base, on)


def defines(value: Value, name: str) -> bool:
    """Tell whether a value is an instance whose class, in the tree, has the method."""
    return isinstance(value, Instance) and isinstance(value.cls.find(name), Class)


def binary(solver: Solver, left: Node | None, right: Node | None, op: str, *, result: Node, site: Site) -> None:
    """``left op right``: the left method, else the reflected one of the right side."""
    name, reflected = f"__{BINARY[op]}__", f"__r{BINARY[op]}__"

    def on_left(value: Value) -> None:
        if isinstance(value, Instance):
            value.method(solver, name, Call(site, (right,), result=result))
        elif op == "Add" and isinstance(value, Const) and isinstance(value.value, str):
            _known(solver, affixed(value.value, ""), result)
        elif op == "Mod" and isinstance(value, Const) and isinstance(value.value, str):
            _known(solver, percent(value.value), result)
            text(solver, deep(solver, right), site)
        elif isinstance(value, Container | Text):
            solver.add(result, value)
            if op == "Mod" and isinstance(value, Text):
                text(solver, deep(solver, right), site)

    def on_right(value: Value) -> None:
        known = (left.values if left else None) or ()
        if defines(value, reflected) and not any(defines(v, name) and not _declines(v, name) for v in known):
            method(solver, right, (reflected,), Call(site, (left,), result=result))
        elif isinstance(value, Container):
            solver.add(result, value)
        elif op == "Add" and isinstance(value, Const) and not any(isinstance(v, Const | Affixed) for v in known):
            _known(solver, affixed("", str(value.value)), result)

    solver.listen(left, on_left)
    solver.listen(right, on_right)


def _known(solver: Solver, text: Affixed | None, result: Node) -> None:
    if text is not None:
        solver.add(result, text)


def in_place(solver: Solver, left: Node | None, right: Node | None, op: str, *, result: Node, site: Site) -> None:
    """``left op= right``."""
    own, plain = f"__i{BINARY[op]}__", f"__{BINARY[op]}__"
    method(solver, left, (own, plain), Call(site, (right,), result=result))

    length_hint(solver, right, site)

    def extend(value: Value) -> None:
        if isinstance(value, Container):
            solver.add(result, value)
            solver.iterate(right, value.anywhere(solver), site)

    solver.listen(left, extend)


def compare(solver: Solver, left: Node | None, right: Node | None, op: str, *, result: Node, site: Site) -> None:
    """``left op right`` for comparisons and membership. Query builders return objects from comparisons."""
    if op in ("In", "NotIn"):
        contains(solver, right, left, site)
    elif op in COMPARE:
        name = COMPARE[op]
        names = (name, "__eq__") if op == "NotEq" else (name,)
        method(solver, left, names, Call(site, (right,), result=result))
        other = REFLECTED.get(name)
        if other is not None:
            _reflected(solver, left, right, (name, other), result=result, site=site)


def _declines(value: Value, name: str) -> bool:
    """Tell whether a method of an instance may return ``NotImplemented``: then the other side is asked."""
    found = value.cls.find(name) if isinstance(value, Instance) else None
    methods = found.body[name].values if isinstance(found, Class) else None
    return any(isinstance(m, Function) and m.declines for m in methods or ())


def _reflected(
    solver: Solver, left: Node | None, right: Node | None, names: tuple[str, str], *, result: Node, site: Site
) -> None:
    def on(value: Value) -> None:
        known = left.values if left is not None else None
        if not any(defines(v, names[0]) and not _declines(v, names[0]) for v in known or ()):
            method(solver, right, (names[1],), Call(site, (left,), result=result))

    solver.defer(lambda: solver.listen(right, lambda v: on(v) if defines(v, names[1]) else None))


def contains(solver: Solver, base: Node | None, item: Node | None, site: Site) -> None:
    """``item in base``."""

    def on(value: Value) -> None:
        if isinstance(value, Instance):
            if not value.method(solver, "__contains__", Call(site, (item,))) and value.backing() is None:
                value.iterate(solver, Node(), site)
        elif isinstance(value, Container) and value.kind in ("list", "tuple", "generator"):
            equal(solver, value.every, item, site)

    solver.listen(base, on)
    hashed(solver, base, item, site)


MAX_DEEP = 2  # tuples in tuples


def deep(solver: Solver, node: Node | None, depth: int = MAX_DEEP) -> Node:
    """Return the values of a node together with what tuples among them hold."""
    made = Node()
    if node is None:
        return made
    solver.copy(node, made)

    def on(value: Value) -> None:
        if isinstance(value, Container) and value.kind == "tuple":
            solver.copy(deep(solver, value.every, depth - 1) if depth > 1 else value.every, made)

    solver.listen(node, on)
    return made


def inner_text(solver: Solver, node: Node | None, site: Site) -> None:
    """A container that is turned into text asks its elements for their ``repr``."""
    if node is None or "__repr__" not in solver.special_names:
        return

    def on(value: Value) -> None:
        if isinstance(value, Container) and value.kind != "generator":
            method(solver, value.every, ("__repr__",), Call(site))

    solver.listen(node, on)


def length_hint(solver: Solver, base: Node | None, site: Site) -> None:
    """What is made into a list or tuple is asked how long it is."""
    method(solver, base, ("__len__", "__length_hint__"), Call(site))


def hashed(solver: Solver, holder: Node | None, key: object, site: Site) -> None:
    """A key meets a dict, or an element a set."""
    if not isinstance(key, Node) or "__hash__" not in solver.special_names:
        return

    def on(value: Value) -> None:
        inner = value.backing() if isinstance(value, Instance) else value
        if isinstance(inner, Container) and inner.kind in ("dict", "set"):
            keyed(solver, key, site)

    solver.listen(holder, on)


def keyed(solver: Solver, key: Node | None, site: Site, *, compared: bool = True) -> None:
    """A value becomes, or is looked up as, a key or an element of a set: hashed, and compared with its like."""
    if "__hash__" in solver.special_names:
        method(solver, deep(solver, key), ("__hash__",), Call(site))
        if compared:
            method(solver, key, ("__eq__",), Call(site, (key,)))


def equal(solver: Solver, element: Node, item: Node | None, site: Site) -> None:
    """Elements are compared with an item, as ``in``, ``index`` and ``remove`` do."""
    method(solver, element, ("__eq__",), Call(site, (item,)))


def truth(solver: Solver, node: Node | None, site: Site) -> None:
    """A value is tested for truth."""
    method(solver, node, ("__bool__", "__len__"), Call(site))


def text(solver: Solver, node: Node | None, site: Site) -> None:
    """A value is turned into text."""
    method(solver, node, ("__str__", "__repr__"), Call(site))
    inner_text(solver, node, site)


def enter(solver: Solver, base: Node | None, dst: Node, site: Site, *, is_async: bool) -> None:
    """``with base as dst``."""
    prefix = "__a" if is_async else "__"

    def on(value: Value) -> None:
        if isinstance(value, Instance):
            value.method(solver, f"{prefix}enter__", Call(site, result=dst))
            value.method(solver, f"{prefix}exit__", Call(site, (None, None, None)))
        elif isinstance(value, Container) and value.kind == "generator":
            solver.copy(value.every, dst)
        elif isinstance(value, External):
            solver.add(dst, value)

    solver.listen(base, on)


def iterate_async(solver: Solver, base: Node | None, dst: Node, site: Site) -> None:
    """``async for dst in base``."""
    iterator = Node()

    def on(value: Value) -> None:
        if not (isinstance(value, Instance) and value.method(solver, "__aiter__", Call(site, result=iterator))):
            value.iterate(solver, dst, site)

    solver.listen(base, on)

    def advance(value: Value) -> None:
        if isinstance(value, Instance):
            value.method(solver, "__anext__", Call(site, result=dst))
        else:
            value.iterate(solver, dst, site)

    solver.listen(iterator, advance)


def await_value(solver: Solver, base: Node | None, dst: Node, site: Site) -> None:
    """``await base``: a coroutine function's result stands for its coroutine."""

    def on(value: Value) -> None:
        if not (isinstance(value, Instance) and value.method(solver, "__await__", Call(site, result=dst))):
            solver.add(dst, value)

    solver.listen(base, on)


def raised(solver: Solver, node: Node | None, site: Site) -> None:
    """``raise node``: a class is called first."""
    solver.listen(node, lambda v: v.call(solver, Call(site)) if isinstance(v, Class) else None)
