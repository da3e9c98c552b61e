"""JavaScript's classes and TypeScript's interfaces as values."""

from graphs.domain.ir import Call, Key, Node, Site, Value
from graphs.domain.javascript_frontend.values import External, JsFunction, JsObject
from graphs.domain.solver import Solver


class JsClass(Value):
    """A class: constructor function if it has one, prototype, static members, superclass values."""

    __slots__ = ("constructor", "instance", "line", "members", "path", "prototype", "subclasses", "superclass")

    def __init__(self, name: str, path: str, line: int) -> None:
        super().__init__(name)
        self.path = path
        self.line = line
        self.constructor: JsFunction | None = None
        self.prototype = JsObject(name, "prototype")
        self.prototype.owner = self
        self.members = JsObject(name)
        self.instance = JsObject(name, "instance")
        self.instance.owner = self
        self.superclass: Node | None = None
        self.subclasses: dict[JsClass, None] = {}

    def link(self, solver: Solver) -> None:
        """Tie instance, prototype, static members and superclass together."""
        self.instance.protos.append(self.prototype.as_node(solver))
        solver.add(self.members.field(solver, "prototype"), self.prototype)
        solver.add(self.prototype.field(solver, "constructor"), self)
        if self.superclass is not None:
            protos, statics = Node(), Node()
            self.prototype.protos.append(protos)
            self.members.protos.append(statics)
            solver.listen(self.superclass, lambda s: self._inherit(solver, s, protos, statics))

    def _inherit(self, solver: Solver, base: Value, protos: Node, statics: Node) -> None:
        if isinstance(base, JsClass):
            base.subclasses[self] = None
            solver.add(protos, base.prototype)
            solver.add(statics, base.members)
        elif isinstance(base, JsFunction):
            solver.add(protos, base.prototype_object(solver))
            solver.add(statics, base.members)
        elif isinstance(base, External):
            solver.add(protos, base)

    def call(self, solver: Solver, call: Call) -> None:
        if call.new:
            solver.add(call.result, self.instance)
            self.construct(solver, call, self.instance.as_node(solver))

    def construct(self, solver: Solver, call: Call, this: Node | None) -> None:
        """Run the constructor, or the inherited one, on ``this``."""
        if self.constructor is not None:
            inner = Call(call.site, call.args, star=call.star)
            self.constructor.invoke(solver, inner, this)
        elif self.superclass is not None:
            solver.listen(self.superclass, lambda s: construct(solver, s, call, this))

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        self.members.load(solver, attr, dst, site)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        self.members.store(solver, attr, src, site)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        self.members.load_item(solver, key, dst, site)


def construct(solver: Solver, base: Value, call: Call, this: Node | None) -> None:
    """``super(...)``: run the constructor of a base on ``this``."""
    if isinstance(base, JsClass):
        base.construct(solver, call, this)
    elif isinstance(base, JsFunction):
        base.invoke(solver, Call(call.site, call.args, star=call.star), this)
    elif isinstance(base, External):
        solver.record_external(call.site, base.name)


class Interface(Value):
    """A TypeScript interface: the classes that implement it stand for it."""

    __slots__ = ("implementers",)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.implementers: dict[JsClass | Interface, None] = {}
