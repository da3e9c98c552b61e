"""Python's classes and their instances: C3 order, attribute lookup with binding, construction."""

from collections.abc import Callable
from functools import partial

from graphs.domain.ir import Call, Key, Node, Site, Value
from graphs.domain.python_frontend.containers import NOWHERE, Container
from graphs.domain.python_frontend.descriptors import ClassMethod, Property, StaticMethod
from graphs.domain.python_frontend.externals import Builtin, External
from graphs.domain.python_frontend.functions import Decorated, Function
from graphs.domain.python_frontend.generated import construct
from graphs.domain.python_frontend.mixins import Mixin, mixed_in
from graphs.domain.python_frontend.reads import DescriptorRead, PropertyRead, bound, deliver
from graphs.domain.solver import Solver

MAX_MRO = 64
MAX_BASES = 12  # classes that one base expression may mean
CONTAINERS = {
    "list": "list", "dict": "dict", "set": "set", "frozenset": "set", "tuple": "tuple",
    "collections.OrderedDict": "dict", "collections.UserDict": "dict", "collections.UserList": "list",
    "typing.NamedTuple": "tuple", "collections.deque": "list",
    "collections.defaultdict": "dict", "collections.Counter": "dict",
}  # fmt: skip


class Class(Value):
    """A class statement. ``body`` holds the names its body binds; ``bases`` one node per base expression."""

    __slots__ = (
        "base_values",
        "bases",
        "body",
        "class_lookups",
        "declared",
        "field_binders",
        "fields",
        "instance",
        "instantiated",
        "line",
        "linear",
        "lookups",
        "made",
        "metaclass",
        "path",
        "protocol",
        "stored",
        "subclasses",
    )

    def __init__(self, name: str, path: str, line: int) -> None:
        super().__init__(name)
        self.path = path
        self.line = line
        self.body: dict[str, Node] = {}
        self.fields: list[str] = []  # annotated in the body, as data classes have them
        self.bases: list[Node] = []
        self.base_values: list[list[Value]] = []
        self.subclasses: dict[Class, None] = {}
        self.linear: list[Value] = [self]
        self.lookups: dict[str, Node] = {}
        self.class_lookups: dict[str, Node] = {}
        self.field_binders: set[tuple[int, int]] = set()
        self.instance = Instance(self)
        self.metaclass: Node | None = None
        self.made: Node | None = None  # of a metaclass: the classes it makes
        self.declared: dict[str, Callable[[Value], bool]] = {}  # attributes, to the test that values of theirs pass
        self.instantiated = False
        self.stored: set[str] = set()  # attributes that are assigned on instances
        self.protocol = False  # it says what others have, and nothing is an instance of it alone

    def bind_bases(self, solver: Solver, bases: list[Node]) -> None:
        """Follow the values of the base expressions; the resolution order grows with them."""
        self.bases = bases
        self.base_values = [[] for _ in bases]
        solver.early.update(bases)
        for i, node in enumerate(bases):
            solver.listen(node, partial(self._base_found, solver, i))

    def _base_found(self, solver: Solver, index: int, value: Value) -> None:
        known = self.base_values[index]
        if len(known) >= MAX_BASES:
            solver.saturated += 1
        elif isinstance(value, Class | External | Builtin) and value is not self and value not in known:
            self.base_values[index].append(value)
            if isinstance(value, Class):
                value.subclasses[self] = None
            self.relinearise(solver, set())

    def relinearise(self, solver: Solver, seen: "set[Class]") -> None:
        """Compute the method resolution order again, here and in all subclasses, and extend the lookups made."""
        pending = [self]
        while pending:
            cls = pending.pop()
            if cls in seen:
                continue
            seen.add(cls)
            order = cls._merge()
            if order == cls.linear:
                continue
            cls.linear = order
            for attr, node in list(cls.lookups.items()):
                cls._fill_lookup(solver, attr, node)
            for attr, node in list(cls.class_lookups.items()):
                cls._fill_class_lookup(solver, attr, node)
            pending.extend(cls.subclasses)

    def _merge(self) -> list[Value]:
        """C3 where it exists, else depth first without repeats. Barrett et al., OOPSLA 1996."""
        bases = [v for group in self.base_values for v in group]
        lists = [list(b.linear) if isinstance(b, Class) else [b] for b in bases] + [list(bases)]
        order: list[Value] = [self]
        while any(lists) and len(order) < MAX_MRO:
            lists = [lst for lst in lists if lst]
            head = next((lst[0] for lst in lists if not any(lst[0] in other[1:] for other in lists)), lists[0][0])
            if head not in order:
                order.append(head)
            lists = [[v for v in lst if v is not head] for lst in lists]
        return order

    def member(self, attr: str) -> Node:
        """Return the node of a class attribute, made when it is not there."""
        node = self.body.get(attr)
        if node is None:
            node = self.body[attr] = Node()
        return node

    def defines(self, attr: str) -> bool:
        """Tell whether this class itself has the attribute."""
        return attr in self.body

    def find(self, attr: str) -> Value | None:
        """Return the first class in resolution order that has the attribute, or an external base, or None."""
        return holder(self.linear, attr)

    def lookup(self, solver: Solver, attr: str) -> Node:
        """Return the node of ``instance.attr``, with functions bound."""
        node = self.lookups.get(attr)
        if node is None:
            node = self.lookups[attr] = Node()
            solver.copy(self.instance.field(attr), node)
            self._fill_lookup(solver, attr, node)
        return node

    def _fill_lookup(self, solver: Solver, attr: str, node: Node) -> None:
        self.follow(solver, attr, node, self.linear, self.instance)

    def follow(self, solver: Solver, attr: str, node: Node, order: list[Value], receiver: Value) -> None:
        """Let the attribute found along ``order`` flow into ``node``, bound to ``receiver``."""
        found = holder(order, attr)
        if isinstance(found, Class):
            self._bind_from(solver, found.body[attr], node, receiver)
        elif isinstance(receiver, Instance) and mixed_in(order, attr):
            solver.add(node, Mixin(receiver, attr))
        elif found is not None:
            solver.add(node, found.member(attr))
        elif isinstance(receiver, Instance):
            backing = receiver.backing()
            if backing is not None:
                backing.load(solver, attr, node, NOWHERE)

    def _bind_from(self, solver: Solver, source: Node, node: Node, receiver: Value) -> None:
        key = (id(source), id(node))
        if key not in self.field_binders:
            self.field_binders.add(key)
            solver.listen(source, lambda v: bind(solver, v, node, receiver, self))

    def _fill_class_lookup(self, solver: Solver, attr: str, node: Node) -> None:
        found = holder(self.linear, attr)
        if isinstance(found, Class):
            self._bind_from(solver, found.body[attr], node, self)
        elif found is not None:
            solver.add(node, found.member(attr))

    def class_lookup(self, solver: Solver, attr: str) -> Node:
        """Return the node of ``Class.attr``: functions stay plain, class methods are bound."""
        node = self.class_lookups.get(attr)
        if node is None:
            node = self.class_lookups[attr] = Node()
            self._fill_class_lookup(solver, attr, node)
            solver.listen(self.metaclass, lambda m: _from_metaclass(solver, m, attr, node, self))
        return node

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr == "__class__":
            return
        node = self.class_lookup(solver, attr)
        if attr in solver.property_names:
            solver.listen(node, lambda v: v.read(solver, dst, site) if isinstance(v, DescriptorRead) else None)
        solver.copy(node, dst)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        known = attr in self.body
        solver.copy(src, self.member(attr))
        if not known:
            self._reopen(solver, attr)

    def _reopen(self, solver: Solver, attr: str) -> None:
        pending, seen = [self], set[Class]()
        while pending:
            cls = pending.pop()
            if cls in seen:
                continue
            seen.add(cls)
            if attr in cls.lookups:
                cls._fill_lookup(solver, attr, cls.lookups[attr])
            if attr in cls.class_lookups:
                cls._fill_class_lookup(solver, attr, cls.class_lookups[attr])
            pending.extend(cls.subclasses)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        """``Class[T]`` is the class, as far as calls go."""
        solver.add(dst, self)

    def meta(self) -> Node | None:
        """Return the node of the metaclass, the class's own or inherited."""
        return next((c.metaclass for c in self.linear if isinstance(c, Class) and c.metaclass is not None), None)

    def call(self, solver: Solver, call: Call) -> None:
        self.instantiated = True
        solver.add(call.result, self.instance)
        new = self.find("__new__")
        if isinstance(new, Class):
            made = Call(
                call.site, (None, *call.args), call.kwargs, star=call.star, kwstar=call.kwstar, result=call.result
            )
            solver.listen(new.body["__new__"], lambda v: _call_new(solver, v, self, call, made))
            solver.listen(made.result, lambda v: self._started(solver, v, call))
        init = self.find("__init__")
        if init is not None:
            inner = Call(
                call.site, call.args, call.kwargs, star=call.star, kwstar=call.kwstar,
                shape=call.shape if self.meta() is None else None,
            )  # fmt: skip
            solver.call(self.lookup(solver, "__init__"), inner)
        if not isinstance(init, Class):
            self._generated_init(solver, call)
        metaclass = self.meta()
        if metaclass is not None:
            inner = Call(call.site, call.args, call.kwargs, star=call.star, kwstar=call.kwstar, result=call.result)
            solver.listen(metaclass, lambda m: _call_metaclass(solver, m, self, inner))

    def _started(self, solver: Solver, made: Value, call: Call) -> None:
        """What ``__new__`` returns of a subclass is initialised as that."""
        if isinstance(made, Instance) and made.cls is not self and self in made.cls.linear:
            inner = Call(call.site, call.args, call.kwargs, star=call.star, kwstar=call.kwstar)
            made.method(solver, "__init__", inner)

    def _generated_init(self, solver: Solver, call: Call) -> None:
        names = dict.fromkeys(n for c in reversed(self.linear) if isinstance(c, Class) for n in c.fields)
        if names:
            construct(solver, self, list(names), call)
        if isinstance(self.find("__post_init__"), Class):
            solver.call(self.lookup(solver, "__post_init__"), Call(call.site))


