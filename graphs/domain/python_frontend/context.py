"""What is shared while one file, and while one project, of Python is turned into constraints."""

import ast
import builtins
from collections.abc import Callable
from typing import TypeGuard

from graphs.domain.externals import ExternalName
from graphs.domain.ir import Call, Node, Value
from graphs.domain.modules import ModuleIndex
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.externals import Builtin, External, Module
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.scopes import Scope
from graphs.domain.python_frontend.texts import TEXT, Text
from graphs.domain.solver import Solver
from graphs.domain.symbols import Symbols, Table, Use

BUILTIN_NAMES = frozenset(dir(builtins))


class Project:
    """The Python part of a tree: its modules, its classes, what it imports from outside."""

    def __init__(self, solver: Solver, index: ModuleIndex, symbols: Symbols) -> None:
        self.solver = solver
        self.index = index
        self.symbols = symbols
        self.modules: dict[str, Module] = {}
        self.builtins: dict[str, Node] = {}
        self.externals: dict[str, ExternalName] = {}
        self.constants: dict[str | int, Node] = {}
        self.text = Node()
        solver.add(self.text, Text(TEXT))
        self.methods: list[tuple[Function, Class]] = []
        self.class_methods: list[tuple[Function, Class]] = []
        self.annotated: list[tuple[Node, Node]] = []
        self.returns: list[tuple[Function, Node]] = []
        self.caught: list[Node] = []  # what handlers catch: subclasses come along
        self.defaults: dict[Node, Node] = {}  # parameters with a default value
        self.class_at: dict[tuple[str, int], Class] = {}
        self.admitted: dict[Node, Node] = {}  # parameters, to what of theirs the annotation lets through
        self.untyped: set[Node] = set()  # parameters without a type
        self.typed: set[Node] = set()  # parameters and names with one
        self.asked: dict[Node, dict[str, list[Call]]] = {}  # local names, to attributes read and methods called
        self.asked_fields: dict[tuple[Class, str], dict[str, None]] = {}  # attributes of self, to what is read of them
        self.admits: dict[Node, Callable[[Value], bool]] = {}
        self.fixtures: dict[tuple[str, str, str], Function] = {}  # folder, file, name
        self.late: list[Callable[[], None]] = []
        self.uses: list[Use] = []
        self.calls: list[tuple[str, int, str, Node | None]] = []
        self.unknown: list[tuple[str, int, str]] = []
        self._children: dict[str, dict[str, str]] = {}
        for path, name in index.by_path.items():
            parent, _, last = name.name.rpartition(".")
            self._children.setdefault(parent, {})[last] = path

    def children(self, package: str) -> dict[str, str]:
        """Return the modules directly inside a package ("" is the folder itself): name to path."""
        return self._children.get(package, {})

    def builtin(self, name: str) -> Node:
        """Return the node of a builtin."""
        node = self.builtins.get(name)
        if node is None:
            node = self.builtins[name] = Node()
            self.solver.add(node, Builtin(name))
        return node

    def external(self, dotted: str) -> ExternalName:
        """Return what stands for an import from outside the tree."""
        head, *rest = dotted.split(".")
        value = self.externals.get(head)
        if value is None:
            value = self.externals[head] = External(head)
        for part in rest:
            value = value.member(part)
        return value

    def constant_node(self, value: str | int) -> Node:
        """Return the one node that holds this constant."""
        node = self.constants.get(value)
        if node is None:
            node = self.constants[value] = Node()
            self.solver.add(node, self.solver.constant(value))
            if isinstance(value, str):
                self.solver.add(node, next(iter(self.text.values or ())))
        return node

    def module(self, path: str) -> Module:
        """Return the module value of a file of the tree."""
        module = self.modules.get(path)
        if module is None:
            name = self.index.by_path[path]
            prefix = f"{name.name}." if name.package and name.name != "__init__" else ""

            def submodule(attr: str) -> Value | None:
                found = self.index.by_name.get(prefix + attr) if name.package else None
                table = self.symbols.modules.get(path)
                if table is not None and self.symbols.hides(table, attr):
                    return None
                return self.module(found) if found is not None and found != path else None

            def star(attr: str) -> Node | None:
                table = self.symbols.modules.get(path)
                brought = self.symbols.star_names(table).get(attr) if table is not None else None
                return exported(self, brought[0], attr) if brought is not None else None

            module = self.modules[path] = Module(name.name, path, submodule, star)
        return module


