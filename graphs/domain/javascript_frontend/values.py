"""JavaScript's values: objects with prototypes, functions, classes, arrays, what comes from outside."""

from collections.abc import Callable
from functools import partial

from graphs.domain.externals import ExternalName
from graphs.domain.ir import Call, Const, FunctionValue, Key, Node, Site, Value
from graphs.domain.javascript_frontend.accessors import Accessor
from graphs.domain.solver import MAX_CROWD, Solver

MAX_TEXTS = 3  # objects in one place of a text
MAX_SINKS = 64  # objects that the fields of one object are copied into
INDEX = "[]"  # the field of what is stored under unknown keys
UNCOPIED = frozenset(("prototype", "constructor"))  # no loop over an object's names comes across these

CALLING_BACK = frozenset(
    ("forEach", "map", "filter", "find", "findIndex", "some", "every", "flatMap", "reduce", "sort", "replace")
)  # of arrays and texts from outside: compiled code, which calls the function at once
Effect = Callable[[Solver, Call], None]
ArrayModel = Callable[["JsObject", Solver, Call], None]
ARRAY_METHODS: dict[str, ArrayModel] = {}
GLOBAL_MODELS: dict[str, Effect] = {}


class JsObject(Value):
    """An object: own fields, and nodes that hold its prototypes."""

    __slots__ = ("every", "fields", "kind", "lookups", "owner", "paired", "protos", "sinks", "split", "this")

    def __init__(self, name: str, kind: str = "object") -> None:
        super().__init__(name)
        self.paired = False  # a Map: iterating gives rows of key and value
        self.kind = kind  # object | array | instance | prototype | promise
        self.fields: dict[str, Node] = {}
        self.protos: list[Node] = []
        self.lookups: dict[str, Node] = {}
        self.split: dict[str, tuple[Node, Node]] = {}  # of names that may be properties: plain values, accessors
        self.sinks: dict[JsObject, None] = {}  # what gets every field of this one
        self.every: Node | None = None
        self.this: Node | None = None
        self.owner: Value | None = None

    def as_node(self, solver: Solver) -> Node:
        """Return a node that holds this value alone."""
        if self.this is None:
            self.this = Node()
            solver.add(self.this, self)
        return self.this

    def field(self, solver: Solver, attr: str) -> Node:
        """Return the node of an own field."""
        node = self.fields.get(attr)
        if node is None:
            node = self.fields[attr] = Node()
            if self.every is not None:
                solver.copy(node, self.every)
            for other in self.sinks if attr not in UNCOPIED else ():
                solver.copy(node, other.field(solver, attr))
        return node

    def everything(self, solver: Solver) -> Node:
        """Return a node with the values of all own fields."""
        if self.every is None:
            self.every = Node()
            for node in self.fields.values():
                solver.copy(node, self.every)
        return self.every

    def lookup(self, solver: Solver, attr: str) -> Node:
        """Return the node of ``object.attr``: its own field, else those of its prototypes."""
        node = self.lookups.get(attr)
        if node is None:
            node = self.lookups[attr] = Node()
            own = self.field(solver, attr)
            solver.copy(own, node)
            if self._may_be_indexed(attr) and INDEX in self.fields:
                solver.defer(partial(self._indexed, solver, attr, node))
            if not own.values or attr in solver.property_names:
                solver.defer(lambda: self._inherit(solver, attr, own, node))
        return node

    def _may_be_indexed(self, attr: str) -> bool:
        """Tell whether a value stored under an unknown key may be ``object.attr``: an element has no name."""
        return attr != INDEX and self.kind not in ("array", "promise")

    def _inherit(self, solver: Solver, attr: str, own: Node, node: Node) -> None:
        if own.values and attr not in solver.property_names:  # what was written may have gone to a setter
            return
        for proto in self.protos:
            solver.listen(
                proto,
                lambda p: (
                    solver.copy(p.lookup(solver, attr), node)
                    if isinstance(p, JsObject)
                    else solver.add(node, p.member(attr))
                    if isinstance(p, External)
                    else None
                ),
            )

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr in solver.property_names:
            plain, accessors = self._parted(solver, attr)
            solver.copy(plain, dst)
            solver.listen(accessors, lambda v: self._get(solver, v, dst, site))
        else:
            solver.copy(self.lookup(solver, attr), dst)
        if self.kind == "array" and attr in ARRAY_METHODS:
            solver.add(dst, ArrayMethod(self, attr))

    def _parted(self, solver: Solver, attr: str) -> tuple[Node, Node]:
        """Return what ``object.attr`` holds in two nodes: all but accessors, and accessors, which each reader calls."""
        found = self.split.get(attr)
        if found is None:
            plain, accessors = found = self.split[attr] = (Node(), Node())
            solver.listen(
                self.lookup(solver, attr), lambda v: solver.add(accessors if isinstance(v, Accessor) else plain, v)
            )
        return found

    def _get(self, solver: Solver, accessor: Value, dst: Node, site: Site) -> None:
        if isinstance(accessor, Accessor):
            solver.call(accessor.getter, Call(site, result=dst, this=self.as_node(solver)))

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        if attr in solver.property_names:
            this = self.as_node(solver)
            solver.listen(
                self._parted(solver, attr)[1],
                lambda v: solver.call(v.setter, Call(site, (src,), this=this)) if isinstance(v, Accessor) else None,
            )
        solver.copy(src, self.field(solver, attr))

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        if isinstance(key, Node):
            solver.listen(key, lambda k: self.load_item(solver, k.value, dst, site) if isinstance(k, Const) else None)
            solver.defer(lambda: None if has_constant(key) else solver.copy(self._anything(solver), dst))
        elif key is None:
            solver.copy(self._anything(solver), dst)
        else:
            self.load(solver, str(key), dst, site)
            solver.copy(self.field(solver, INDEX), dst)

    def _anything(self, solver: Solver) -> Node:
        """Return what an unknown key may give: of an instance only what was stored that way, for it is no table."""
        return self.field(solver, INDEX) if self.kind == "instance" else self.everything(solver)

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        if isinstance(key, Node):
            solver.listen(key, lambda k: self.store_item(solver, k.value, src, site) if isinstance(k, Const) else None)
            solver.defer(lambda: None if has_constant(key) else self.store_item(solver, None, src, site))
        elif key is None:
            known = INDEX in self.fields
            solver.copy(src, self.field(solver, INDEX))
            for attr, node in () if known else list(self.lookups.items()):
                if self._may_be_indexed(attr):
                    solver.defer(partial(self._indexed, solver, attr, node))
        else:
            self.store(solver, str(key), src, site)

    def _indexed(self, solver: Solver, attr: str, node: Node) -> None:
        """What is stored under unknown keys may be ``object.attr`` only where nothing is stored under that name.

        Where everything is stored that way, the name says nothing about which it is: then nothing is guessed.
        """
        anything = self.field(solver, INDEX)
        if not self.field(solver, attr).values and len(anything.values or ()) <= MAX_CROWD:
            solver.copy(anything, node)

    def iterate(self, solver: Solver, dst: Node, site: Site) -> None:
        if self.kind == "instance":
            iterator = Node()
            call = Call(site, result=iterator, this=self.as_node(solver))
            solver.call(self.lookup(solver, "@@iterator"), call)
            solver.listen(iterator, lambda v: advance(solver, v, dst, site))
        elif self.paired:
            row = JsObject(self.name, "array")
            solver.copy(self.everything(solver), row.field(solver, "1"))
            solver.add(dst, row)
        else:
            solver.copy(self.everything(solver), dst)

    def pour_into(self, solver: Solver, other: "JsObject") -> None:
        """Copy all own fields, also those to come: spread, ``Object.assign``, loops that copy."""
        if other is self or other in self.sinks or len(self.sinks) >= MAX_SINKS:
            return
        self.sinks[other] = None
        for attr, node in list(self.fields.items()):
            if attr not in UNCOPIED:
                solver.copy(node, other.field(solver, attr))


