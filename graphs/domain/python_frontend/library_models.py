"""What more functions of the standard library do with the values they get: heaps, iterators, copies, callbacks."""

from functools import partial

from graphs.domain.ir import Call, Const, Node, Site, Value
from graphs.domain.python_frontend import protocols
from graphs.domain.python_frontend.annotations import TypeVariable, add_instances
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.externals import EXTERNAL_MODELS, External, Model
from graphs.domain.python_frontend.functions import Function
from graphs.domain.solver import Solver


def _arg(call: Call, position: int, name: str = "") -> Node | None:
    if position < len(call.args):
        return call.args[position]
    return (call.kwargs or {}).get(name)


def _elements(solver: Solver, call: Call, position: int) -> Node:
    made = Node()
    solver.iterate(_arg(call, position), made, call.site)
    return made


def _less(solver: Solver, node: Node | None, other: Node | None, call: Call) -> None:
    """Values are ordered; what stands in tuples is compared too."""
    protocols.method(solver, protocols.deep(solver, node), ("__lt__",), Call(call.site, (other,)))


def _heap(push: int | None, *, pop: bool) -> Model:
    """``heappush``, ``heappop`` and their relatives: elements are compared."""

    def model(solver: Solver, call: Call) -> None:
        heap = _elements(solver, call, 0)
        item = _arg(call, push) if push is not None else None
        if item is not None:
            solver.listen(
                _arg(call, 0), lambda v: solver.copy(item, v.anywhere(solver)) if isinstance(v, Container) else None
            )
        _less(solver, heap, heap, call)
        if pop:
            solver.copy(heap, call.result)

    return model


def _insort(solver: Solver, call: Call) -> None:
    """``bisect`` and ``insort``: the item is compared with elements, or their keys are."""
    key, elements, item = _arg(call, 4, "key"), _elements(solver, call, 0), _arg(call, 1, "x")
    if key is not None:
        solver.call(key, Call(call.site, (elements,)))
        return
    _less(solver, elements, item, call)
    _less(solver, item, elements, call)


def _insert(solver: Solver, call: Call) -> None:
    _insort(solver, call)
    item = _arg(call, 1, "x")

    def on(value: Value) -> None:
        if isinstance(value, Container):
            solver.copy(item, value.anywhere(solver))
        elif isinstance(value, Instance):
            value.method(solver, "insert", Call(call.site, (None, item)))

    solver.listen(_arg(call, 0), on)


def _best(solver: Solver, call: Call) -> None:
    """``nlargest`` and ``nsmallest``."""
    made = Container("list")
    solver.iterate(_arg(call, 1), made.anywhere(solver), call.site)
    key = _arg(call, 2, "key")
    if key is not None:
        solver.call(key, Call(call.site, (made.every,)))
    else:
        _less(solver, made.every, made.every, call)
    solver.add(call.result, made)


def _generator(solver: Solver, call: Call, element: Node | None) -> None:
    made = Container("generator")
    if element is not None:
        solver.copy(element, made.anywhere(solver))
    solver.add(call.result, made)


def _choose(solver: Solver, call: Call) -> None:
    """``takewhile``, ``dropwhile``, ``filterfalse``: a test is called with each element."""
    element = _elements(solver, call, 1)
    solver.call(_arg(call, 0), Call(call.site, (element,)))
    _generator(solver, call, element)


def _starmap(solver: Solver, call: Call) -> None:
    rows, result = _elements(solver, call, 1), Node()
    solver.call(_arg(call, 0), Call(call.site, star=rows, result=result))
    _generator(solver, call, result)


def _accumulate(solver: Solver, call: Call) -> None:
    total = Node()
    element = _elements(solver, call, 0)
    solver.copy(element, total)
    solver.copy(_arg(call, 2, "initial"), total)
    solver.call(_arg(call, 1, "func"), Call(call.site, (total, element), result=total))
    _generator(solver, call, total)


def _group(solver: Solver, call: Call) -> None:
    """``groupby``: pairs of a key and an iterator."""
    element, row, group = _elements(solver, call, 0), Container("tuple"), Container("generator")
    key = _arg(call, 1, "key")
    if key is None:
        solver.copy(element, row.item(solver, 0))
    else:
        solver.call(key, Call(call.site, (element,), result=row.item(solver, 0)))
    protocols.method(solver, row.item(solver, 0), ("__eq__",), Call(call.site, (row.item(solver, 0),)))
    solver.copy(element, group.anywhere(solver))
    row.put(solver, 1, group)
    made = Container("generator")
    made.put(solver, None, row)
    solver.add(call.result, made)


