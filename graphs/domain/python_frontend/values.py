"""Python's values: functions, bound methods, modules, what comes from outside, and what stands for built-in types."""

from collections.abc import Callable

from graphs.domain.ir import Call, Const, FunctionValue, Key, Node, Site, Value
from graphs.domain.python_frontend.texts import BuiltinMethod, Text
from graphs.domain.solver import Solver

FUNCTION_ATTRIBUTES = frozenset(dir(lambda: None)) - {"__wrapped__"}
Tests = tuple[Callable[[Value], bool], ...]
NOWHERE = Site("", "", 0)  # for what records no call
MAX_TABLE = 16  # entries of a dict that is taken for a table of functions
MAX_KEYS = 2  # kinds of objects that are keys of one dict: with more of them, many share it
MAX_EXTERNAL_DEPTH = 6  # components of an external name; longer chains stand for their prefix


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
        "vararg",
    )

    def __init__(self, name: str, path: str, line: int) -> None:
        super().__init__(name, path, line)
        self.params: list[Node] = []
        self.by_name: dict[str, Node] = {}
        self.required: list[str] | None = None  # parameters by position that have no default; None: not known
        self.required_names: frozenset[str] = frozenset()
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


class Module(Value):
    """A module of the tree. ``exports`` holds the node of each module-level name at the end of the module."""

    __slots__ = ("exports", "missing", "path", "star", "submodule")

    def __init__(
        self,
        name: str,
        path: str,
        submodule: Callable[[str], Value | None],
        star: Callable[[str], Node | None] | None = None,
    ) -> None:
        super().__init__(name)
        self.path = path
        self.exports: dict[str, Node] = {}
        self.submodule = submodule
        self.star = star
        self.missing: set[str] = set()

    def field(self, attr: str) -> Node:
        """Return the node of a module-level name; it may be written from outside."""
        node = self.exports.get(attr)
        if node is None:
            node = self.exports[attr] = Node()
            self.missing.add(attr)
        return node

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        node = self.field(attr)
        if attr in self.missing:
            inner = self.submodule(attr)
            if inner is not None:
                solver.add(node, inner)
            elif self.star is not None:
                solver.copy(self.star(attr), node)
            if inner is None and "__getattr__" in self.exports and attr[:2] != "__":
                solver.call(self.exports["__getattr__"], Call(site, (None,), result=node))
        solver.copy(node, dst)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        solver.copy(src, self.field(attr))


class External(Value):
    """Something imported that is not in the tree; also whatever it returns."""

    __slots__ = ("members",)
    crowds = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.members: dict[str, External] = {}

    def member(self, attr: str) -> "External":
        """Return the external value named ``self.attr``."""
        found = self.members.get(attr)
        if found is None:
            deep = self.name.count(".") >= MAX_EXTERNAL_DEPTH
            found = self.members[attr] = self if deep else External(f"{self.name}.{attr}")
        return found

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        solver.add(dst, self.member(attr))

    def call(self, solver: Solver, call: Call) -> None:
        model = EXTERNAL_MODELS.get(self.name)
        if model is None:
            solver.record_external(call.site, self.name)
            solver.add(call.result, self)
        else:
            solver.record_external(call.site, self.name)
            model(solver, call)


Model = Callable[[Solver, Call], None]
EXTERNAL_MODELS: dict[str, Model] = {}
BUILTIN_MODELS: dict[str, Model] = {}
CONTAINER_METHODS: dict[str, Callable[["Container", Solver, Call], None]] = {}


class Builtin(Value):
    """A builtin function or type, by name."""

    __slots__ = ()

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, f"<builtin>.{self.name}")
        self.make(solver, call)

    def make(self, solver: Solver, call: Call) -> None:
        """Let values flow as a call does, without recording one."""
        model = BUILTIN_MODELS.get(self.name)
        if model is not None:
            model(solver, call)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        name = f"{self.name}.{attr}"
        if name in BUILTIN_MODELS:
            solver.add(dst, Builtin(name))
        elif attr[:2] != "__":
            solver.add(dst, BuiltinMethod(f"<builtin>.{name}"))