def advance(solver: Solver, iterator: Value, dst: Node, site: Site) -> None:
    """Call ``next`` of an iterator that the tree defines, else take its elements."""
    if isinstance(iterator, JsObject) and iterator.kind != "array":
        step = Node()
        solver.call(iterator.lookup(solver, "next"), Call(site, result=step, this=iterator.as_node(solver)))
        solver.load(step, "value", dst, site)
    else:
        iterator.iterate(solver, dst, site)


def has_constant(node: Node) -> bool:
    """Tell whether a key is one of some constants; what comes from outside may be any."""
    values = node.values or ()
    return any(isinstance(v, Const) for v in values) and not any(isinstance(v, External) for v in values)


class JsFunction(FunctionValue):
    """A function: parameter nodes, ``this``, own fields, and what ``new`` makes of it."""

    __slots__ = (
        "arguments",
        "effects",
        "identity",
        "instance",
        "is_arrow",
        "members",
        "params",
        "promise",
        "prototype",
        "rest",
        "returns_this",
        "this",
    )

    def __init__(self, name: str, path: str, line: int, *, is_arrow: bool = False) -> None:
        super().__init__(name, path, line)
        self.params: list[Node] = []
        self.rest: JsObject | None = None
        self.arguments: JsObject | None = None
        self.this = Node()
        self.is_arrow = is_arrow
        self.identity: set[int] = set()
        self.effects: dict[Effect, None] = {}  # what it does with its arguments, call by call
        self.returns_this = False
        self.promise: JsObject | None = None  # what an async function returns
        self.members = JsObject(name)
        self.prototype: JsObject | None = None
        self.instance: JsObject | None = None

    def call(self, solver: Solver, call: Call) -> None:
        if call.new:
            made = self.made(solver)
            solver.add(call.result, made)
            self.invoke(solver, call, made.as_node(solver))
        else:
            self.invoke(solver, call, call.this)

    def made(self, solver: Solver) -> JsObject:
        """Return what ``new`` makes."""
        if self.instance is None:
            self.instance = JsObject(self.name, "instance")
            proto = Node()
            solver.add(proto, self.prototype_object(solver))
            self.instance.protos.append(proto)
            solver.copy(self.members.field(solver, "prototype"), proto)
        return self.instance

    def prototype_object(self, solver: Solver) -> JsObject:
        """Return ``function.prototype``."""
        if self.prototype is None:
            self.prototype = JsObject(self.name, "prototype")
            self.prototype.owner = self
            solver.add(self.members.field(solver, "prototype"), self.prototype)
        return self.prototype

    def invoke(self, solver: Solver, call: Call, this: Node | None) -> None:
        """Bind the arguments and let the result flow."""
        solver.record(call.site, self)
        if not self.is_arrow:
            solver.copy(this, self.this)
        for i, arg in enumerate(call.args):
            if arg is None:
                continue
            if i < len(self.params):
                solver.copy(arg, self.params[i])
            elif self.rest is not None:
                solver.copy(arg, self.rest.field(solver, str(i - len(self.params))))
            if self.arguments is not None:
                solver.copy(arg, self.arguments.field(solver, str(i)))
        if call.star is not None:
            for i, param in enumerate(self.params[len(call.args) :]):
                solver.load_item(call.star, i, param, call.site)
            if self.rest is not None:
                solver.iterate(call.star, self.rest.field(solver, INDEX), call.site)
        for effect in self.effects:
            effect(solver, call)
        self._return_arguments(solver, call, this)
        solver.copy(self.ret, call.result)

    def _return_arguments(self, solver: Solver, call: Call, this: Node | None) -> None:
        """What is returned as it came goes back to the caller that gave it."""
        if self.returns_this:
            solver.copy(this, call.result)
        for i in self.identity:
            solver.copy(call.args[i] if i < len(call.args) else self.params[i], call.result)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr in ("call", "apply", "bind"):
            solver.add(dst, FunctionMethod(self, attr))
            return
        if attr == "prototype":
            self.prototype_object(solver)
        self.members.load(solver, attr, dst, site)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        self.members.store(solver, attr, src, site)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        self.members.load_item(solver, key, dst, site)

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        self.members.store_item(solver, key, src, site)


