"""``Proxy`` and ``Reflect``: an object behind traps, and the plain operations that traps pass on to."""

from collections.abc import Callable

from graphs.domain.ir import Call, Key, Node, Site, Value
from graphs.domain.javascript_frontend.values import GLOBAL_MODELS, INDEX, MAX_TEXTS, JsObject
from graphs.domain.solver import Solver

MAX_HOPS = 2  # a callback may be a proxy, and so may its trap be


def _arg(call: Call, position: int) -> Node | None:
    return call.args[position] if position < len(call.args) else None


class Proxy(Value):
    """``new Proxy(target, handler)``. An operation without a trap goes to the target.

    One trap answers for every name, so what it returns is told apart only where it is little: of more nothing is said.
    """

    __slots__ = ("asked", "handler", "node", "target", "traps")
    crowds = True

    def __init__(self, target: Node | None, handler: Node | None) -> None:
        super().__init__("<builtin>.Proxy")
        self.target = target
        self.handler = handler
        self.node = Node()
        self.traps: dict[str, Node] = {}  # read once each: a handler may itself be behind this proxy
        self.asked: set[tuple[object, ...]] = set()  # done once each: what is behind this proxy may be this proxy

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        self.load_item(solver, attr, dst, site)

    def store(self, solver: Solver, attr: str, src: Node, site: Site) -> None:
        self.store_item(solver, attr, src, site)

    def load_item(self, solver: Solver, key: Key, dst: Node, site: Site) -> None:
        if not self._first("get", key, dst):
            return
        trap, returned = self._trap(solver, "get", site), Node()
        args = (self.target, _node(solver, key), self.node)
        solver.call(trap, Call(site, args, result=returned, this=self.handler, hops=1))
        solver.defer(lambda: None if trap.values else solver.load_item(self.target, key, dst, site))
        _when_settled(solver, lambda: solver.copy(returned, dst) if len(returned.values or ()) <= MAX_TEXTS else None)

    def store_item(self, solver: Solver, key: Key, src: Node, site: Site) -> None:
        if not self._first("set", key, src):
            return
        trap = self._trap(solver, "set", site)
        solver.call(trap, Call(site, (self.target, _node(solver, key), src, self.node), this=self.handler, hops=1))
        solver.defer(lambda: None if trap.values else solver.store_item(self.target, key, src, site))

    def call(self, solver: Solver, call: Call) -> None:
        if call.hops >= MAX_HOPS or not self._first("call", call):
            return
        given = _listed(solver, call)
        args = (self.target, given, self.node) if call.new else (self.target, call.this, given)
        trap = self._trap(solver, "construct" if call.new else "apply", call.site)
        solver.call(trap, call.back(*args, result=call.result, this=self.handler))
        solver.defer(lambda: None if trap.values else solver.call(self.target, call))

    def iterate(self, solver: Solver, dst: Node, site: Site) -> None:
        if not self._first("iterate", dst):
            return
        trap = self._trap(solver, "get", site)  # asked for the iterator
        solver.defer(lambda: None if trap.values else solver.iterate(self.target, dst, site))

    def _first(self, *question: object) -> bool:
        known = question in self.asked
        self.asked.add(question)
        return not known

    def _trap(self, solver: Solver, name: str, site: Site) -> Node:
        trap = self.traps.get(name)
        if trap is None:
            trap = self.traps[name] = Node()
            solver.load(self.handler, name, trap, site)
        return trap


def _when_settled(solver: Solver, action: Callable[[], None]) -> None:
    """Do it after what is looked up on prototypes has arrived, which is itself deferred."""
    solver.defer(lambda: solver.defer(lambda: solver.defer(action)))


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
    solver.call(_arg(call, 0), call.back(star=_arg(call, 2), result=call.result, this=_arg(call, 1)))


def _construct(solver: Solver, call: Call) -> None:
    solver.call(_arg(call, 0), Call(call.site, star=_arg(call, 1), result=call.result, new=True))


GLOBAL_MODELS.update({
    "<builtin>.Proxy": _proxy, "<builtin>.Proxy.revocable": _revocable, "<builtin>.Reflect.get": _get,
    "<builtin>.Reflect.set": _set, "<builtin>.Reflect.apply": _apply, "<builtin>.Reflect.construct": _construct,
})  # fmt: skip
