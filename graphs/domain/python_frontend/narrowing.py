"""What tests say about a name: ``isinstance``, ``issubclass`` and patterns, where they hold and where they do not."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from graphs.domain.ir import Node, Value
from graphs.domain.python_frontend.annotations import add_instances
from graphs.domain.python_frontend.classes import CONTAINERS, Class, Instance
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.externals import Builtin, External
from graphs.domain.python_frontend.functions import Bound, Decorated, Function

if TYPE_CHECKING:
    from graphs.domain.python_frontend.statements import Statements

TESTS = ("isinstance", "issubclass")
Keep = Callable[[Value], bool]


def narrow(visitor: "Statements", test: ast.expr, *, holds: bool = True) -> None:
    """Let the names that a test speaks about hold only what it lets through, or only what it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        narrow(visitor, test.operand, holds=not holds)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And if holds else ast.Or):
        for part in test.values:
            narrow(visitor, part, holds=holds)
    elif isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and len(test.args) == 2:
        subject = test.args[0]
        if test.func.id in TESTS and isinstance(subject, ast.Name):
            _narrow(visitor, test, subject.id, holds=holds)


def _narrow(visitor: "Statements", test: ast.Call, name: str, *, holds: bool) -> None:
    scope = visitor.scope
    current = scope.current.get(name)
    if current is None:
        return
    tested = test.args[1]
    answer = _is_subclass if isinstance(test.func, ast.Name) and test.func.id == "issubclass" else _belongs
    if not holds:
        elements = tested.elts if isinstance(tested, ast.Tuple) else [tested]
        parts = [silently(visitor, e) for e in elements if not (isinstance(e, ast.Name) and e.id in scope.names)]
        made = _passed(visitor, current, lambda v: not any(_certain(p) and answer(v, p) for p in parts))
    elif answer is _belongs:
        made = filtered(visitor, current, silently(visitor, tested))
    else:
        classes = silently(visitor, tested)
        made = _passed(visitor, current, lambda v: answer(v, classes) is not False)
    scope.set_current(name, made)


def _certain(classes: Node | None) -> bool:
    """What fails the test for one of several classes may belong to the others, and so with a class that is passed."""
    return classes is not None and len(classes.values or ()) == 1


def silently(visitor: "Statements", node: ast.expr) -> Node | None:
    """Evaluate without noting uses again."""
    if isinstance(node, ast.Name):
        return visitor.read(node.id)
    if isinstance(node, ast.Tuple):
        return visitor.join([silently(visitor, e) for e in node.elts])
    count = len(visitor.context.uses)
    value = visitor.value(node)
    del visitor.context.uses[count:]
    return value


def filtered(visitor: "Statements", current: Node, classes: Node | None) -> Node:
    """Return a node with what in ``current`` may belong to one of ``classes``; promised instances if none do."""
    solver, made = visitor.solver, Node()

    def keep(value: Value) -> bool:
        return _belongs(value, classes) is not False

    solver.defer(lambda: solver.listen(current, lambda v: solver.add(made, v) if keep(v) else None))
    _remember(visitor, made, current, keep)
    promise = Node()
    solver.listen(classes, lambda c: add_instances(solver, c, promise))
    visitor.context.project.annotated.append((made, promise))
    return made


def _passed(visitor: "Statements", current: Node, keep: Keep) -> Node:
    solver, made = visitor.solver, Node()
    solver.listen(current, lambda v: solver.add(made, v) if keep(v) else None)
    _remember(visitor, made, current, keep)
    return made


def _remember(visitor: "Statements", made: Node, current: Node, keep: Keep) -> None:
    """A parameter that passed tests and is returned still goes back to the caller that gave it."""
    origin, tests = visitor.scope.narrowed.get(made) or visitor.scope.narrowed.get(current) or (current, ())
    visitor.scope.narrowed[made] = (origin, (*tests, keep))


def _is_subclass(value: Value, classes: Node | None) -> bool | None:
    tested = list(classes.values if classes is not None and classes.values else ())
    if not isinstance(value, Class) or not tested:
        return None
    if any(c in value.linear for c in tested):
        return True
    return False if all(isinstance(c, Class) for c in tested) else None


def _belongs(value: Value, classes: Node | None) -> bool | None:
    """Tell whether a value is an instance of one of ``classes``; None: the text does not say."""
    tested = _flat(classes)
    if not tested:
        return None
    known = all(isinstance(c, Class | Builtin) for c in tested)
    names = {c.name for c in tested if isinstance(c, Builtin)}
    if "object" in names:
        return True
    if isinstance(value, Instance):
        order = value.cls.linear
        if any(c in order or (isinstance(c, Builtin) and any(b.name == c.name for b in order)) for c in tested):
            return True
        return False if known and not (names and any(isinstance(b, External) for b in order)) else None
    if isinstance(value, Class):
        return True if "type" in names else False if known and value.meta() is None else None
    if isinstance(value, Container):
        if any(CONTAINERS.get(n) == value.kind for n in names):
            return True
        return False if known and value.kind != "generator" else None
    if isinstance(value, Function | Bound | Decorated):
        return False if known else None
    return None


def _flat(classes: Node | None) -> list[Value]:
    found: list[Value] = []
    pending = list(classes.values if classes is not None and classes.values else ())
    seen: set[Value] = set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, Container):
            pending.extend(value.every.values or ())
        else:
            found.append(value)
    return found


def case(visitor: "Statements", node: ast.match_case, subject: Node | None) -> bool:
    """Visit one ``case``: captures get the subject, class patterns their class."""
    for pattern in ast.walk(node.pattern):
        _pattern(visitor, pattern, subject)
    visitor.value(node.guard)
    return visitor.block(node.body)


def _pattern(visitor: "Statements", pattern: ast.AST, subject: Node | None) -> None:
    if isinstance(pattern, ast.MatchClass):
        visitor.typed(pattern.cls)
    elif isinstance(pattern, ast.MatchValue):
        visitor.value(pattern.value)
    elif isinstance(pattern, ast.MatchAs) and pattern.name:
        value = subject
        if isinstance(pattern.pattern, ast.MatchClass):
            value = filtered(visitor, subject or Node(), silently(visitor, pattern.pattern.cls))
        visitor.assign_name(pattern.name, value, pattern.lineno)
    elif isinstance(pattern, ast.MatchStar) and pattern.name:
        visitor.assign_name(pattern.name, subject, pattern.lineno)
    elif isinstance(pattern, ast.MatchMapping) and pattern.rest:
        visitor.assign_name(pattern.rest, subject, pattern.lineno)