def as_text(solver: Solver, node: Node | None, site: Site) -> None:
    """An object that becomes part of a text is asked for it: ``toString`` of the tree is called.

    Where many objects meet, most are other parameters of some helper that formats, and nothing is guessed.
    """

    def ask() -> None:
        objects = [v for v in (node.values if node is not None else None) or () if isinstance(v, JsObject)]
        for value in objects if len(objects) <= MAX_TEXTS else ():
            if value.kind in ("object", "instance"):
                function = Node()
                value.load(solver, "toString", function, site)
                solver.call(function, Call(site, this=value.as_node(solver)))

    if node is not None:
        solver.defer(ask)


def members_of(value: Value) -> JsObject | None:
    """Return the object that holds the fields of a value."""
    members = value if isinstance(value, JsObject) else getattr(value, "members", None)
    return members if isinstance(members, JsObject) else None


class External(ExternalName):
    """Something imported or global that is not in the tree; also whatever it returns."""

    __slots__ = ()

    def named(self, name: str) -> "External":
        return External(name)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr in ("then", "catch", "finally"):
            solver.add(dst, Thenable(self, attr))
        else:
            solver.add(dst, self.member(attr))

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, self.name)
        model = GLOBAL_MODELS.get(self.name)
        if model is not None:
            model(solver, call)
            return
        solver.add(call.result, self)
        if self.name.rpartition(".")[2] in CALLING_BACK and call.args:
            solver.call(call.args[0], call.back(None, None, None))


