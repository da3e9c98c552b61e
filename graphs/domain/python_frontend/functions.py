"""Python's functions as values: plain, bound to a receiver, and behind a wrapper that passes its arguments on."""

from collections.abc import Callable

from graphs.domain.ir import Call, FunctionValue, Node, Site, Value
from graphs.domain.python_frontend.containers import Container
from graphs.domain.solver import Solver

FUNCTION_ATTRIBUTES = frozenset(dir(lambda: None)) - {"__wrapped__"}
Tests = tuple[Callable[[Value], bool], ...]


class Function(FunctionValue):
    """A ``def`` or ``lambda``: parameter nodes by position and by name."""

    __slots__ = (
        "bound",
        "by_name",
        "declines",
        "fields",
        "identity",
        "is_async",
        "kwarg",
        "owner",
        "params",
        "passes_on",
        "required",
        "required_names",
        "returned",
        "stub",
        "vararg",
    )

    def __init__(self, name: str, path: str, line: int) -> None:
        super().__init__(name, path, line)
        self.params: list[Node] = []
        self.by_name: dict[str, Node] = {}
        self.required: list[str] | None = None  # parameters by position that have no default; None: not known
        self.required_names: frozenset[str] = frozenset()
        self.stub: Callable[[Value], bool] | None = None  # says of a receiver that it has another such method
        self.returned = self.ret  # what ``return`` says, before the annotation is asked
        self.vararg: Container | None = None
        self.kwarg: Container | None = None
        self.identity: dict[int, list[Tests]] = {}  # positions of parameters returned as they came, and past what
        self.owner: Value | None = None  # the class whose body holds it
        self.is_async = False
        self.fields: dict[str, Node] | None = None  # what is stored on the function itself
        self.declines = False  # it may return ``NotImplemented``
        self.passes_on: int | None = None  # the line where it calls something with its own *args
        self.bound: dict[Value, Bound] = {}

    def call(self, solver: Solver, call: Call) -> None:
        self.invoke(solver, call, None)

    def invoke(self, solver: Solver, call: Call, receiver: Value | None) -> None:
        """Bind the arguments of ``call``, with ``receiver`` before them when it is given."""
        if call.shape is not None and not self.accepts(*call.shape, bound=receiver is not None):
            return
        stub = self.stub
        if stub is not None and receiver is not None:
            solver.defer(lambda: None if stub(receiver) else solver.record(call.site, self))
        else:
            solver.record(call.site, self)
        self.bind_arguments(solver, call, receiver)
        for position, ways in self.identity.items():
            for tests in ways:
                self._return_argument(solver, call, receiver, (position, tests))
        solver.copy(self.ret, call.result)

    def accepts(self, count: int, names: frozenset[str | None], *, bound: bool) -> bool:
        """Tell whether a call with these arguments would not end in a ``TypeError`` at once."""
        if self.required is None:
            return True
        count += bound
        if count > len(self.params) and self.vararg is None:
            return False
        if self.kwarg is None and not names <= self.by_name.keys():
            return False
        return names.issuperset(self.required[count:]) and names >= self.required_names

    def _return_argument(self, solver: Solver, call: Call, receiver: Value | None, way: "tuple[int, Tests]") -> None:
        """A parameter that is returned as it came: this call gets back what it gave, not what others gave."""
        position, tests = way
        index = position if receiver is None else position - 1
        if index < 0 and receiver is not None:
            solver.add(call.result, receiver)
            return
        if index < len(call.args):
            given = call.args[index]
        else:
            param = self.params[position]
            named = next((n for name, n in (call.kwargs or {}).items() if self.by_name.get(name) is param), None)
            given = named or param
        if tests:
            solver.listen(given, lambda v: solver.add(call.result, v) if all(t(v) for t in tests) else None)
        else:
            solver.copy(given, call.result)

    def bind_arguments(self, solver: Solver, call: Call, receiver: Value | None) -> None:
        """Let the arguments flow into the parameters."""
        offset = 0
        if receiver is not None:
            offset = 1
            if self.params:
                solver.add(self.params[0], receiver)
            elif self.vararg is not None:
                self.vararg.put(solver, 0, receiver)
        for i, arg in enumerate(call.args):
            if arg is not None:
                self._bind(solver, i + offset, arg, call)
        for name, arg in (call.kwargs or {}).items():
            target = self.by_name.get(name)
            if target is not None:
                solver.copy(arg, target)
            elif self.kwarg is not None:
                self.kwarg.store_item(solver, name, arg, call.site)
        if call.star is not None:
            self._spread(solver, call, len(call.args) + offset)
        if call.kwstar is not None:
            self._spread_names(solver, call)

    def bind_named(self, solver: Solver, call: Call, receiver: Value | None) -> None:
        """Let arguments flow into named parameters only; what is passed through stays out."""
        if receiver is not None and self.params:
            solver.add(self.params[0], receiver)
        offset = 0 if receiver is None else 1
        for arg, param in zip(call.args, self.params[offset:], strict=False):
            solver.copy(arg, param)

    def _bind(self, solver: Solver, position: int, arg: Node, call: Call) -> None:
        if position < len(self.params):
            solver.copy(arg, self.params[position])
        elif self.vararg is not None:
            self.vararg.store_item(solver, position - len(self.params), arg, call.site)

    def _spread(self, solver: Solver, call: Call, start: int) -> None:
        rest = self.params[start:]
        for i, param in enumerate(rest):
            solver.load_item(call.star, i, param, call.site)
        if self.vararg is not None:
            skip = len(rest)
            vararg = self.vararg
            shift = start - len(self.params)

            def pass_on(value: Value) -> None:
                if isinstance(value, Container):
                    value.pour_into(solver, vararg, drop=skip, shift=max(0, shift))

            solver.listen(call.star, pass_on)

    def _spread_names(self, solver: Solver, call: Call) -> None:
        for name, param in self.by_name.items():
            solver.load_item(call.kwstar, name, param, call.site)
        if self.kwarg is not None:
            kwarg = self.kwarg
            solver.listen(call.kwstar, lambda v: v.pour_into(solver, kwarg) if isinstance(v, Container) else None)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr not in FUNCTION_ATTRIBUTES:
            solver.copy(self._field(attr), dst)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        solver.copy(src, self._field(attr))

    def _field(self, attr: str) -> Node:
        if self.fields is None:
            self.fields = {}
        return self.fields.setdefault(attr, Node())


