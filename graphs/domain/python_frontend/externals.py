"""Python's values that come from elsewhere: modules of the tree, builtins, and imports that are not in the tree."""

from collections.abc import Callable

from graphs.domain.externals import ExternalName
from graphs.domain.ir import MAX_HOPS, Call, Node, Site, Value
from graphs.domain.python_frontend.texts import BuiltinMethod
from graphs.domain.solver import Solver


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


class External(ExternalName):
    """Something imported that is not in the tree; also whatever it returns."""

    __slots__ = ()

    def named(self, name: str) -> "External":
        return External(name)

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        solver.add(dst, self.member(attr))

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, self.name)
        model = EXTERNAL_MODELS.get(self.name)
        if model is None:
            solver.add(call.result, self)
        elif call.hops < MAX_HOPS:
            model(solver, call)


Model = Callable[[Solver, Call], None]
EXTERNAL_MODELS: dict[str, Model] = {}
BUILTIN_MODELS: dict[str, Model] = {}


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
