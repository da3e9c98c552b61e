"""From Python files to constraints, and from the fixpoint to promises for what no caller explained."""

import ast
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeGuard

from graphs.domain.ir import Const, Node, Value
from graphs.domain.modules import ModuleIndex, build_index
from graphs.domain.python_frontend import asked, builtin_models, container_models, duck, library_models
from graphs.domain.python_frontend.asked import family
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.context import FileContext, Project, public_names
from graphs.domain.python_frontend.externals import External
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.scopes import bound_names
from graphs.domain.python_frontend.statements import Statements
from graphs.domain.python_frontend.texts import Text
from graphs.domain.solver import Solver
from graphs.domain.symbols import Symbols

_SHARED = re.compile(rb"^[ \t]*(?:global|nonlocal)[ \t]+([^\n#]+)", re.MULTILINE)
BLOCKS = (
    ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.Try, ast.With, ast.For, ast.While,
    ast.ExceptHandler,
)  # fmt: skip
IDENTITY = builtin_models.IDENTITY  # the imports fill the tables of models
PICKLED = library_models.Pickled
KEYED = container_models.keyed


class PythonFrontend:
    """Reads files one by one; ``link`` joins them; ``promise`` uses annotations and hierarchies where callers lack."""

    def __init__(self, solver: Solver, symbols: Symbols, paths: Sequence[str], root_package: str | None) -> None:
        index: ModuleIndex = build_index(paths, root_package=root_package)
        self.solver = solver
        self.project = Project(solver, index, symbols)
        self.symbols = symbols
        folders = {str(PurePosixPath(p).parent) for p in paths if PurePosixPath(p).name == "__init__.py"}
        self.packaged = {p for p in paths if str(PurePosixPath(p).parent) in folders}
        self._kept: dict[Class, list[Instance]] = {}  # protocols, and who keeps to them
        self.local_flow: dict[str, list[tuple[dict[str, list[int]], dict[str, list[int]]]]] = {}

    def note_properties(self, sources: Mapping[str, ast.Module]) -> None:
        """Collect the attribute names that may be properties, before any attribute is read."""
        for tree in sources.values():
            pending: list[ast.AST] = [tree]
            while pending:
                node = pending.pop()
                if isinstance(node, ast.ClassDef):
                    self._class_properties(node)
                for block in ("body", "orelse", "finalbody", "handlers"):
                    pending.extend(n for n in getattr(node, block, ()) if isinstance(n, BLOCKS))

    def _class_properties(self, node: ast.ClassDef) -> None:
        self.solver.special_names.update(n for n in bound_names(node.body, walrus=False)[0] if n[:2] == "__")
        pending: list[ast.stmt] = list(node.body)
        while pending:
            item = pending.pop()
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.decorator_list:
                self.solver.property_names.add(item.name)
            elif isinstance(item, ast.Assign) and isinstance(item.value, ast.Call):
                self.solver.property_names.update(t.id for t in item.targets if isinstance(t, ast.Name))
            elif isinstance(item, ast.If | ast.Try):
                pending.extend((*item.body, *item.orelse))

    def read(self, path: str, source: bytes, tree: ast.Module, starts: Sequence[int]) -> None:
        """Turn one file into constraints. ``starts``: the sorted first lines of its atoms."""
        context = FileContext(self.project, path, tree)
        context.walrus = b":=" in source
        for match in _SHARED.finditer(source):
            context.shared.update(re.findall(r"\w+", match.group(1).decode("utf-8", "replace")))
        lines = list(starts)

        def multi_atom(first: int, last: int) -> bool:
            return bisect_right(lines, last) - bisect_right(lines, first) > 0

        context.multi_atom = multi_atom
        self.symbols.modules[path] = context.table
        context.table.public = public_names(tree) if b"__all__" in source else None
        if context.name.package:
            package = "" if context.name.name == "__init__" else context.name.name
            context.table.submodules = {n: p for n, p in self.project.children(package).items() if p != path}
        Statements(context).module()
        self.local_flow[path] = context.local_flow

    def _made_elsewhere(self, value: Value) -> TypeGuard[Instance]:
        """Tell whether a class of a package is instantiated by nobody in the tree: then its users do."""
        return isinstance(value, Instance) and not value.cls.instantiated and value.cls.path in self.packaged

    def link(self) -> None:
        """Join the files: imports and stars are resolved when all names are known."""
        for action in self.project.late:
            action()
        self.project.late.clear()

    def promise(self) -> None:
        """Where no value arrived, use what the text promises: the hierarchy for receivers, annotations for the rest."""
        for function, cls in self.project.methods:
            if function.params:
                self._receive(function, cls)
        for function, cls in self.project.class_methods:
            if function.params:
                self._receive(function, cls, is_class=True)
        self.solver.settle()
        duck.by_unknown_names(self.project)
        asked.by_what_is_asked(self.project, _useful, self._made_elsewhere)
        self.solver.settle()
        returns = [(f.ret, promised) for f, promised in self.project.returns if not f.identity]
        for node, promised in returns:
            if not _useful(node):
                self._fill(node, promised)
        for node, promised in self.project.annotated:
            self._fill(node, promised, all_of=not _useful(node, self.project.defaults.get(node)))
        for node in self.project.caught:
            self._fill(node, node)
        self.solver.settle()

    def _receive(self, function: Function, cls: Class, *, is_class: bool = False) -> None:
        known = _useful(function.params[0])
        for receiver in _receivers(function.name.rpartition(".")[2], cls):
            if not known or self._made_elsewhere(receiver):
                self.solver.add(function.params[0], receiver.cls if is_class else receiver)

    def _fill(self, node: Node, promised: Node, *, all_of: bool = True) -> None:
        """Put what is promised into a node: all of it, or only what the users of a package may bring."""
        for value in list(promised.values or ()):
            if all_of and isinstance(value, Container):
                self._widen(value)
            for each in self._meant(value):
                if all_of or (self._made_elsewhere(each) and not each.cls.subclasses):
                    self.solver.add(node, each)

    def _meant(self, value: Value) -> list[Value]:
        """Return what a promised value stands for: of a protocol who keeps to it, of others their subclasses, too."""
        if isinstance(value, Instance) and value.cls.protocol:
            kept = self._kept.get(value.cls)
            if kept is None:
                kept = self._kept[value.cls] = [c.instance for c in duck.implementers(self.project, value.cls)]
            return [*_with_subclasses(value), *kept]
        return _with_subclasses(value)

    def _widen(self, promised: Container) -> None:
        """A list of a class holds instances of its subclasses, too."""
        for value in list(promised.every.values or ()):
            for each in self._meant(value):
                self.solver.add(promised.anywhere(self.solver), each)


def _useful(node: Node, default: Node | None = None) -> bool:
    """Tell whether a value arrived that says something; a default alone does not say who calls."""
    known = (default.values if default is not None else None) or ()
    return any(_tells(v) and v not in known for v in node.values or ())


def _tells(value: Value) -> bool:
    """Tell whether a value says something: an empty container waits for what is annotated."""
    if isinstance(value, Container):
        return bool(value.every.values)
    return not isinstance(value, Const | Text | External)


def _receivers(name: str, cls: Class) -> list[Instance]:
    """Return the instances a method may be called on: its class and the subclasses that do not override it."""
    found: list[Instance] = []
    pending, seen = [cls], set[Class]()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        if current is not cls and current.find(name) is not cls:
            continue
        found.append(current.instance)
        pending.extend(current.subclasses)
    return found


def _with_subclasses(value: Value) -> list[Value]:
    if isinstance(value, Instance):
        return [c.instance for c in family(value.cls)]
    return list(family(value)) if isinstance(value, Class) else [value]
