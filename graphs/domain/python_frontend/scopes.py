"""Python scopes: which names are local, and which version of a name is current.

Names are followed per version (an assignment makes a new one), so that straight-line code sees only the latest; where
paths meet, the versions join. Functions that read a name of an enclosing scope see all its versions.
"""

import ast
from collections.abc import Callable, Iterable

from graphs.domain.flow import Flow
from graphs.domain.ir import Node, Value
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.functions import Function
from graphs.domain.solver import Solver
from graphs.domain.symbols import Table


class Scope(Flow):
    """One scope of one file. ``flat`` is the name that calls made here carry in the callgraph."""

    def __init__(self, flat: str, qualified: str, kind: str, parent: "Scope | None", table: Table) -> None:
        super().__init__()
        self.flat = flat
        self.qualified = qualified
        self.kind = kind  # module | class | function | comprehension
        self.parent = parent
        self.table = table
        self.globals: set[str] = set()
        self.paths: dict[object, Node | None] = {}
        self.narrowed: dict[Node, tuple[Node, tuple[Callable[[Value], bool], ...]]] = {}  # from what, by which tests
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
        """Return a node with all versions; a module-level name with one version is that version."""
        versions = self.versions.get(name)
        single = self.kind == "module" and versions is not None and len(versions) == 1
        if single and versions is not None and name not in self.weak and name not in self.unions:
            return versions[0]
        return super().union(solver, name)

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


def bound_names(body: Iterable[ast.AST], *, walrus: bool) -> tuple[set[str], set[str]]:
    """Return the names that statements bind in their own scope, and those declared global or nonlocal."""
    names: set[str] = set()
    declared: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assign):
            pending.extend(node.targets)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                names.add(node.id)
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
    return _captures(node, names) if isinstance(node, ast.Match) else []


def _captures(node: ast.Match, names: set[str]) -> list[ast.AST]:
    for case in node.cases:
        for part in ast.walk(case.pattern):
            captured = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(captured, str):
                names.add(captured)
    return [s for case in node.cases for s in case.body]


def _walrus(node: ast.AST) -> set[str]:
    return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
