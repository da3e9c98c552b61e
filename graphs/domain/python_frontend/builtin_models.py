"""What builtins and a few functions of the standard library do with the values they get."""

from collections.abc import Callable

from graphs.domain.ir import Call, Const, Node, Value
from graphs.domain.python_frontend import metaclasses, protocols
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.descriptors import ClassMethod, Partial, Property, StaticMethod
from graphs.domain.python_frontend.externals import BUILTIN_MODELS, EXTERNAL_MODELS, External, Model, Module
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.texts import TEXT, Affixed, Text
from graphs.domain.solver import Solver

MAX_METHODS = 120  # of one class behind a name that is made at run time


def _arg(call: Call, position: int) -> Node | None:
    return call.args[position] if position < len(call.args) else None


def _named(call: Call, name: str) -> Node | None:
    return (call.kwargs or {}).get(name)


def _collect(kind: str) -> Model:
    def model(solver: Solver, call: Call) -> None:
        made = Container(kind)
        if kind != "set":
            protocols.length_hint(solver, _arg(call, 0), call.site)
        solver.iterate(_arg(call, 0), made.anywhere(solver), call.site)
        solver.listen(_arg(call, 0), lambda v: v.pour_into(solver, made) if isinstance(v, Container) else None)
        if kind == "set":
            protocols.keyed(solver, made.every, call.site)
        for name, node in (call.kwargs or {}).items():
            made.store_item(solver, name, node, call.site)
        solver.add(call.result, made)

    return model


def _dict(solver: Solver, call: Call) -> None:
    made = Container("dict")
    pour_mapping(made, solver, call)
    solver.add(call.result, made)


def pour_mapping(made: Container, solver: Solver, call: Call) -> None:
    """``dict(x)`` and ``update(x)``: a mapping gives its keys and is asked for each, anything else is iterated."""

    def on(value: Value) -> None:
        if isinstance(value, Container):
            value.pour_into(solver, made)
        elif isinstance(value, Instance):
            if value.method(solver, "keys", Call(call.site)):
                value.load_item(solver, None, made.anywhere(solver), call.site)
            elif (backing := value.backing()) is not None:
                backing.pour_into(solver, made)
            else:
                value.iterate(solver, Node(), call.site)

    solver.listen(_arg(call, 0), on)
    for name, node in (call.kwargs or {}).items():
        made.store_item(solver, name, node, call.site)


def _from_keys(solver: Solver, call: Call) -> None:
    """``dict.fromkeys(keys, value)``."""
    made, keys = Container("dict"), Node()
    solver.iterate(_arg(call, 0), keys, call.site)
    protocols.keyed(solver, keys, call.site)
    made.add_key(solver, keys)
    solver.copy(_arg(call, 1), made.anywhere(solver))
    solver.add(call.result, made)


def _empty(kind: str) -> Model:
    def model(solver: Solver, call: Call) -> None:
        solver.add(call.result, Container(kind))

    return model


def _map(solver: Solver, call: Call) -> None:
    """``map``: whichever argument can be called is called with the elements of the others."""
    made = Container("generator")
    element = Node()
    for arg in call.args:
        solver.iterate(arg, element, call.site)
    inner = Call(call.site, tuple(element for _ in call.args[1:]), result=made.anywhere(solver))
    for arg in call.args:
        solver.call(arg, inner)
    solver.add(call.result, made)


def _filter(solver: Solver, call: Call) -> None:
    made = Container("generator")
    solver.iterate(_arg(call, 1), made.anywhere(solver), call.site)
    solver.call(_arg(call, 0), Call(call.site, (made.anywhere(solver),)))
    solver.add(call.result, made)


def _ordered(solver: Solver, call: Call) -> None:
    """``sorted``: a list of the same elements; ``key`` is called."""
    made = Container("list")
    protocols.length_hint(solver, _arg(call, 0), call.site)
    solver.iterate(_arg(call, 0), made.anywhere(solver), call.site)
    call_key(solver, call, made.anywhere(solver))
    protocols.method(solver, made.anywhere(solver), ("__lt__",), Call(call.site, (made.anywhere(solver),)))
    solver.add(call.result, made)


def call_key(solver: Solver, call: Call, element: Node) -> None:
    """Call ``key`` with the elements."""
    solver.call(_named(call, "key"), Call(call.site, (element,)))


def _extreme(solver: Solver, call: Call) -> None:
    """``min`` and ``max``."""
    if len(call.args) == 1:
        solver.iterate(_arg(call, 0), call.result, call.site)
    for arg in call.args[1:] and call.args:
        solver.copy(arg, call.result)
    call_key(solver, call, call.result)
    if not _named(call, "key"):
        protocols.method(solver, call.result, ("__lt__", "__gt__"), Call(call.site, (call.result,)))


def _zip(solver: Solver, call: Call) -> None:
    row = Container("tuple")
    for i, arg in enumerate(call.args):
        solver.iterate(arg, row.item(solver, i), call.site)
    made = Container("generator")
    made.put(solver, None, row)
    solver.add(call.result, made)


