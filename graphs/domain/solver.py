"""Difference propagation of values to a fixpoint.

Every node holds at most ``MAX_VALUES`` values; a fuller node stops growing, so that the work stays linear in the
number of constraints on any input. ``saturated`` counts the values refused that way.
"""

from collections import deque
from collections.abc import Callable
from itertools import islice

from graphs.domain.ir import Call, Const, FunctionValue, Key, Listener, Node, Site, Value

MAX_VALUES = 128
MAX_CROWD = 24  # from here on a node takes no more values of which there is one per place in the text
MAX_NESTING = 60  # listeners told from within listeners; deeper ones wait for their turn
MAX_CONSTANTS = 12  # more different keys than this in one node mean "any key"


class Solver:
    """Nodes, the worklist, and what was observed: calls inside the tree and to the outside."""

    def __init__(self) -> None:
        self.work: deque[Node] = deque()
        self.internal: dict[tuple[str, str, int, FunctionValue], None] = {}
        self.external: dict[tuple[str, str], None] = {}
        self.constants: dict[str | int, Const] = {}
        self.const_values: set[Value] = set()
        self.any_constant = Const(None)
        self.saturated = 0
        self.property_names: set[str] = set()  # attributes that may be properties or descriptors
        self.early: set[Node] = set()  # base classes and what leads to them go before what is looked up on them
        self.declared_names: set[str] = set()  # attributes whose declaration rules values out
        self.special_names: set[str] = set()  # special methods that classes of the tree define
        self.deferred: list[Callable[[], None]] = []
        self.called: set[FunctionValue] = set()
        self.dynamic: list[tuple[Node | None, Node | None, Call]] = []  # reads by name: object, name, call that reads
        self.nesting = 0
        self.late: deque[tuple[Listener, list[Value]]] = deque()

    def constant(self, value: str | int) -> Const:
        """Return the one constant value for this key."""
        const = self.constants.get(value)
        if const is None:
            const = self.constants[value] = Const(value)
            self.const_values.add(const)
        return const

    def add(self, node: Node, value: Value) -> None:
        """Put one value into a node."""
        values = node.values
        if values is None:
            node.values = {value: None}
        elif value in values:
            return
        elif len(values) >= MAX_VALUES or (value.crowds and len(values) >= MAX_CROWD):
            self.saturated += 1
            return
        else:
            values[value] = None
        if node.delta is None:
            node.delta = {value: None}
            self._queue(node)
        else:
            node.delta[value] = None

    def _queue(self, node: Node) -> None:
        if node in self.early:
            self.work.appendleft(node)
        else:
            self.work.append(node)

    def add_all(self, node: Node, new: dict[Value, None]) -> None:
        """Put many values into a node; where keys are too many, they collapse into one that means any."""
        have = node.values
        fresh = new.copy() if have is None else {v: None for v in new if v not in have}
        if not fresh:
            return
        if have is None:
            node.values = have = {}
        if self.const_values and not fresh.keys().isdisjoint(self.const_values):
            self._bound_constants(node, have, fresh)
        if len(have) + len(fresh) > MAX_CROWD:
            fresh = self._within_bounds(have, fresh)
        if not fresh:
            return
        have.update(fresh)
        if node.delta is None:
            node.delta = fresh
            self._queue(node)
        else:
            node.delta.update(fresh)

    def _within_bounds(self, have: dict[Value, None], fresh: dict[Value, None]) -> dict[Value, None]:
        """Let a full node take only what can be told apart by name, and a very full one nothing."""
        kept = {v: None for v in fresh if not v.crowds}
        if len(have) + len(kept) > MAX_VALUES:
            kept = dict.fromkeys(islice(kept, max(0, MAX_VALUES - len(have))))
        self.saturated += len(fresh) - len(kept)
        return kept

    def _bound_constants(self, node: Node, have: dict[Value, None], fresh: dict[Value, None]) -> None:
        keys = fresh.keys() & self.const_values
        node.constants += len(keys)
        if node.constants > MAX_CONSTANTS:
            for key in keys:
                del fresh[key]
            if self.any_constant not in have:
                fresh[self.any_constant] = None

    def copy(self, src: Node | None, dst: Node) -> None:
        """Everything in ``src``, now and later, flows into ``dst``."""
        if src is None or src is dst:
            return
        if src.succ is None:
            src.succ = {dst: None}
        elif dst in src.succ:
            return
        else:
            src.succ[dst] = None
        if src.values:
            self.add_all(dst, src.values)

    def listen(self, node: Node | None, listener: Listener) -> None:
        """Tell ``listener`` of every value in ``node``, now and later, once."""
        if node is None:
            return
        if node.listeners is None:
            node.listeners = [listener]
        else:
            node.listeners.append(listener)
        if node.values:
            pending = node.delta or ()
            known = [v for v in node.values if v not in pending]
            if self.nesting >= MAX_NESTING:
                self.late.append((listener, known))
                return
            self.nesting += 1
            for value in known:
                listener(value)
            self.nesting -= 1

    def run(self) -> None:
        """Propagate until nothing changes."""
        work = self.work
        while work or self.late:
            while self.late:
                listener, known = self.late.popleft()
                for value in known:
                    listener(value)
            if not work:
                continue
            node = work.popleft()
            delta = node.delta
            node.delta = None
            if not delta:
                continue
            if node.succ:
                for succ in list(node.succ):
                    self.add_all(succ, delta)
            if node.listeners:
                for listener in list(node.listeners):
                    for value in delta:
                        listener(value)

    def defer(self, action: Callable[[], None]) -> None:
        """Do ``action`` when the first fixpoint is reached: what depends on a set being complete."""
        self.deferred.append(action)

    def settle(self) -> None:
        """Reach a fixpoint, do what was deferred, and reach the next, until nothing waits."""
        self._copy_first()
        self.run()
        while self.deferred:
            actions, self.deferred = self.deferred, []
            for action in actions:
                action()
            self.run()

    def _copy_first(self) -> None:
        """Let values flow along copies alone, then queue all listeners, those of ``early`` nodes first."""
        waiting: dict[Node, dict[Value, None]] = {}
        while self.work:
            node = self.work.popleft()
            delta, node.delta = node.delta, None
            for succ in list(node.succ or ()) if delta else ():
                self.add_all(succ, delta or {})
            if delta and node.listeners:
                waiting.setdefault(node, {}).update(delta)
        for node in sorted(waiting, key=lambda n: n not in self.early):
            node.delta = waiting[node]
            self.work.append(node)

    def load(self, base: Node | None, attr: str, dst: Node, site: Site) -> None:
        """``dst = base.attr``."""
        self.listen(base, lambda v: v.load(self, attr, dst, site))

    def store(self, base: Node | None, attr: str, src: Node | None, site: Site) -> None:
        """``base.attr = src``."""
        if src is not None:
            self.listen(base, lambda v: v.store(self, attr, src, site))

    def load_item(self, base: Node | None, key: Key, dst: Node, site: Site) -> None:
        """``dst = base[key]``."""
        self.listen(base, lambda v: v.load_item(self, key, dst, site))

    def store_item(self, base: Node | None, key: Key, src: Node | None, site: Site) -> None:
        """``base[key] = src``."""
        if src is not None:
            self.listen(base, lambda v: v.store_item(self, key, src, site))

    def iterate(self, base: Node | None, dst: Node, site: Site) -> None:
        """``for dst in base``."""
        self.listen(base, lambda v: v.iterate(self, dst, site))

    def call(self, callee: Node | None, call: Call) -> None:
        """``call.result = callee(...)``."""
        self.listen(callee, lambda v: v.call(self, call))

    def record(self, site: Site, callee: FunctionValue) -> None:
        """A call of a function of the tree was seen."""
        self.called.add(callee)
        self.internal[(site.caller, site.path, site.line, callee)] = None

    def record_external(self, site: Site, name: str) -> None:
        """A call to the outside (a builtin or an import that is not in the tree) was seen."""
        self.external[(site.caller, name)] = None
