"""Single-operator mutants of Python source, the operators of the mutation-testing literature.

Arithmetic, comparison, boundary, boolean, condition, constant, return, loop exit, argument order and statement deletion
(the set that Offutt et al., 1996, keep as sufficient, with the additions of later tools such as PIT and mutmut). Each
mutant replaces the bytes of one node inside a function and nothing else.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from kernel import python_source

_ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*"}
_COMPARISON = {ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
               ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=", ast.LtE: ">"}  # fmt: skip
_BOUNDARY = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_AUGMENTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
_BOOLEAN = {ast.And: "or", ast.Or: "and"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One seeded defect: which operator, on which line, and the whole file with it."""

    operator: str
    line: int
    source: bytes


def mutants(source: bytes) -> Iterator[Mutant]:
    """Yield every mutant of the functions in ``source`` that still compiles, in the order of the file."""
    lines = source.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    tree = python_source.parse(source)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(node): node for function in functions for stmt in function.body for node in ast.walk(stmt)}
    nodes = sorted(inside.values(), key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
    for node in nodes:
        for operator, at, text in _changes(node):
            begin = starts[at.lineno - 1] + at.col_offset
            end = starts[(at.end_lineno or at.lineno) - 1] + (at.end_col_offset or 0)
            made = source[:begin] + _as_long(text, source[begin:end].count(b"\n")).encode() + source[end:]
            if made != source and _compiles(made):
                yield Mutant(operator, at.lineno, made)


def _as_long(text: str, breaks: int) -> str:
    """The text with as many line breaks as it replaces: what follows keeps its lines, which atoms are known by."""
    more = "\n" * (breaks - text.count("\n"))
    return f"{text[:-1]}{more})" if text.endswith(")") else text + more


def _compiles(source: bytes) -> bool:
    try:
        python_source.check(source, "mutant")
    except (SyntaxError, ValueError):
        return False
    return True


def is_equivalent(source: bytes, mutant: bytes) -> bool:
    """Whether both compile to the same code, line numbers aside."""
    return _code(compile(source, "m", "exec", optimize=0)) == _code(compile(mutant, "m", "exec", optimize=0))


def _code(code: CodeType) -> tuple[object, ...]:
    constants = tuple(_code(c) if isinstance(c, CodeType) else (type(c).__name__, repr(c)) for c in code.co_consts)
    return (code.co_name, code.co_code, constants, code.co_names, code.co_varnames)


_Located = ast.expr | ast.stmt
_Change = tuple[str, _Located, str]


def _changes(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        text = f"(({ast.unparse(node.left)}) {_ARITHMETIC[type(node.op)]} ({ast.unparse(node.right)}))"
        yield "arithmetic", node, text
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        for operator, table in (("comparison", _COMPARISON), ("boundary", _BOUNDARY)):
            if type(node.ops[0]) in table:
                yield operator, node, f"({left} {table[type(node.ops[0])]} {right})"
    elif isinstance(node, ast.BoolOp | ast.UnaryOp):
        yield from _boolean(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield "condition", node.test, f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Call):
        yield from _arguments(node)
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.stmt):
        yield from _statement(node)


def _boolean(node: ast.BoolOp | ast.UnaryOp) -> Iterator[_Change]:
    if isinstance(node, ast.BoolOp):
        joined = f" {_BOOLEAN[type(node.op)]} ".join(f"({ast.unparse(value)})" for value in node.values)
        yield "boolean", node, f"({joined})"
    elif isinstance(node.op, ast.Not):
        yield "boolean", node, f"({ast.unparse(node.operand)})"


def _arguments(node: ast.Call) -> Iterator[_Change]:
    """The first two arguments change places."""
    if len(node.args) < 2 or any(isinstance(one, ast.Starred) for one in node.args):
        return
    first, second, *rest = (ast.unparse(one) for one in (*node.args, *node.keywords))
    if first != second:
        yield "argument", node, f"{ast.unparse(node.func)}({', '.join([second, first, *rest])})"


def _constant(node: ast.Constant) -> Iterator[_Change]:
    if isinstance(node.value, bool):
        yield "constant", node, str(not node.value)
    elif isinstance(node.value, int | float):
        yield "constant", node, repr(node.value + 1)


def _statement(node: ast.stmt) -> Iterator[_Change]:
    if isinstance(node, ast.AugAssign) and type(node.op) in _AUGMENTED:
        yield "arithmetic", node, f"{ast.unparse(node.target)} {_AUGMENTED[type(node.op)]}= {ast.unparse(node.value)}"
    if isinstance(node, ast.Break | ast.Continue):
        yield "loop", node, "continue" if isinstance(node, ast.Break) else "break"
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "return", node, "return None"
    elif isinstance(node, ast.Assign | ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield "deletion", node, "pass"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
