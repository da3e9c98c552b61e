"""What annotations rule out: a value of another class of the tree does not arrive where this one is declared.

Values from many callers meet in the parameters of generic machinery and leave it together. An annotation says which of
them a function can mean. It is read from the text, through imports and aliases of modules, before any value flows;
where it does not come down to classes of the tree and built-in types alone, nothing is ruled out.
"""

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from graphs.domain.ir import Node, Value
from graphs.domain.python_frontend.classes import Class, Instance
from graphs.domain.python_frontend.externals import Builtin, External
from graphs.domain.python_frontend.functions import Function
from graphs.domain.symbols import BindingKind, Table
from kernel import python_source

if TYPE_CHECKING:
    from graphs.domain.python_frontend.context import Project
    from graphs.domain.python_frontend.definitions import Definitions
    from graphs.domain.python_frontend.scopes import Scope

ALTERNATIVES = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired"})
SCALARS = frozenset({"str", "bytes", "int", "float", "bool", "complex", "None"})
MAX_TEXT = 500  # of a quoted annotation
Accepted = tuple[list[Class], set[str]]
Keep = Callable[[Value], bool]


def admit(visitor: "Definitions", annotation: ast.expr, src: Node, dst: Node) -> None:
    """Let what flows in ``src`` into ``dst``, once all files are read, but for what the annotation rules out."""
    project, table = visitor.context.project, _home(visitor.scope, annotation)

    def connect() -> None:
        keep = kept(project, table, annotation)
        if keep is None:
            project.solver.copy(src, dst)
        else:
            project.admits[dst] = keep
            project.solver.listen(src, lambda v: project.solver.add(dst, v) if keep(v) else None)

    project.late.append(connect)


def admit_attribute(visitor: "Definitions", cls: Class, name: str, annotation: ast.expr) -> None:
    """Let an attribute of instances hold only what its annotation lets through."""
    project, table = visitor.context.project, _home(visitor.scope, annotation)

    def note() -> None:
        keep = kept(project, table, annotation)
        if keep is not None:
            cls.declared[name] = keep
            project.solver.declared_names.add(name)

    project.late.append(note)


def names_types(annotation: ast.expr | None) -> bool:
    """Tell whether an annotation may rule anything out: cheap, from its form alone."""
    if isinstance(annotation, ast.Constant):
        return isinstance(annotation.value, str)
    if isinstance(annotation, ast.Subscript):
        return _last(annotation.value) in ALTERNATIVES or names_types(annotation.value)
    return isinstance(annotation, ast.Name | ast.Attribute | ast.BinOp) and _last(annotation) not in ("Any", "object")


def kept(project: "Project", table: Table, annotation: ast.expr) -> Keep | None:
    """Return the test that values of this declared type pass, or None where the text does not say enough."""
    accepted = _accepted(project, table, annotation)
    if accepted is None:
        return None
    classes, names = accepted

    def keep(value: Value) -> bool:
        if not isinstance(value, Instance):
            return True
        order = value.cls.linear
        if any(c in order or _passes_for(value.cls, c) for c in classes) or _answers_all(value.cls):
            return True
        outside = (b for b in order if isinstance(b, Builtin | External))
        return bool(names) and any(isinstance(b, External) or b.name in names for b in outside)

    return keep


def _accepted(project: "Project", table: Table, node: ast.expr) -> Accepted | None:
    """Return the classes and the names of built-in types that a type consists of; None: of others, too."""
    if isinstance(node, ast.Constant):
        if node.value is None:
            return [], {"None"}
        inner = _parsed(node)
        return _accepted(project, table, inner) if inner is not None else None
    if isinstance(node, ast.BinOp):
        return _union(project, table, (node.left, node.right))
    if isinstance(node, ast.Subscript):
        if _last(node.value) not in ALTERNATIVES:
            return _accepted(project, table, node.value) if _last(node.value) not in ("type", "Type") else None
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _union(project, table, parts[:1] if _last(node.value) == "Annotated" else parts)
    dotted = _dotted(node)
    return _named(project, table, dotted) if dotted is not None else None


def _union(project: "Project", table: Table, parts: Iterable[ast.expr]) -> Accepted | None:
    classes: list[Class] = []
    names: set[str] = set()
    for part in parts:
        found = _accepted(project, table, part)
        if found is None:
            return None
        classes += found[0]
        names |= found[1]
    return classes, names


def _named(project: "Project", table: Table, parts: tuple[str, ...]) -> Accepted | None:
    places = [p for p in project.symbols.places(table, parts) if not p.imported and p.kind is not BindingKind.MODULE]
    if not places:
        return ([], {parts[0]}) if len(parts) == 1 and parts[0] in SCALARS else None
    last = [project.class_at.get((p.path, p.line)) for p in places if p.kind is BindingKind.CLASS]
    if len(last) < len(places):
        return None
    classes = [c for c in last if c is not None]
    return (classes, set()) if len(classes) == len(last) and not any(_open(c) for c in classes) else None


def _passes_for(cls: Class, declared: Class) -> bool:
    """A class that has every public method of the declared one is taken for it by code, if not by a type checker."""
    if declared.protocol:
        return True
    holders = [c for c in declared.linear if isinstance(c, Class)]
    methods = {n for c in holders for n, node in c.body.items() if n[0] != "_" and _function(node)}
    return bool(methods) and cls not in holders and all(isinstance(cls.find(n), Class) for n in methods)


def _function(node: Node) -> bool:
    return any(isinstance(v, Function) for v in node.values or ())


def _answers_all(cls: Class) -> bool:
    """A class with ``__getattr__`` may stand for any other."""
    return isinstance(cls.find("__getattr__"), Class)


def _open(cls: Class) -> bool:
    """A class that is told by a hook who its instances are says nothing here."""
    return any(isinstance(c, Class) and "__instancecheck__" in c.body for c in cls.linear)


def _home(scope: "Scope", annotation: ast.expr) -> Table:
    """Return the table where the first name of an annotation is looked up."""
    parts = _dotted(annotation)
    at: Scope | None = scope
    while at is not None and at.parent is not None:
        if parts is not None and parts[0] in at.table.names:
            return at.table
        at = at.parent
    return at.table if at is not None else scope.table


def _parsed(node: ast.Constant) -> ast.expr | None:
    text = node.value
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return None
    try:
        return python_source.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _dotted(node: ast.expr) -> tuple[str, ...] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else None


def _last(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