def holder(order: list[Value], attr: str) -> "Class | External | None":
    """Return the first class along ``order`` that has the attribute, or an external one that may have it.

    What an external class holds is not known: a class of the tree behind it is asked first, but for special methods.
    """
    outside: External | None = None
    for cls in order:
        if isinstance(cls, Class):
            if attr in cls.body:
                return cls
        elif isinstance(cls, External):
            outside = outside or cls
            if attr[:2] == "__":
                break
    return outside


def _call_new(solver: Solver, value: Value, cls: Class, call: Call, made: Call) -> None:
    inner = value
    if isinstance(value, StaticMethod):
        solver.listen(value.inner, lambda v: _call_new(solver, v, cls, call, made))
    elif isinstance(inner, Function):
        without_first = Call(call.site, call.args, call.kwargs, star=call.star, kwstar=call.kwstar, result=call.result)
        inner.invoke(solver, without_first, cls)


def _call_metaclass(solver: Solver, meta: Value, cls: Class, call: Call) -> None:
    if isinstance(meta, Class) and isinstance(holder := meta.find("__call__"), Class):
        solver.listen(
            holder.body["__call__"], lambda f: f.invoke(solver, call, cls) if isinstance(f, Function) else None
        )


def _from_metaclass(solver: Solver, meta: Value, attr: str, node: Node, cls: Class) -> None:
    if isinstance(meta, Class) and isinstance(cls.find(attr), Class | None):
        meta.follow(solver, attr, node, meta.linear, cls)