def _rows(solver: Solver, call: Call) -> None:
    """``product``, ``combinations``, ``zip_longest``: tuples of elements."""
    row = Container("tuple")
    for i in range(len(call.args)):
        solver.copy(_elements(solver, call, i), row.anywhere(solver))
    solver.copy(_arg(call, 99, "fillvalue"), row.anywhere(solver))
    made = Container("generator")
    made.put(solver, None, row)
    solver.add(call.result, made)


def _callback(position: int) -> Model:
    """A function is handed over and called from compiled code, as by ``re.sub``."""

    def model(solver: Solver, call: Call) -> None:
        solver.call(_arg(call, position, "repl"), Call(call.site, (None,)))

    return model


def _exit_callback(solver: Solver, call: Call) -> None:
    """``ExitStack.callback``: called when the stack ends, most often where it was filled."""
    solver.call(_arg(call, 0), Call(call.site, call.args[1:], call.kwargs))
    solver.copy(_arg(call, 0), call.result)


def _enter(*, is_async: bool) -> Model:
    def model(solver: Solver, call: Call) -> None:
        protocols.enter(solver, _arg(call, 0), call.result, call.site, is_async=is_async)

    return model


def _copy(hook: str) -> Model:
    """``copy`` and ``deepcopy``: a hook of their own, else what pickling asks for."""

    def model(solver: Solver, call: Call) -> None:
        def on(value: Value) -> None:
            if isinstance(value, Instance) and value.method(solver, hook, Call(call.site, (None,), result=call.result)):
                return
            _reduce_value(solver, value, Call(call.site, result=call.result), state=True)
            solver.add(call.result, value)

        solver.listen(_arg(call, 0), on)

    return model


def _reduce_value(solver: Solver, value: Value, call: Call, *, state: bool) -> None:
    if not isinstance(value, Instance):
        return
    reduced = Node()
    names = ("__reduce_ex__", "__reduce__")
    if any(value.method(solver, name, Call(call.site, (None,), result=reduced)) for name in names):
        if state:
            _rebuild(solver, reduced, call)
        return
    value.method(solver, "__getstate__", Call(call.site))
    if state:
        value.method(solver, "__setstate__", Call(call.site, (None,)))


def _rebuild(solver: Solver, reduced: Node, call: Call) -> None:
    """``__reduce__`` gave what to call, and with what."""
    callee, given = Node(), Node()
    solver.load_item(reduced, 0, callee, call.site)
    solver.load_item(reduced, 1, given, call.site)
    solver.listen(
        callee,
        lambda v: (
            v.call(solver, Call(call.site, star=given, result=call.result)) if isinstance(v, Class | Function) else None
        ),
    )


class Pickled(Container):
    """What ``pickle.dumps`` gives: the value is in it."""

    __slots__ = ()


def _dumps(solver: Solver, call: Call) -> None:
    made = Pickled("list")
    solver.copy(_arg(call, 0), made.anywhere(solver))
    solver.listen(_arg(call, 0), lambda v: _reduce_value(solver, v, call, state=False))
    solver.add(call.result, made)


def _loads(solver: Solver, call: Call) -> None:
    def inside(value: Value) -> None:
        if isinstance(value, Instance):
            value.method(solver, "__setstate__", Call(call.site, (None,)))
            reduced = Node()
            for name in ("__reduce_ex__", "__reduce__"):
                for function in value.cls.lookup(solver, name).values or ():
                    inner = getattr(function, "function", None)
                    if isinstance(inner, Function):
                        solver.copy(inner.ret, reduced)
            _rebuild(solver, reduced, Call(call.site, result=call.result))
        solver.add(call.result, value)

    def on(value: Value) -> None:
        if isinstance(value, Pickled):
            solver.listen(value.every, inside)

    solver.listen(_arg(call, 0), on)


class Getter(Value):
    """``attrgetter("a")``, ``itemgetter(0)`` and ``methodcaller("m")``: called with an object, they read from it."""

    __slots__ = ("kind", "names", "passed")

    def __init__(self, kind: str, names: tuple[Node | None, ...], passed: Call) -> None:
        super().__init__(f"operator.{kind}")
        self.kind = kind
        self.names = names
        self.passed = passed

    def call(self, solver: Solver, call: Call) -> None:
        for name in self.names:
            if self.kind == "itemgetter":
                solver.load_item(_arg(call, 0), name, call.result, call.site)
            else:
                solver.listen(name, partial(self._read, solver, call))

    def _read(self, solver: Solver, call: Call, name: Value) -> None:
        if not isinstance(name, Const) or not isinstance(name.value, str):
            return
        base = _arg(call, 0)
        for part in name.value.split("."):
            found = Node()
            solver.load(base, part, found, call.site)
            base = found
        if self.kind == "methodcaller":
            inner = call.passed_on(self.passed.args[1:], self.passed.kwargs)
            if inner is not None:
                solver.call(base, inner)
        else:
            solver.copy(base, call.result)


