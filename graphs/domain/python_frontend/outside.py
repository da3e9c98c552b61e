"""What comes from outside the tree and leads back into it: packages above the root, and test runners."""

import ast
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from graphs.domain.ir import Node, Site, Value
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.context import Project, exported
from graphs.domain.python_frontend.externals import External
from graphs.domain.python_frontend.functions import Function
from graphs.domain.solver import Solver

if TYPE_CHECKING:
    from graphs.domain.python_frontend.definitions import Definitions


class Ancestor(External):
    """A package above the root package: ``networkx`` when the tree is ``networkx.algorithms``.

    Packages hand on what their parts export, so a name that the root exports is that name; any other is external.
    It must not be read before all files are.
    """

    __slots__ = ("project",)

    def __init__(self, name: str, project: Project) -> None:
        super().__init__(name)
        self.project = project

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        node = handed_on(self.project, self.name, attr)
        if node is None:
            super().load(solver, attr, dst, site)
        else:
            solver.copy(node, dst)


def above_root(project: Project, dotted: str) -> bool:
    """Tell whether ``dotted`` names a package above the root of the tree."""
    root = project.index.root_package
    return bool(root and dotted and root.startswith(f"{dotted}.") and "__init__" in project.index.by_name)


def handed_on(project: Project, package: str, name: str) -> Node | None:
    """Return the node of ``package.name`` for a package above the root, or None when the tree does not know it."""
    whole, made = f"{package}.{name}", Node()
    if whole == project.index.root_package:
        project.solver.add(made, project.module(project.index.by_name["__init__"]))
        return made
    if above_root(project, whole):
        project.solver.add(made, Ancestor(whole, project))
        return made
    root = project.index.by_name["__init__"]
    table = project.symbols.modules.get(root)
    return exported(project, root, name) if table is not None and project.symbols.knows(table, name) else None


def test_arguments(visitor: "Definitions", function: Function, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Follow what pytest passes: ``parametrize`` by its values, other parameters by the fixtures of their names."""
    project, path = visitor.context.project, visitor.context.path
    named: set[str] = set()
    fixture = None
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        last = _last_name(call.func if call else decorator)
        if last == "parametrize" and call is not None and len(call.args) > 1:
            named.update(_parametrized(visitor, function, call))
        elif last == "fixture":
            fixture = _fixture_name(call) or node.name
    if fixture is not None:
        project.fixtures[str(PurePosixPath(path).parent), _file_of(path), fixture] = function
    if fixture is not None or node.name.startswith("test"):
        for name in function.by_name.keys() - named - {"self", "cls"}:
            project.late.append(partial(_link_fixture, project, path, name, function.by_name[name]))


def _parametrized(visitor: "Definitions", function: Function, call: ast.Call) -> list[str]:
    names = _names(call.args[0])
    rows = Node()
    site = visitor.site(call.lineno)
    visitor.solver.iterate(visitor.value(call.args[1]), rows, site)
    for i, name in enumerate(names):
        target = function.by_name.get(name)
        if target is not None:
            visitor.solver.listen(rows, partial(_cell, visitor.solver, i if len(names) > 1 else None, target, site))
    return names


def _cell(solver: Solver, position: int | None, target: Node, site: Site, row: Value) -> None:
    if position is not None:
        row.load_item(solver, position, target, site)
    else:
        solver.add(target, row)


def _names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [n.strip() for n in node.value.split(",")]
    if isinstance(node, ast.Tuple | ast.List):
        return [e.value if isinstance(e, ast.Constant) and isinstance(e.value, str) else "" for e in node.elts]
    return []


def _fixture_name(call: ast.Call | None) -> str | None:
    for keyword in call.keywords if call else ():
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def _link_fixture(project: Project, path: str, name: str, target: Node) -> None:
    for folder, file in _scopes(path):
        function = project.fixtures.get((folder, file, name))
        if function is not None and function.by_name.get(name) is not target:
            project.solver.listen(function.ret, partial(_given, project.solver, target))
            return


def _given(solver: Solver, target: Node, value: Value) -> None:
    if isinstance(value, Container) and value.kind == "generator":
        solver.copy(value.every, target)
    else:
        solver.add(target, value)


def _scopes(path: str) -> Iterator[tuple[str, str]]:
    """Yield where a test looks for fixtures: its own file, then ``conftest.py`` from its folder upwards."""
    folder = PurePosixPath(path).parent
    yield str(folder), _file_of(path)
    for each in (folder, *folder.parents):
        yield str(each), "conftest.py"


def _file_of(path: str) -> str:
    return PurePosixPath(path).name


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
