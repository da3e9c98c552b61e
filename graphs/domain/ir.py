"""The language-neutral vocabulary of the points-to engine.

A front end turns a program into nodes (sets of values), copies between nodes, and listeners on nodes. Values know how
to be called, read and written; that is where the languages differ. After Salis et al., "PyCG: Practical Call Graph
Generation in Python" (ICSE 2021), and Andersen's inclusion constraints.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from graphs.domain.solver import Solver


MAX_HOPS = 4


class Node:
    """A place that values flow through: a variable version, a field, a result."""

    __slots__ = ("constants", "delta", "listeners", "succ", "values")

    def __init__(self) -> None:
        self.constants = 0
        self.values: dict[Value, None] | None = None  # keys in order of arrival: the same input, the same result
        self.delta: dict[Value, None] | None = None
        self.succ: dict[Node, None] | None = None
        self.listeners: list[Listener] | None = None


class Site:
    """Where something happens: the calling scope (flat name), and the 1-based line in its file."""

    __slots__ = ("caller", "line", "path")

    def __init__(self, caller: str, path: str, line: int) -> None:
        self.caller = caller
        self.path = path
        self.line = line


class Call:
    """One call: arguments by position and name, spread arguments, and where the result goes.

    ``hops``: how many callables that nobody wrote passed it on (partials, objects with ``__call__``, built-in functions
    that call what they are given), for they may lead back to themselves. ``shape``: how many arguments by position and
    which by name, where the text says so; None elsewhere.
    """

    __slots__ = ("args", "hops", "kwargs", "kwstar", "new", "result", "shape", "site", "star", "this")

    def __init__(
        self,
        site: Site,
        args: "tuple[Node | None, ...]" = (),
        kwargs: "dict[str, Node] | None" = None,
        *,
        result: Node | None = None,
        star: Node | None = None,
        kwstar: Node | None = None,
        this: Node | None = None,
        new: bool = False,
        hops: int = 0,
        shape: "tuple[int, frozenset[str | None]] | None" = None,
    ) -> None:
        self.site = site
        self.args = args
        self.kwargs = kwargs
        self.result = result if result is not None else Node()
        self.star = star
        self.kwstar = kwstar
        self.this = this
        self.new = new
        self.hops = hops
        self.shape = shape

    def passed_on(self, args: "tuple[Node | None, ...]", kwargs: "dict[str, Node] | None") -> "Call | None":
        """Return the same call with other arguments, as one callable hands it to another; None after too many."""
        if self.hops >= MAX_HOPS:
            return None
        return Call(
            self.site, args, kwargs, result=self.result, star=self.star, kwstar=self.kwstar, this=self.this,
            new=self.new, hops=self.hops + 1,
        )  # fmt: skip

    def back(
        self, *args: "Node | None", result: Node | None = None, star: Node | None = None, this: Node | None = None
    ) -> "Call":
        """Return the call that a built-in function, called so, makes of what it was given."""
        return Call(self.site, args, result=result, star=star, this=this, hops=self.hops + 1)


class Value:
    """An abstract value. The defaults say: nothing is known about it, and nothing flows."""

    __slots__ = ("name",)
    crowds: ClassVar[bool] = False  # one per place in the text: containers, external results

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self, solver: "Solver", attr: str, dst: Node, site: Site) -> None:
        """Let ``self.attr`` flow into ``dst``."""

    def store(self, solver: "Solver", attr: str, src: Node, site: Site) -> None:
        """Let ``src`` flow into ``self.attr``."""

    def load_item(self, solver: "Solver", key: "Key", dst: Node, site: Site) -> None:
        """Let ``self[key]`` flow into ``dst``."""

    def store_item(self, solver: "Solver", key: "Key", src: Node, site: Site) -> None:
        """Let ``src`` flow into ``self[key]``."""

    def iterate(self, solver: "Solver", dst: Node, site: Site) -> None:
        """Let what iterating over this value yields flow into ``dst``."""

    def call(self, solver: "Solver", call: Call) -> None:
        """Bind arguments, record the call, let the result flow."""


class FunctionValue(Value):
    """A function of the tree. ``path`` and ``line`` place its definition."""

    __slots__ = ("line", "path", "ret")

    def __init__(self, name: str, path: str, line: int) -> None:
        super().__init__(name)
        self.path = path
        self.line = line
        self.ret = Node()


class Const(Value):
    """A string or integer that may serve as a key; ``value`` None: any."""

    __slots__ = ("value",)

    def __init__(self, value: str | int | None) -> None:
        super().__init__(repr(value))
        self.value = value


Key = Node | str | int | None
"""A subscript: a literal, a node that holds constants, or None for unknown."""

Listener = Callable[[Value], Any]
