"""What is shared while JavaScript and TypeScript are turned into constraints; how modules find each other."""

from collections.abc import Callable
from pathlib import PurePosixPath

from tree_sitter import Node as Tree

from graphs.domain.ir import Node, Site, Value
from graphs.domain.javascript_frontend.classes import JsClass
from graphs.domain.javascript_frontend.scopes import Block, Scope, text
from graphs.domain.javascript_frontend.values import External, JsFunction, JsObject
from graphs.domain.modules import common_stems, javascript_name
from graphs.domain.solver import Solver
from graphs.domain.symbols import Symbols, Table, Use

SOURCE_ROOTS = ("", "src/", "app/", "lib/")


class JsModule:
    """One file as others see it: ``exports`` is its namespace; CommonJS may replace it through ``module.exports``."""

    def __init__(self, solver: Solver, path: str) -> None:
        self.path = path
        self.name = javascript_name(path)
        self.exports = JsObject(self.name, "exports")
        self.module = JsObject("module")
        solver.add(self.module.field(solver, "exports"), self.exports)
        self.is_es = False
        self.stars: list[str] = []

    def public(self, solver: Solver) -> Node:
        """Return what ``require`` of this file gives."""
        return self.module.field(solver, "exports")


class JsProject:
    """The JavaScript part of a tree."""

    def __init__(self, solver: Solver, symbols: Symbols, paths: list[str]) -> None:
        self.solver = solver
        self.symbols = symbols
        self.paths = set(paths)
        self.modules = {p: JsModule(solver, p) for p in paths}
        self.globals: dict[str, Node] = {}
        self.externals: dict[str, Node] = {}
        self.constants: dict[str, Node] = {}
        self.late: list[Callable[[], None]] = []
        self.uses: list[Use] = []
        self.calls: list[tuple[str, int, str, Node | None]] = []
        self.callbacks: list[tuple[Node, Node, Site]] = []  # method that answers, callback given, place
        self.unknown: list[tuple[str, int, str]] = []
        self.methods: list[tuple[JsFunction, JsClass, bool]] = []
        self.annotated: list[tuple[Node, Node]] = []
        self.literals: list[JsObject] = []  # object literals: what they hold may be called on them
        self.stored: list[tuple[Node, str, Node]] = []  # object, field and value of assignments to members

    def builtin(self, name: str) -> Node:
        """Return the node of a global that no file declares."""
        node = self.globals.get(name)
        if node is None:
            node = self.globals[name] = Node()
            self.solver.add(node, External(f"<builtin>.{name}"))
        return node

    def external(self, specifier: str) -> Node:
        """Return the node of a package outside the tree."""
        node = self.externals.get(specifier)
        if node is None:
            node = self.externals[specifier] = Node()
            self.solver.add(node, External(specifier.removeprefix("node:")))
        return node

    def constant_node(self, value: str) -> Node:
        """Return the one node that holds this constant."""
        node = self.constants.get(value)
        if node is None:
            node = self.constants[value] = Node()
            self.solver.add(node, self.solver.constant(value))
        return node

    def resolve(self, importer: str, specifier: str) -> str | None:
        """Return the file that a module specifier means, or None when it lies outside."""
        folder = PurePosixPath(importer).parent
        if specifier.startswith("."):
            bases = [_normal(f"{folder}/{specifier}")]
        else:
            plain = specifier.removeprefix("@/").removeprefix("~/").lstrip("/")
            bases = [_normal(root + plain) for root in SOURCE_ROOTS]
        return next((p for p in common_stems([b for b in bases if b is not None]) if p in self.paths), None)

    def required(self, context: "FileContext", specifier: str, line: int) -> Node | None:
        """Return what ``require`` of a specifier gives."""
        path = self.resolve(context.path, specifier)
        if path is not None:
            return self.modules[path].public(self.solver)
        if specifier.startswith("."):
            self.unknown.append((context.path, line, specifier))
            return None
        return self.external(specifier)

    def exported(self, path: str, name: str, dst: Node) -> None:
        """Let an export of a file flow into ``dst``, through ``export *``; late, when all files are known."""
        seen: set[str] = set()
        pending = [path]
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            module = self.modules[current]
            if name == "default" and not module.is_es:
                self.solver.copy(module.public(self.solver), dst)
            self.solver.copy(module.exports.field(self.solver, name), dst)
            if not module.is_es:
                self.solver.listen(module.public(self.solver), lambda v: _own(self.solver, v, name, dst))
            if name != "default":
                pending.extend(module.stars)


def _own(solver: Solver, value: Value, name: str, dst: Node) -> None:
    value.load(solver, name, dst, Site("", "", 0))


def _normal(path: str) -> str | None:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class FileContext:
    """One file on its way into constraints."""

    def __init__(self, project: JsProject, path: str, root: Tree) -> None:
        self.project = project
        self.solver = project.solver
        self.path = path
        self.root = root
        self.module = project.modules[path]
        self.table = Table(path)
        self.scope = Scope(self.module.name, None)
        self.block = Block(self.scope, None, self.table)
        self.shared: set[str] = set()
        self.declared_names: set[str] = set()
        self.uses = project.uses
        self.definition_time = True
        self.documented = False  # comments give types
        self.multi_atom: Callable[[int, int], bool] = lambda _start, _end: False
        self.local_flow: list[tuple[dict[str, list[int]], dict[str, list[int]]]] = []

    def note_call(self, callee: Tree, function: Node | None) -> None:
        """Remember a call, to list it when nothing answers."""
        name = text(callee)
        if len(name) <= 80 and "\n" not in name and "(" not in name:
            self.project.calls.append((self.path, callee.start_point.row + 1, name, function))