def _getter(kind: str) -> Model:
    def model(solver: Solver, call: Call) -> None:
        names = call.args[:1] if kind == "methodcaller" else call.args
        solver.add(call.result, Getter(kind, names, call))

    return model


def _named_tuple(solver: Solver, call: Call) -> None:
    """``namedtuple("Name", "first second")``: a class with these fields."""
    made, bases = Class("<namedtuple>", call.site.path, call.site.line), Node()
    solver.add(bases, External("typing.NamedTuple"))
    made.bind_bases(solver, [bases])

    def on(value: Value) -> None:
        if isinstance(value, Const):
            made.fields = str(value.value).replace(",", " ").split()
        elif isinstance(value, Container):
            held = [next(iter(node.values or ()), None) for _, node in sorted(value.items.items(), key=str)]
            made.fields = [str(v.value) for v in held if isinstance(v, Const)]

    solver.listen(_arg(call, 1), on)
    solver.add(call.result, made)


class Caught(External):
    """``pytest.raises(E)`` and ``assertRaises(E)``: what it caught is an instance of ``E``."""

    __slots__ = ("errors",)

    def __init__(self, name: str, errors: Node) -> None:
        super().__init__(name)
        self.errors = errors

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr in ("value", "exception"):
            solver.copy(self.errors, dst)
        else:
            super().load(solver, attr, dst, site)


def _raises(solver: Solver, call: Call) -> None:
    errors = Node()
    solver.listen(_arg(call, 0), lambda c: add_instances(solver, c, errors))
    solver.call(_arg(call, 1), Call(call.site, call.args[2:], call.kwargs))
    solver.add(call.result, Caught("pytest.raises", errors))


def _type_variable(solver: Solver, call: Call) -> None:
    classes = Node()
    for node in (*call.args[1:], (call.kwargs or {}).get("bound")):
        solver.copy(node, classes)
    solver.add(call.result, TypeVariable(classes))


def _members(solver: Solver, call: Call) -> None:
    """``inspect.getmembers(x)``: pairs of a name and what ``x`` has under it."""
    row, made = Container("tuple"), Container("list")

    def on(value: Value) -> None:
        owner = value.cls if isinstance(value, Instance) else value
        holders = [c.body for c in owner.linear if isinstance(c, Class)] if isinstance(owner, Class) else []
        for name in {n: None for held in holders for n in held if n[:2] != "__"}:
            value.load(solver, name, row.item(solver, 1), call.site)

    solver.listen(_arg(call, 0), on)
    made.put(solver, None, row)
    solver.add(call.result, made)


EXTERNAL_MODELS.update({
    "inspect.getmembers": _members,
    "pytest.raises": _raises, "unittest.TestCase.assertRaises": _raises,
    "unittest.TestCase.assertRaisesRegex": _raises, "typing.TypeVar": _type_variable,
    "heapq.heappush": _heap(1, pop=False), "heapq.heappop": _heap(None, pop=True),
    "heapq.heapify": _heap(None, pop=False), "heapq.heapreplace": _heap(1, pop=True),
    "heapq.heappushpop": _heap(1, pop=True), "heapq.nlargest": _best, "heapq.nsmallest": _best,
    "bisect.bisect": _insort, "bisect.bisect_left": _insort, "bisect.bisect_right": _insort,
    "bisect.insort": _insert, "bisect.insort_left": _insert, "bisect.insort_right": _insert,
    "itertools.takewhile": _choose, "itertools.dropwhile": _choose, "itertools.filterfalse": _choose,
    "itertools.starmap": _starmap, "itertools.accumulate": _accumulate, "itertools.groupby": _group,
    "itertools.product": _rows, "itertools.permutations": _rows, "itertools.combinations": _rows,
    "itertools.combinations_with_replacement": _rows, "itertools.zip_longest": _rows, "itertools.pairwise": _rows,
    "re.sub": _callback(1), "re.subn": _callback(1), "re.compile.sub": _callback(0), "re.compile.subn": _callback(0),
    "contextlib.ExitStack.callback": _exit_callback, "contextlib.AsyncExitStack.callback": _exit_callback,
    "contextlib.AsyncExitStack.push_async_callback": _exit_callback,
    "contextlib.ExitStack.enter_context": _enter(is_async=False),
    "contextlib.AsyncExitStack.enter_context": _enter(is_async=False),
    "contextlib.AsyncExitStack.enter_async_context": _enter(is_async=True),
    "collections.namedtuple": _named_tuple,
    "operator.attrgetter": _getter("attrgetter"), "operator.itemgetter": _getter("itemgetter"),
    "operator.methodcaller": _getter("methodcaller"),
    "copy.copy": _copy("__copy__"), "copy.deepcopy": _copy("__deepcopy__"),
    "pickle.dumps": _dumps, "pickle.loads": _loads,
})  # fmt: skip
