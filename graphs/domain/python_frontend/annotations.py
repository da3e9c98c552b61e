"""What types say: annotations and patterns."""

import ast
from typing import TYPE_CHECKING

from graphs.domain.ir import Node, Value
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.declared import admit, names_types
from graphs.domain.python_frontend.functions import Function
from graphs.domain.solver import Solver
from kernel import python_source

if TYPE_CHECKING:
    from graphs.domain.python_frontend.definitions import Definitions

TRANSPARENT = {"Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "Awaitable"}
SEQUENCES = {
    "list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "MutableSequence", "Iterable", "Iterator",
    "Collection", "AsyncIterator", "AsyncIterable", "Generator", "AsyncGenerator", "deque", "AbstractSet",
}  # fmt: skip
MAPPINGS = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"}


class TypeVariable(Value):
    """``TypeVar("T", A, B)`` or ``bound=A``: in an annotation it means these classes."""

    __slots__ = ("classes",)

    def __init__(self, classes: Node) -> None:
        super().__init__("typing.TypeVar")
        self.classes = classes


def add_instances(solver: Solver, value: Value, dst: Node) -> None:
    """Put instances of a class, or of the classes in a tuple, into ``dst``."""
    if isinstance(value, Class):
        solver.add(dst, value.instance)
    elif isinstance(value, Container):
        solver.listen(value.every, lambda v: add_instances(solver, v, dst) if isinstance(v, Class) else None)
    elif isinstance(value, TypeVariable):
        solver.listen(value.classes, lambda v: add_instances(solver, v, dst) if isinstance(v, Class) else None)


def declared(visitor: "Definitions", node: ast.expr | None) -> Node | None:
    """Return a node with the values that an annotation promises: instances, and containers of them."""
    if node is None or (isinstance(node, ast.Constant) and not isinstance(node.value, str)):
        return None
    if isinstance(node, ast.Constant):
        return _quoted(visitor, node)
    if isinstance(node, ast.Name | ast.Attribute):
        classes = visitor.typed(node)
        made = Node()
        if classes is None:
            return None
        visitor.solver.listen(classes, lambda c: add_instances(visitor.solver, c, made))
        return made
    if isinstance(node, ast.BinOp):
        return visitor.join([declared(visitor, node.left), declared(visitor, node.right)])
    if isinstance(node, ast.Subscript):
        return _generic(visitor, node)
    if isinstance(node, ast.Tuple | ast.List):
        return visitor.join([declared(visitor, e) for e in node.elts])
    return None


def _quoted(visitor: "Definitions", node: ast.Constant) -> Node | None:
    text = str(node.value)
    if len(text) > 500:
        return None
    try:
        inner = python_source.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in ast.walk(inner):
        if isinstance(part, ast.expr):
            part.lineno = part.end_lineno = node.lineno
    return declared(visitor, inner)


def _generic(visitor: "Definitions", node: ast.Subscript) -> Node | None:
    base = node.value
    name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
    outer = visitor.typed(base)
    inner = node.slice
    parts = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    if name == "Literal":
        return None
    solver = visitor.solver
    if name in TRANSPARENT:
        return visitor.join([declared(visitor, p) for p in parts])
    if name in ("type", "Type"):
        classes = Node()
        solver.listen(visitor.typed(parts[0]), lambda c: _add_class(solver, c, classes))
        return classes
    if name in SEQUENCES or name in MAPPINGS:
        made = Container("dict" if name in MAPPINGS else "list")
        element = declared(visitor, parts[-1] if name in MAPPINGS else parts[0])
        solver.copy(element, made.anywhere(solver))
        return visitor.single(made)
    if name in ("tuple", "Tuple"):
        made = Container("tuple")
        for i, part in enumerate(parts):
            solver.copy(declared(visitor, part), made.item(solver, i))
        return visitor.single(made)
    for part in parts:
        declared(visitor, part)
    result = Node()
    solver.listen(outer, lambda c: add_instances(solver, c, result))
    return result


def _add_class(solver: Solver, value: Value, dst: Node) -> None:
    if isinstance(value, Class):
        solver.add(dst, value)
    elif isinstance(value, TypeVariable):
        solver.listen(value.classes, lambda v: _add_class(solver, v, dst) if isinstance(v, Class) else None)


def signature(visitor: "Definitions", function: Function, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Note what the annotations of a function promise; it is used where no caller is known."""
    project = visitor.context.project
    positional = zip([*node.args.posonlyargs, *node.args.args], function.params, strict=True)
    named = ((arg, function.by_name[arg.arg]) for arg in node.args.kwonlyargs)
    for arg, param in (*positional, *named):
        if arg.annotation is None:
            continue
        promise = declared(visitor, arg.annotation)
        seen = _admitted(visitor, arg.annotation, param) if names_types(arg.annotation) else param
        if promise is not None:
            project.annotated.append((seen, promise))
    for star, container in ((node.args.vararg, function.vararg), (node.args.kwarg, function.kwarg)):
        if star is not None and container is not None:
            promise = declared(visitor, star.annotation)
            if promise is not None:
                project.annotated.append((container.anywhere(visitor.solver), promise))
    if node.returns is not None:
        promise = declared(visitor, node.returns)
        if promise is not None:
            project.returns.append((function, promise))
        if names_types(node.returns):
            function.returned = Node()
            admit(visitor, node.returns, function.returned, function.ret)


def _admitted(visitor: "Definitions", annotation: ast.expr, param: Node) -> Node:
    """Return what the body of a function sees of a parameter."""
    project = visitor.context.project
    seen = project.admitted[param] = Node()
    if param in project.defaults:
        project.defaults[seen] = project.defaults[param]
    admit(visitor, annotation, param, seen)
    return seen