def bind(solver: Solver, value: Value, node: Node, receiver: Value, cls: Class) -> None:
    """Do what reading a class attribute does: bind functions, unwrap static and class methods."""
    if isinstance(value, Function | Decorated):
        solver.add(node, value if isinstance(receiver, Class) and receiver is cls else bound(value, receiver))
    elif isinstance(value, StaticMethod):
        solver.copy(value.inner, node)
    elif isinstance(value, ClassMethod):
        solver.listen(
            value.inner, lambda f: solver.add(node, bound(f, cls)) if isinstance(f, Function | Decorated) else None
        )
    elif isinstance(value, Property):
        solver.add(node, value if receiver is cls else PropertyRead(value, receiver))
    elif isinstance(value, Instance) and isinstance(value.cls.find("__get__"), Class):
        solver.add(node, DescriptorRead(value, receiver))
    else:
        solver.add(node, value)


class Instance(Value):
    """All instances of one class."""

    __slots__ = ("_backing", "cls", "fields")

    def __init__(self, cls: Class) -> None:
        super().__init__(cls.name)
        self.cls = cls
        self._backing: Container | None = None
        self.fields: dict[str, Node] = {}

    def field(self, attr: str) -> Node:
        """Return the node of an instance attribute."""
        node = self.fields.get(attr)
        if node is None:
            node = self.fields[attr] = Node()
        return node

    def hold(self, solver: Solver, attr: str, src: Node | None) -> None:
        """Let values flow into an instance attribute, but for what its declaration rules out."""
        target = self.field(attr)
        order = self.cls.linear if attr in solver.declared_names else ()
        keep = next((c.declared[attr] for c in order if isinstance(c, Class) and attr in c.declared), None)
        if keep is None:
            solver.copy(src, target)
        else:
            solver.listen(src, lambda v: solver.add(target, v) if keep(v) else None)

    def backing(self) -> Container | None:
        """Return the container that instances of a subclass of a built-in container are, else None."""
        if self._backing is None:
            kind = next((CONTAINERS[b.name] for b in self.cls.linear if b.name in CONTAINERS), None)
            self._backing = Container(kind) if kind is not None else None
        return self._backing

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        if attr == "__class__":
            solver.add(dst, self.cls)
            return
        if "__getattribute__" in solver.special_names:
            self.method(solver, "__getattribute__", Call(site, (None,), result=dst))
        node = self.cls.lookup(solver, attr)
        if attr in solver.property_names:
            solver.listen(node, lambda v: deliver(solver, v, dst, site))
        else:
            solver.copy(node, dst)
        if not node.values and isinstance(self.cls.find("__getattr__"), Class):
            solver.defer(lambda: self._missing(solver, attr, node, dst, site))

    def _missing(self, solver: Solver, attr: str, node: Node, dst: Node, site: Site) -> None:
        known = any(isinstance(c, Class) and attr in c.stored for c in self.cls.linear)
        if not node.values and not known:
            self.method(solver, "__getattr__", Call(site, (None,), result=dst))

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        if attr in solver.property_names and isinstance(self.cls.find(attr), Class):
            solver.listen(
                self.cls.lookup(solver, attr),
                lambda v: v.write(solver, src, site) if isinstance(v, PropertyRead | DescriptorRead) else None,
            )
            return
        self.cls.stored.add(attr)
        self.hold(solver, attr, src)
        self.method(solver, "__setattr__", Call(site, (None, src)))

    def method(self, solver: Solver, name: str, call: Call) -> bool:
        """Call a special method when a class of the tree defines it."""
        if not isinstance(self.cls.find(name), Class):
            if not mixed_in(self.cls.linear, name):
                return False
            Mixin(self, name).call(solver, call)
            return True
        solver.call(self.cls.lookup(solver, name), call)
        return True

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        arg = key if isinstance(key, Node) else None
        if self.method(solver, "__getitem__", Call(site, (arg,), result=dst)):
            return
        backing = self.backing()
        if backing is None:
            solver.copy(self.field("[]"), dst)
            return
        backing.load_item(solver, key, dst, site)
        if backing.kind == "dict":
            self.method(solver, "__missing__", Call(site, (arg,), result=dst))

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        arg = key if isinstance(key, Node) else None
        if self.method(solver, "__setitem__", Call(site, (arg, src))):
            return
        backing = self.backing()
        if backing is None:
            solver.copy(src, self.field("[]"))
        else:
            backing.store_item(solver, key, src, site)

    def iterate(self, solver: Solver, dst: Node, site: Site) -> None:
        iterator = Node()
        if self.method(solver, "__iter__", Call(site, result=iterator)):
            solver.listen(iterator, lambda v: _advance(solver, v, dst, site))
        elif (backing := self.backing()) is not None:
            backing.iterate(solver, dst, site)
        elif not self.method(solver, "__getitem__", Call(site, (None,), result=dst)):
            solver.copy(self.field("[]"), dst)

    def call(self, solver: Solver, call: Call) -> None:
        inner = call.passed_on(call.args, call.kwargs)
        if inner is not None:
            inner.shape = call.shape
            self.method(solver, "__call__", inner)


def _advance(solver: Solver, iterator: Value, dst: Node, site: Site) -> None:
    if isinstance(iterator, Instance):
        iterator.method(solver, "__next__", Call(site, result=dst))
    else:
        iterator.iterate(solver, dst, site)