class Thenable(Value):
    """``value.then``: the callback gets what the promise holds. As a callback it has lost its promise, and throws."""

    __slots__ = ("value",)

    def __init__(self, value: Value, attr: str) -> None:
        super().__init__(f"<builtin>.Promise.{attr}")
        self.value = value

    def call(self, solver: Solver, call: Call) -> None:
        if call.hops:
            return
        solver.record_external(call.site, self.name)
        held = Node()
        if isinstance(self.value, JsObject) and self.value.kind == "promise":
            solver.copy(self.value.everything(solver), held)
        else:
            solver.add(held, self.value)
        result = JsObject("<builtin>.Promise", "promise")
        for i, arg in enumerate(call.args[:2]):
            solver.call(arg, call.back(held if i == 0 else None, result=result.field(solver, INDEX)))
        solver.add(call.result, result)


class ArrayMethod(Value):
    """A builtin method of an array, map or set. As a callback it has lost its object, and throws."""

    __slots__ = ("array", "attr")

    def __init__(self, array: JsObject, attr: str) -> None:
        super().__init__(f"<builtin>.Array.{attr}")
        self.array = array
        self.attr = attr

    def call(self, solver: Solver, call: Call) -> None:
        if call.hops:
            return
        solver.record_external(call.site, self.name)
        ARRAY_METHODS[self.attr](self.array, solver, call)


class FunctionMethod(Value):
    """``f.call``, ``f.apply``, ``f.bind``."""

    __slots__ = ("attr", "function")

    def __init__(self, function: JsFunction, attr: str) -> None:
        super().__init__(attr)
        self.attr = attr
        self.function = function

    def call(self, solver: Solver, call: Call) -> None:
        this = call.args[0] if call.args else None
        rest = call.args[1:]
        if self.attr == "bind":
            solver.add(call.result, BoundFunction(self.function, this, rest))
        elif self.attr == "apply":
            star = rest[0] if rest else None
            self.function.invoke(solver, Call(call.site, (), star=star, result=call.result), this)
        else:
            self.function.invoke(solver, Call(call.site, rest, star=call.star, result=call.result), this)


class BoundFunction(Value):
    """What ``bind`` returns."""

    __slots__ = ("args", "function", "receiver")

    def __init__(self, function: JsFunction, receiver: Node | None, args: tuple[Node | None, ...]) -> None:
        super().__init__(function.name)
        self.function = function
        self.receiver = receiver
        self.args = args

    def call(self, solver: Solver, call: Call) -> None:
        args = (*self.args, *call.args)
        self.function.invoke(solver, Call(call.site, args, star=call.star, result=call.result), self.receiver)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        self.function.load(solver, attr, dst, site)
