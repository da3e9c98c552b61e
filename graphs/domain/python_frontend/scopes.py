"""Python scopes: which names are local, and which version of a name is current.

Names are followed per version (an assignment makes a new one), so that straight-line code sees only the latest; where
paths meet, the versions join. Functions that read a name of an enclosing scope see all its versions.
"""

import ast
from collections.abc import Iterable, Sequence

from graphs.domain.ir import Node
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.values import Container, Function
from graphs.domain.solver import Solver
from graphs.domain.symbols import Table

Changes = dict[str, Node | None]


class Scope:
    """One scope of one file. ``flat`` is the name that calls made here carry in the callgraph."""

    def __init__(self, flat: str, qualified: str, kind: str, parent: "Scope | None", table: Table) -> None:
        self.flat = flat
        self.qualified = qualified
        self.kind = kind  # module | class | function | comprehension
        self.parent = parent
        self.table = table
        self.names: set[str] = set()
        self.weak: set[str] = set()
        self.globals: set[str] = set()
        self.current: dict[str, Node] = {}
        self.journal: list[tuple[str, Node | None]] = []
        self.versions: dict[str, list[Node]] = {}
        self.unions: dict[str, Node] = {}
        self.paths: dict[object, Node | None] = {}
        self.cls: Class | None = None
        self.function: Function | None = None
        self.generator: Container | None = None
        self.receiver: str | None = None  # name of the first parameter of a method
        self.definition_time = False
        self.lambdas = 0
        self.local_defs: dict[str, list[int]] = {}
        self.local_uses: dict[str, list[int]] = {}
        self.spans = False  # the function lies in more than one atom

    def union(self, solver: Solver, name: str) -> Node:
        """Return a node with all versions of a name."""
        node = self.unions.get(name)
        if node is None:
            versions = self.versions.get(name)
            if versions is not None and len(versions) == 1 and name not in self.weak and self.kind == "module":
                return versions[0]
            node = self.unions[name] = Node()
            for version in versions or ():
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

    def join(self, solver: Solver, arms: Sequence[Changes], *, with_base: bool) -> None:
        """Make the versions that several paths lead to current together."""
        for name in {n for arm in arms for n in arm}:
            base = self.current.get(name)
            nodes = {id(n): n for arm in arms if (n := arm.get(name, base)) is not None}
            if with_base and base is not None:
                nodes[id(base)] = base
            self.set_current(name, merged(solver, nodes.values()))

    def lookup_scope(self, name: str) -> "Scope | None":
        """Return the enclosing function or module scope that binds ``name``, by the rules of closures."""
        scope = self.parent
        while scope is not None:
            if scope.kind != "class" and name in scope.names:
                return scope
            scope = scope.parent
        return None

    def module(self) -> "Scope":
        """Return the scope of the module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


def merged(solver: Solver, nodes: Iterable[Node]) -> Node | None:
    """Return one node for several: none, the same, or a new one they flow into."""
    distinct = list(nodes)
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    node = Node()
    for other in distinct:
        solver.copy(other, node)
    return node


def bound_names(body: Iterable[ast.stmt], *, walrus: bool) -> tuple[set[str], set[str]]:
    """Return the names that statements bind in their own scope, and those declared global or nonlocal."""
    names: set[str] = set()
    declared: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind is ast.Assign:
            pending.extend(node.targets)  # type: ignore[attr-defined]
        elif kind is ast.Name:
            if not isinstance(node.ctx, ast.Load):  # type: ignore[attr-defined]
                names.add(node.id)  # type: ignore[attr-defined]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(a.asname or a.name.partition(".")[0] for a in node.names)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            declared.update(node.names)
        else:
            pending.extend(_inner(node, names))
        if walrus and isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.update(_walrus(node))
    names.discard("*")
    return names - declared, declared


def _inner(node: ast.AST, names: set[str]) -> list[ast.AST]:
    """Return the parts of a compound statement or target that may bind names."""
    if isinstance(node, ast.If | ast.While):
        return [*node.body, *node.orelse]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.target, *node.body, *node.orelse]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [*(i.optional_vars for i in node.items if i.optional_vars), *node.body]
    if isinstance(node, ast.Try | ast.TryStar):
        for handler in node.handlers:
            if handler.name:
                names.add(handler.name)
        return [*node.body, *node.orelse, *node.finalbody, *(s for h in node.handlers for s in h.body)]
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    if isinstance(node, ast.Tuple | ast.List):
        return list(node.elts)
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Match):
        for case in node.cases:
            for part in ast.walk(case.pattern):
                captured = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(captured, str):
                    names.add(captured)
        return [s for case in node.cases for s in case.body]
    return []


def _walrus(node: ast.AST) -> set[str]:
    return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