def _enumerate(solver: Solver, call: Call) -> None:
    row = Container("tuple")
    solver.iterate(_arg(call, 0), row.item(solver, 1), call.site)
    made = Container("generator")
    made.put(solver, None, row)
    solver.add(call.result, made)


def _iter(solver: Solver, call: Call) -> None:
    def on(value: Value) -> None:
        if not (isinstance(value, Instance) and value.method(solver, "__iter__", Call(call.site, result=call.result))):
            solver.add(call.result, value)

    solver.listen(_arg(call, 0), on)


def _next(solver: Solver, call: Call) -> None:
    def on(value: Value) -> None:
        if not (isinstance(value, Instance) and value.method(solver, "__next__", Call(call.site, result=call.result))):
            value.iterate(solver, call.result, call.site)

    solver.listen(_arg(call, 0), on)
    solver.copy(_arg(call, 1), call.result)


def _elements(solver: Solver, call: Call) -> None:
    """Consume an iterable: any, all, sum."""
    solver.iterate(_arg(call, 0), Node(), call.site)


def _reversed(solver: Solver, call: Call) -> None:
    made = Container("generator")

    def on(value: Value) -> None:
        done = isinstance(value, Instance) and value.method(solver, "__reversed__", Call(call.site, result=call.result))
        if not done:
            value.iterate(solver, made.anywhere(solver), call.site)

    solver.listen(_arg(call, 0), on)
    solver.add(call.result, made)


def _getattr(solver: Solver, call: Call) -> None:
    base, site = _arg(call, 0), call.site

    def on(value: Value) -> None:
        if isinstance(value, Const) and isinstance(value.value, str):
            solver.load(base, value.value, call.result, site)
        elif isinstance(value, Affixed):
            solver.listen(base, lambda v: _methods(solver, v, value, call))

    solver.listen(_arg(call, 1), on)
    solver.copy(_arg(call, 2), call.result)
    solver.dynamic.append((base, _arg(call, 1), call))


def _hasattr(solver: Solver, call: Call) -> None:
    """``hasattr(x, name)`` reads the attribute; nothing comes of it."""
    base, site = _arg(call, 0), call.site

    def on(value: Value) -> None:
        if isinstance(value, Const) and isinstance(value.value, str):
            solver.load(base, value.value, Node(), site)

    solver.listen(_arg(call, 1), on)


def _methods(solver: Solver, value: Value, text: Affixed, call: Call) -> None:
    """Let the functions whose names a text may be flow into the result, where they are not too many."""
    if isinstance(value, Module):
        holders = [value.exports]
    else:
        owner = value.cls if isinstance(value, Instance) else value
        holders = [c.body for c in owner.linear if isinstance(c, Class)] if isinstance(owner, Class) else []
    names = {
        name: None
        for held in holders
        for name, node in list(held.items())
        if text.fits(name) and any(isinstance(v, Function | Class | StaticMethod) for v in node.values or ())
    }
    if len(names) <= MAX_METHODS:
        for name in names:
            value.load(solver, name, call.result, call.site)


def _setattr(solver: Solver, call: Call) -> None:
    base, src = _arg(call, 0), _arg(call, 2)

    def on(value: Value) -> None:
        if isinstance(value, Const) and isinstance(value.value, str):
            solver.store(base, value.value, src, call.site)

    solver.listen(_arg(call, 1), on)


def _type(solver: Solver, call: Call) -> None:
    if len(call.args) == 1:
        solver.listen(_arg(call, 0), lambda v: solver.add(call.result, v.cls) if isinstance(v, Instance) else None)
    elif len(call.args) == 3:
        made = Class("<type>", call.site.path, call.site.line)
        bases = Node()
        solver.iterate(_arg(call, 1), bases, call.site)
        made.bind_bases(solver, [bases])
        metaclasses.define(solver, made, call.site)

        def members(value: Value) -> None:
            if isinstance(value, Container):
                for key, node in value.items.items():
                    made.store(solver, str(key), node, call.site)

        solver.listen(_arg(call, 2), members)
        solver.add(call.result, made)


def _property(solver: Solver, call: Call) -> None:
    made = Property()
    for position, name, slot in ((0, "fget", made.getter), (1, "fset", made.setter), (2, "fdel", made.deleter)):
        solver.copy(_arg(call, position), slot)
        solver.copy(_named(call, name), slot)
    solver.add(call.result, made)


def _new(solver: Solver, call: Call) -> None:
    """``object.__new__(cls)``: an instance of what it is given."""
    solver.listen(_arg(call, 0), lambda v: solver.add(call.result, v.instance) if isinstance(v, Class) else None)


def _wrap(kind: Callable[[Node], Value]) -> Model:
    def model(solver: Solver, call: Call) -> None:
        first = _arg(call, 0)
        if first is not None:
            solver.add(call.result, kind(first))

    return model


def _hash(solver: Solver, call: Call) -> None:
    """A tuple is as hashable as its elements."""
    protocols.method(solver, protocols.deep(solver, _arg(call, 0)), ("__hash__",), Call(call.site))