class Bound(Value):
    """A function with its receiver."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: "Function | Decorated", receiver: Value) -> None:
        super().__init__(function.name)
        self.function = function
        self.receiver = receiver

    def call(self, solver: Solver, call: Call) -> None:
        self.function.invoke(solver, call, self.receiver)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        self.function.load(solver, attr, dst, site)


class Decorated(Value):
    """A function behind a wrapper that passes its ``*args`` on.

    Each decorated function keeps its own arguments and results, though all share the wrapper's code: the wrapper is
    recorded as the callee, the function as the wrapper's, and values flow straight to the function and back.
    """

    __slots__ = ("bound", "inner", "wrapper", "wrapper_receiver")

    def __init__(self, inner: "Function | Decorated", wrapper: Function, receiver: Value | None) -> None:
        super().__init__(inner.name)
        self.inner = inner
        self.wrapper = wrapper
        self.wrapper_receiver = receiver
        self.bound: dict[Value, Bound] = {}

    def call(self, solver: Solver, call: Call) -> None:
        self.invoke(solver, call, None)

    def invoke(self, solver: Solver, call: Call, receiver: Value | None) -> None:
        """Call the wrapper, and through it the function."""
        solver.record(call.site, self.wrapper)
        if self.wrapper_receiver is not None:
            self.wrapper.bind_named(solver, Call(call.site), self.wrapper_receiver)
        else:
            self.wrapper.bind_named(solver, call, receiver)
        site = Site(self.wrapper.name, self.wrapper.path, self.wrapper.passes_on or self.wrapper.line)
        inner = Call(site, call.args, call.kwargs, result=call.result, star=call.star, kwstar=call.kwstar)
        self.inner.invoke(solver, inner, receiver)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if self.wrapper_receiver is not None:
            self.wrapper_receiver.load(solver, attr, dst, site)
        else:
            self.inner.load(solver, attr, dst, site)
            self.wrapper.load(solver, attr, dst, site)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        (self.wrapper_receiver or self.inner).store(solver, attr, src, site)