class FileContext:
    """One file on its way into constraints."""

    def __init__(self, project: Project, path: str, tree: ast.Module) -> None:
        self.project = project
        self.solver = project.solver
        self.path = path
        self.tree = tree
        self.name = project.index.by_path[path]
        self.table = Table(path)
        self.uses = project.uses
        self.walrus = False
        self.stars: list[tuple[str | None, str]] = []  # path in the tree or None, and dotted name
        self.star_nodes: dict[str, Node] = {}
        self.shared: set[str] = set()  # names declared global or nonlocal anywhere in the file
        self._stored: tuple[set[object] | None] | None = None
        self.multi_atom: Callable[[int, int], bool] = lambda _start, _end: False
        self.module_scope = Scope(self.name.name, self.name.name, "module", None, self.table)
        self.local_flow: list[tuple[dict[str, list[int]], dict[str, list[int]]]] = []

    def stored_in_functions(self) -> set[object] | None:
        """Return the attributes and keys that functions of the file write; None when any key may be written."""
        if self._stored is None:
            self._stored = (_stored(self.tree),)
        return self._stored[0]

    def new_table(self) -> Table:
        """Return an empty table of this file."""
        return Table(self.path)

    def note_call(self, scope: Scope, func: ast.expr, callee: Node | None, line: int) -> None:
        """Remember a call, to list it when nothing answers."""
        if isinstance(func, ast.Name):
            text = func.id
        elif isinstance(func, ast.Attribute):
            base = func.value
            text = f"{base.id}.{func.attr}" if isinstance(base, ast.Name) else f"….{func.attr}"
        else:
            return
        self.project.calls.append((self.path, line, text, callee))

    def star_name(self, module: Scope, name: str) -> Node:
        """Return the node of a name that a star import may bring; it is linked when all files are known."""
        node = self.star_nodes.get(name)
        if node is None:
            node = self.star_nodes[name] = Node()
            self.project.late.append(lambda: self._link_star(name, node))
        return node

    def _link_star(self, name: str, node: Node) -> None:
        outside = [dotted for path, dotted in self.stars if path is None]
        for path, _ in self.stars:
            if path is not None:
                table = self.project.symbols.modules.get(path)
                if table is not None and table.offers(name) and self.project.symbols.knows(table, name):
                    self.solver.copy(exported(self.project, path, name), node)
                    return
        if name in BUILTIN_NAMES:
            self.solver.copy(self.project.builtin(name), node)
        elif len(outside) == 1:
            self.solver.add(node, self.project.external(f"{outside[0]}.{name}"))


def exported(project: Project, path: str, name: str) -> Node | None:
    """Return the node of ``module.name``, through star imports and submodules; None when there is no such name."""
    seen: set[str] = set()
    pending = [path]
    opaque: Node | None = None
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        module = project.module(current)
        table = project.symbols.modules.get(current)
        if table is not None and name in table.names:
            return module.field(name)
        inner = module.submodule(name)
        if inner is not None:
            node = module.field(name)
            project.solver.add(node, inner)
            return node
        if table is not None:
            others = project.symbols.modules
            pending.extend(t for t, _ in reversed(table.stars) if t not in others or others[t].offers(name))
            if table.opaque and opaque is None:
                opaque = module.field(name)
    return opaque


def public_names(tree: ast.Module) -> frozenset[str] | None:
    """Return what ``__all__`` lists; None where it is missing, or anything but one literal list of texts."""
    found: frozenset[str] | None = None
    for node in tree.body:
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == "__all__"]
        if not names:
            continue
        value = node.value if isinstance(node, ast.Assign) and len(names) == 1 else None
        texts = [e.value for e in value.elts if isinstance(e, ast.Constant)] if _is_sequence(value) else []
        if found is not None or not _is_sequence(value) or len(texts) != len(value.elts):
            return None
        found = frozenset(str(t) for t in texts)
    return found


def _is_sequence(node: ast.expr | None) -> TypeGuard[ast.List | ast.Tuple]:
    return isinstance(node, ast.List | ast.Tuple)


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _stored(tree: ast.Module) -> set[object] | None:
    stored: set[object] = set()
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        parent, inside = pending.pop()
        for node in ast.iter_child_nodes(parent):
            pending.append((node, inside or isinstance(node, FUNCTIONS)))
            if not inside or not isinstance(node, ast.Attribute | ast.Subscript) or not isinstance(node.ctx, ast.Store):
                continue
            if isinstance(node, ast.Attribute):
                stored.add(node.attr)
            elif isinstance(node.slice, ast.Constant):
                stored.add(node.slice.value)
            else:
                return None
    return stored