def _special(*names: str) -> Model:
    def model(solver: Solver, call: Call) -> None:
        protocols.method(solver, _arg(call, 0), names, Call(call.site, call.args[1:]))

    return model


def _text(*names: str) -> Model:
    def model(solver: Solver, call: Call) -> None:
        for arg in call.args:
            protocols.method(solver, arg, names, Call(call.site))
            protocols.inner_text(solver, arg, call.site)
        solver.add(call.result, Text(TEXT))

    return model


def _identity(position: int = 0) -> Model:
    def model(solver: Solver, call: Call) -> None:
        solver.copy(_arg(call, position), call.result)

    return model


def _partial(solver: Solver, call: Call) -> None:
    callee = _arg(call, 0)
    if callee is not None:
        solver.add(call.result, Partial(callee, call.args[1:], call.kwargs, whole=call.shape is not None))


def _reduce(solver: Solver, call: Call) -> None:
    element = Node()
    solver.iterate(_arg(call, 1), element, call.site)
    total = call.result
    solver.copy(_arg(call, 2), total)
    solver.copy(element, total)
    solver.call(_arg(call, 0), call.back(total, element, result=total))


def _gather(solver: Solver, call: Call) -> None:
    made = Container("list")
    for i, arg in enumerate(call.args):
        solver.copy(arg, made.item(solver, i))
    solver.add(call.result, made)


def _decorator_maker(solver: Solver, call: Call) -> None:
    """``functools.wraps(f)``: a decorator that returns what it gets."""
    solver.add(call.result, IDENTITY)


class _Identity(Value):
    __slots__ = ()

    def call(self, solver: Solver, call: Call) -> None:
        solver.copy(_arg(call, 0), call.result)


IDENTITY = _Identity("identity")


def _default_dict(solver: Solver, call: Call) -> None:
    made = Container("dict")
    solver.call(_arg(call, 0), Call(call.site, result=made.anywhere(solver)))
    solver.add(call.result, made)


def _chain(solver: Solver, call: Call) -> None:
    made = Container("generator")
    for arg in call.args:
        solver.iterate(arg, made.anywhere(solver), call.site)
    solver.add(call.result, made)


def _chain_iterable(solver: Solver, call: Call) -> None:
    made, rows = Container("generator"), Node()
    solver.iterate(_arg(call, 0), rows, call.site)
    solver.iterate(rows, made.anywhere(solver), call.site)
    solver.add(call.result, made)


BUILTIN_MODELS.update(
    list=_collect("list"), tuple=_collect("tuple"), set=_collect("set"), frozenset=_collect("set"), dict=_dict,
    map=_map, filter=_filter, sorted=_ordered, min=_extreme, max=_extreme, zip=_zip, enumerate=_enumerate,
    iter=_iter, next=_next, any=_elements, all=_elements, sum=_elements, reversed=_reversed, getattr=_getattr,
    hasattr=_hasattr, setattr=_setattr, type=_type, property=_property, staticmethod=_wrap(StaticMethod),
    classmethod=_wrap(ClassMethod),
    len=_special("__len__"), bool=_special("__bool__", "__len__"), abs=_special("__abs__"), int=_special("__int__"),
    float=_special("__float__"), hash=_hash, round=_special("__round__"), format=_special("__format__"),
    divmod=_special("__divmod__"), str=_text("__str__", "__repr__"), print=_text("__str__", "__repr__"),
    repr=_text("__repr__"), bytes=_special("__bytes__"), aiter=_special("__aiter__"), anext=_special("__anext__"),
    dir=_special("__dir__"), vars=_identity(),
    **{"dict.fromkeys": _from_keys, "object.__getattribute__": _getattr, "object.__new__": _new},
)  # fmt: skip

EXTERNAL_MODELS.update({
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _decorator_maker,
    "functools.update_wrapper": _identity(),
    "functools.cached_property": _property,
    "functools.lru_cache": _identity(),
    "functools.cache": _identity(),
    "functools.singledispatch": _identity(),
    "functools.total_ordering": _identity(),
    "contextlib.contextmanager": _identity(),
    "contextlib.asynccontextmanager": _identity(),
    "contextlib.closing": _identity(),
    "abc.abstractmethod": _identity(),
    "types.MethodType": _partial,
    "abc.abstractproperty": _property,
    "dataclasses.dataclass": _identity(),
    "dataclasses.replace": _identity(),
    "typing.cast": _identity(1),
    "asyncio.run": _identity(),
    "asyncio.create_task": _identity(),
    "asyncio.ensure_future": _identity(),
    "asyncio.wait_for": _identity(),
    "asyncio.shield": _identity(),
    "asyncio.gather": _gather,
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": _dict,
    "collections.deque": _collect("list"),
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_iterable,
    "itertools.islice": _collect("list"),
    "itertools.cycle": _collect("list"),
    "queue.Queue": _empty("list"),
})  # fmt: skip

__all__ = ["IDENTITY", "External"]
