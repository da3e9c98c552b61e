"""Functions said another way: rewritten by rules that keep what they do, to see whether validation cries wolf.

Branches change places with their condition, comparisons turn round, conjunctions go by De Morgan, results get names,
``x += 1`` becomes ``x = x + 1``, list comprehensions become loops, and local names change. All at once in one function.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kernel import python_source

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip
_FOR_TOOLS = re.compile(r"#\s*(?:type:\s*ignore|noqa|pyright:|pylint:)")  # a remark that a rewrite would lose
_SEE_NAMES = frozenset({"locals", "vars", "eval", "exec", "globals", "super"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file with one function said another way, and the lines of that function now and before."""

    name: str
    source: bytes
    before: tuple[int, int]
    after: tuple[int, int]


def rewrites(source: bytes) -> Iterator[Rewrite]:
    """Yield a rewrite of each function and method that some rule changes, in the order of the file."""
    lines = source.decode("utf-8").split("\n")
    for prefix, node in _functions(python_source.parse(source), ""):
        first = node.lineno  # what decorates it stays
        last = node.end_lineno or first
        text = "\n".join(lines[first - 1 : last])
        if ";" in text or node.body[0].lineno == first or _FOR_TOOLS.search(text):
            continue
        plain = ast.unparse(ast.fix_missing_locations(_bare(node)))
        text = ast.unparse(ast.fix_missing_locations(_rewritten(_bare(node))))
        if text == plain:
            continue
        made = [" " * node.col_offset + line if line else "" for line in text.split("\n")]
        if any(isinstance(n, ast.Constant) and isinstance(n.value, str) and "\n" in n.value for n in ast.walk(node)
               if n is not _docstring(node)):  # fmt: skip
            continue
        whole = "\n".join([*lines[: first - 1], *made, *lines[last:]]).encode()
        yield Rewrite(prefix + node.name, whole, (first, last), (first, first + len(made) - 1))


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, _Function]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix, child


def _docstring(node: _Function) -> ast.Constant | None:
    match node.body[0]:
        case ast.Expr(value=ast.Constant(value=str()) as text):
            return text
    return None


def _bare(node: _Function) -> _Function:
    """A copy without decorators."""
    made = python_source.parse(ast.unparse(node)).body[0]
    assert isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef)
    made.decorator_list = []
    return made


def _rewritten(node: _Function) -> _Function:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    simple = not any(isinstance(n, _SCOPES) for stmt in node.body for n in ast.walk(stmt)) and not names & _SEE_NAMES
    _Turner(names, loops=not names & _SEE_NAMES).generic_visit(node)
    if simple:
        outer = {name for n in ast.walk(node) if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
        bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        given = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        caught = {n.name for n in ast.walk(node) if isinstance(n, ast.ExceptHandler)}
        imported = {a.asname or a.name for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)
                    for a in n.names}  # fmt: skip
        mine = {n for n in bound - outer - given - caught - imported if not n.startswith("__")}
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in mine:
                one.id = f"{one.id}_said"
    return node


class _Turner(ast.NodeTransformer):
    """The rules, each where it cannot change what the code does."""

    def __init__(self, names: set[str], *, loops: bool) -> None:
        self._names = names
        self._loops = loops
        self._made = 0

    def visit_If(self, node: ast.If) -> ast.stmt:
        self.generic_visit(node)
        node.test = _by_de_morgan(node.test)
        if node.orelse and not (len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)):
            node.test, node.body, node.orelse = _not(node.test), node.orelse, node.body
        return node

    def visit_While(self, node: ast.While) -> ast.stmt:
        self.generic_visit(node)
        node.test = _by_de_morgan(node.test)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return ast.IfExp(test=_not(node.test), body=node.orelse, orelse=node.body)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        ends = (node.left, node.comparators[0])
        if len(node.ops) == 1 and type(node.ops[0]) in _TURNED and all(_is_number_like(end) for end in ends):
            return ast.Compare(left=ends[1], ops=[_TURNED[type(node.ops[0])]()], comparators=[ends[0]])
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        number = isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float)
        if isinstance(node.target, ast.Name) and number:
            read = ast.Name(id=node.target.id, ctx=ast.Load())
            return ast.Assign(targets=[node.target], value=ast.BinOp(left=read, op=node.op, right=node.value))
        return node

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Constant):
            return [node]
        name = self._new("outcome")
        return [ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=node.value),
                ast.Return(value=ast.Name(id=name, ctx=ast.Load()))]  # fmt: skip

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        self.generic_visit(node)
        match node:
            case ast.Assign(
                targets=[ast.Name()], value=ast.ListComp(elt=item, generators=[ast.comprehension(is_async=0) as one])
            ) if self._loops and not any(isinstance(n, ast.NamedExpr | _Nested) for n in ast.walk(node.value.elt)):  # type: ignore[attr-defined] # a ListComp by the pattern
                return self._as_loop(node, item, one)
        return [node]

    def _as_loop(self, node: ast.Assign, item: ast.expr, one: ast.comprehension) -> list[ast.stmt]:
        """The loop that a comprehension is, with targets of its own, for those of a comprehension do not leak."""
        name = self._new("gathered")
        renamed = {n.id: self._new(n.id) for n in ast.walk(one.target) if isinstance(n, ast.Name)}
        for part in (item, one.target, *one.ifs):
            for n in ast.walk(part):
                if isinstance(n, ast.Name) and n.id in renamed:
                    n.id = renamed[n.id]
        added = ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name, ctx=ast.Load()), attr="append",
                                                           ctx=ast.Load()), args=[item], keywords=[]))  # fmt: skip
        body: ast.stmt = added
        for test in reversed(one.ifs):
            body = ast.If(test=test, body=[body], orelse=[])
        return [
            ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=ast.List(elts=[], ctx=ast.Load())),
            ast.For(target=one.target, iter=one.iter, body=[body], orelse=[]),
            ast.Assign(targets=node.targets, value=ast.Name(id=name, ctx=ast.Load())),
        ]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node  # functions inside stay as they are

    visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = visit_FunctionDef  # type: ignore[assignment] # noqa: N815 - all alike

    def _new(self, stem: str) -> str:
        while f"{stem}_{self._made}" in self._names:
            self._made += 1
        self._made += 1
        return f"{stem}_{self._made - 1}"


_Nested = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda


def _not(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _by_de_morgan(test: ast.expr) -> ast.expr:
    """The other connective over negations: as true as before, where only truth is asked."""
    if not isinstance(test, ast.BoolOp):
        return test
    other = ast.Or() if isinstance(test.op, ast.And) else ast.And()
    return _not(ast.BoolOp(op=other, values=[_not(value) for value in test.values]))


def _is_number_like(node: ast.expr) -> bool:
    """A name, a number or a length: no side effect, and seldom a comparison that is not the same from the other end."""
    match node:
        case ast.Name() | ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name()]):
            return True
    return False
