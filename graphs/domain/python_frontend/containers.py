"""Python's built-in containers as values, by place of creation, and their methods."""

from collections.abc import Callable

from graphs.domain.ir import Call, Const, Key, Node, Site, Value
from graphs.domain.python_frontend.externals import External
from graphs.domain.python_frontend.texts import Text
from graphs.domain.solver import Solver

NOWHERE = Site("", "", 0)  # for what records no call
MAX_TABLE = 16  # entries of a dict that is taken for a table of functions
MAX_KEYS = 2  # kinds of objects that are keys of one dict: with more of them, many share it
CONTAINER_METHODS: dict[str, Callable[["Container", Solver, Call], None]] = {}


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
