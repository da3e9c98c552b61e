"""``Proxy`` and ``Reflect``: an object behind traps, and the plain operations that traps pass on to."""

from graphs.domain.ir import Call, Key, Node, Site, Value
from graphs.domain.javascript_frontend.values import GLOBAL_MODELS, INDEX, JsObject
from graphs.domain.solver import Solver


def _arg(call: Call, position: int) -> Node | None:
    return call.args[position] if position < len(call.args) else None


class Proxy(Value):
    """``new Proxy(target, handler)``. An operation without a trap goes to the target."""

    __slots__ = ("handler", "node", "target")
    crowds = True

    def __init__(self, target: Node | None, handler: Node | None) -> None:
        super().__init__("<builtin>.Proxy")
        self.target = target
        self.handler = handler
        self.node = Node()

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        self.load_item(solver, attr, dst, site)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        self.store_item(solver, attr, src, site)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        trap = self._trap(solver, "get", (self.target, _node(solver, key), self.node), dst, site)
        solver.defer(lambda: None if trap.values else solver.load_item(self.target, key, dst, site))

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        trap = self._trap(solver, "set", (self.target, _node(solver, key), src, self.node), Node(), site)
        solver.defer(lambda: None if trap.values else solver.store_item(self.target, key, src, site))

    def call(self, solver: Solver, call: Call) -> None:
        given = _listed(solver, call)
        args = (self.target, given, self.node) if call.new else (self.target, call.this, given)
        trap = self._trap(solver, "construct" if call.new else "apply", args, call.result, call.site)
        solver.defer(lambda: None if trap.values else solver.call(self.target, call))

    def iterate(self, solver: Solver, dst: Node, site: Site) -> None:
        solver.iterate(self.target, dst, site)

    def _trap(self, solver: Solver, name: str, args: tuple[Node | None, ...], dst: Node, site: Site) -> Node:
        trap = Node()
        solver.load(self.handler, name, trap, site)
        solver.call(trap, Call(site, args, result=dst, this=self.handler))
        return trap


def _node(solver: Solver, key: Key) -> Node | None:
    if isinstance(key, Node) or key is None:
        return key
    node = Node()
    solver.add(node, solver.constant(key))
    return node


def _listed(solver: Solver, call: Call) -> Node:
    made, node = JsObject("<builtin>.Array", "array"), Node()
    for i, arg in enumerate(call.args):
        solver.copy(arg, made.field(solver, str(i)))
    if call.star is not None:
        solver.iterate(call.star, made.field(solver, INDEX), call.site)
    solver.add(node, made)
    return node


def _proxy(solver: Solver, call: Call) -> None:
    made = Proxy(_arg(call, 0), _arg(call, 1))
    solver.add(made.node, made)
    solver.add(call.result, made)


def _revocable(solver: Solver, call: Call) -> None:
    made, pair = Proxy(_arg(call, 0), _arg(call, 1)), JsObject("<object>")
    solver.add(made.node, made)
    solver.add(pair.field(solver, "proxy"), made)
    solver.add(call.result, pair)


def _get(solver: Solver, call: Call) -> None:
    solver.load_item(_arg(call, 0), _arg(call, 1), call.result, call.site)


def _set(solver: Solver, call: Call) -> None:
    solver.store_item(_arg(call, 0), _arg(call, 1), _arg(call, 2), call.site)


def _apply(solver: Solver, call: Call) -> None:
    solver.call(_arg(call, 0), Call(call.site, star=_arg(call, 2), result=call.result, this=_arg(call, 1)))


def _construct(solver: Solver, call: Call) -> None:
    solver.call(_arg(call, 0), Call(call.site, star=_arg(call, 1), result=call.result, new=True))


GLOBAL_MODELS.update({
    "<builtin>.Proxy": _proxy, "<builtin>.Proxy.revocable": _revocable, "<builtin>.Reflect.get": _get,
    "<builtin>.Reflect.set": _set, "<builtin>.Reflect.apply": _apply, "<builtin>.Reflect.construct": _construct,
})  # fmt: skip
