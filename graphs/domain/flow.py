"""Versions of names in straight-line code, shared by the languages.

An assignment makes a new version; where paths meet, the versions join; inner functions see all of them.
"""

from collections.abc import Iterable, Sequence

from graphs.domain.ir import Node
from graphs.domain.solver import Solver

Changes = dict[str, Node | None]
States = dict[str, dict[int, Node]]


class Flow:
    """The names of one function, class body or module, with their versions."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.weak: set[str] = set()  # written from other functions: only the union of versions is safe
        self.current: dict[str, Node] = {}
        self.journal: list[tuple[str, Node | None]] = []
        self.versions: dict[str, list[Node]] = {}
        self.unions: dict[str, Node] = {}

    def union(self, solver: Solver, name: str) -> Node:
        """Return a node with all versions of a name."""
        node = self.unions.get(name)
        if node is None:
            node = self.unions[name] = Node()
            for version in self.versions.get(name, ()):
                solver.copy(version, node)
        return node

    def assign(self, solver: Solver, name: str, node: Node | None) -> None:
        """Make ``node`` the current version of a name."""
        node = node if node is not None else Node()
        self.versions.setdefault(name, []).append(node)
        if name in self.weak:
            solver.copy(node, self.union(solver, name))
            return
        if name in self.unions:
            solver.copy(node, self.unions[name])
        self.set_current(name, node)

    def read(self, solver: Solver, name: str) -> Node:
        """Return the current version as seen inside the same function."""
        if name in self.weak:
            return self.union(solver, name)
        return self.current.get(name) or self.union(solver, name)

    def set_current(self, name: str, node: Node | None) -> None:
        """Change the current version, so that it can be taken back."""
        self.journal.append((name, self.current.get(name)))
        if node is None:
            self.current.pop(name, None)
        else:
            self.current[name] = node

    def rollback(self, mark: int) -> Changes:
        """Undo the changes since ``mark`` and return what they had led to."""
        changes: Changes = {}
        while len(self.journal) > mark:
            name, old = self.journal.pop()
            changes.setdefault(name, self.current.get(name))
            if old is None:
                self.current.pop(name, None)
            else:
                self.current[name] = old
        return changes

    def states_since(self, mark: int) -> States:
        """Return every version that names had since ``mark``, and before: an error may be raised at any of them."""
        seen: States = {}
        for name, old in self.journal[mark:]:
            for state in (old, self.current.get(name)):
                if state is not None:
                    seen.setdefault(name, {})[id(state)] = state
        return seen

    def take_any(self, solver: Solver, states: States) -> None:
        """Let each name be any of its versions."""
        for name, versions in states.items():
            self.set_current(name, merged(solver, versions.values()))

    def join(self, solver: Solver, arms: Sequence[Changes], *, with_base: bool) -> None:
        """Make the versions that several paths lead to current together."""
        for name in {n for arm in arms for n in arm}:
            base = self.current.get(name)
            nodes = {id(n): n for arm in arms if (n := arm.get(name, base)) is not None}
            if with_base and base is not None:
                nodes[id(base)] = base
            self.set_current(name, merged(solver, nodes.values()))


def merged(solver: Solver, nodes: Iterable[Node]) -> Node | None:
    """Return one node for several: none, the same, or a new one they flow into."""
    distinct = list(nodes)
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    node = Node()
    for other in distinct:
        solver.copy(other, node)
    return node