class Container(Value):
    """A list, tuple, set, dict or generator, by place of creation.

    ``items`` holds what was stored under a known key, ``unknown`` what under any key, ``every`` all of both;
    ``keys`` of a dict holds the objects that are its keys.
    """

    __slots__ = ("every", "items", "keys", "kind", "methods", "unknown")
    crowds = True

    def __init__(self, kind: str) -> None:
        super().__init__({"dict": "<**PyDict**>", "str": "<**PyStr**>"}.get(kind, f"<**Py{kind.capitalize()}**>"))
        self.kind = kind
        self.items: dict[str | int, Node] = {}
        self.keys: Node | None = Node() if kind == "dict" else None
        self.unknown: Node | None = None
        self.every = Node()
        self.methods: dict[str, ContainerMethod] = {}

    def item(self, solver: Solver, key: str | int) -> Node:
        """Return the node of one known key."""
        node = self.items.get(key)
        if node is None:
            node = self.items[key] = Node()
            solver.copy(node, self.every)
            solver.copy(self.anywhere(solver), node)
        return node

    def anywhere(self, solver: Solver) -> Node:
        """Return the node of values under unknown keys."""
        if self.unknown is None:
            self.unknown = Node()
            solver.copy(self.unknown, self.every)
        return self.unknown

    def put(self, solver: Solver, key: str | int | None, value: Value) -> None:
        """Store one value."""
        solver.add(self.anywhere(solver) if key is None else self.item(solver, key), value)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        if isinstance(key, Node):
            solver.listen(key, lambda k: self._load_constant(solver, k, dst, site))
            solver.defer(lambda: self._load_rest(solver, key, dst))
        elif key is None:
            solver.copy(self.every, dst)
        elif isinstance(key, int) and key < 0:
            self._load_from_end(solver, key, dst)
        else:
            solver.copy(self.item(solver, key), dst)

    def _load_constant(self, solver: Solver, key: Value, dst: Node, site: Site) -> None:
        if isinstance(key, Const):
            self.load_item(solver, key.value, dst, site)

    def _load_rest(self, solver: Solver, key: Node, dst: Node) -> None:
        """Under a key of which nothing is known may lie anything.

        So it may in a table of what can be called, even where some keys are known: callers outside bring others.
        """
        held = self.every.values or ()
        table = self.keys is not None and len(self.items) <= MAX_TABLE and all(_callable(v) for v in held)
        if table or not _has_constant(key):
            solver.copy(self.every, dst)

    def _load_from_end(self, solver: Solver, key: int, dst: Node) -> None:
        size = len(self.items)
        if self.unknown is None and -key <= size and size + key in self.items:
            solver.copy(self.items[size + key], dst)
        else:
            solver.copy(self.every, dst)

    def add_key(self, solver: Solver, key: Node | None) -> None:
        """Objects become keys; constants are kept by ``items``."""
        keys = self.keys
        if keys is None:
            return

        def on(value: Value) -> None:
            if not isinstance(value, Const | Text | External) and len(keys.values or ()) < MAX_KEYS:
                solver.add(keys, value)

        solver.listen(key, on)

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        if isinstance(key, Node):
            self.add_key(solver, key)
            solver.listen(key, lambda k: self._store_constant(solver, k, src, site))
            solver.defer(lambda: None if _has_constant(key) else solver.copy(src, self.anywhere(solver)))
        elif key is None:
            solver.copy(src, self.anywhere(solver))
        else:
            solver.copy(src, self.item(solver, key))

    def _store_constant(self, solver: Solver, key: Value, src: Node, site: Site) -> None:
        if isinstance(key, Const):
            self.store_item(solver, key.value, src, site)

    def pour_into(self, solver: Solver, other: "Container", *, drop: int = 0, shift: int = 0) -> None:
        """Let the elements flow into ``other``; integer keys below ``drop`` stay, the rest move down and by shift.

        A dict poured into something else gives its keys.
        """
        if self.keys is not None:
            if other.keys is None:
                self.iterate(solver, other.anywhere(solver), NOWHERE)
                return
            solver.copy(self.keys, other.keys)
        for key, node in list(self.items.items()):
            if isinstance(key, int) and other.kind != "dict":
                if key >= drop:
                    solver.copy(node, other.item(solver, key - drop + shift))
            else:
                solver.copy(node, other.item(solver, key))
        solver.copy(self.anywhere(solver), other.anywhere(solver))

    def iterate(self, solver: Solver, dst: Node, site: Site) -> None:
        if self.keys is None:
            solver.copy(self.every, dst)
        else:
            solver.copy(self.keys, dst)
            for key in self.items:
                solver.add(dst, solver.constant(key))

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr not in CONTAINER_ATTRIBUTES[self.kind]:
            return
        method = self.methods.get(attr)
        if method is None:
            method = self.methods[attr] = ContainerMethod(self, attr)
        solver.add(dst, method)


def _callable(value: Value) -> bool:
    return type(value).call is not Value.call


def _has_constant(node: Node) -> bool:
    return any(isinstance(v, Const) for v in node.values or ())


# Subclasses and relatives in the standard library (deque, Counter, Queue) share the models of these types.
CONTAINER_ATTRIBUTES = {
    "list": frozenset(dir(list)) | {"appendleft", "popleft", "extendleft", "put", "get"},
    "tuple": frozenset(dir(tuple)),
    "set": frozenset(dir(set)),
    "dict": frozenset(dir(dict)) | {"most_common", "move_to_end"},
    "generator": frozenset({"__next__", "send", "throw", "close", "__iter__"}),
}


class ContainerMethod(Value):
    """A method of a container with its container."""

    __slots__ = ("attr", "container")
    crowds = True

    def __init__(self, container: Container, attr: str) -> None:
        super().__init__(f"{container.name}.{attr}")
        self.attr = attr
        self.container = container

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, self.name)
        model = CONTAINER_METHODS.get(self.attr)
        if model is not None:
            model(self.container, solver, call)
