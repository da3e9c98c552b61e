"""LOC and complexity are what an independent count over tokens and CPython's own tree finds."""

import ast
import asyncio
import email
import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language

SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
    tokenize.ENDMARKER,
}  # fmt: skip
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
LEAVES = st.sampled_from(
    ["x = 1", "x = a and b or not c", "x = [a for a in b if a if c]", "x = 1 if a else 2  # if", 'x = """\n\n# no\n"""',
     "# a comment", "", '"""text"""', "assert all(a for a in b if a and c)", "x = (1,  # c\n\n2)", "f(lambda: a or b)",
     "'a'; x = 1", "x = f'{a if b else c}'", "del x;"]
)  # fmt: skip
HEADS = st.sampled_from(
    ["if a and b:", "while a:", "for a in b:", "def f():", "class A:", "with a:", "async def g(a=b or c):",
     "if 1:\n    pass\nelif a:\n    pass\nelse:", "try:\n    pass\nexcept A:\n    pass\nfinally:",
     "match a:\n  case 1 if b:\n    pass\n  case _:"]
)  # fmt: skip


def block(lines: list[str], indent: str) -> list[str]:
    return [indent + part if k == 0 or '"""' not in line else part for line in lines
            for k, part in enumerate(line.split("\n"))]  # fmt: skip


def nested(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    def build(pair: tuple[str, list[str]]) -> list[str]:
        head, body = pair
        last = head.split("\n")[-1]
        indent = " " * (len(last) - len(last.lstrip()) + 4)
        return [*head.split("\n"), *block(body, indent), f"{indent}pass"]

    return st.builds(lambda head, body, after: [*build((head, body)), *after], HEADS, inner, inner)


PROGRAMS = st.recursive(st.lists(LEAVES, max_size=3), nested, max_leaves=8).map("\n".join)


def independent(source: str) -> tuple[int, int]:
    tree = ast.parse(source)
    rows: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            rows.update(range(token.start[0], token.end[0] + 1))
    lines = source.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            rows -= docstring_rows(node.body, lines)
    return len([row for row in rows if lines[row - 1].strip()]), sum(map(decisions, ast.walk(tree)))


def docstring_rows(body: list[ast.stmt], lines: list[str]) -> set[int]:
    """Rows that hold nothing but the docstring."""
    text, last = body[0], body[0].end_lineno or body[0].lineno
    found = set(range(text.lineno, last + 1))
    if lines[text.lineno - 1][: text.col_offset].strip():
        found.discard(text.lineno)
    return found - {statement.lineno for statement in body[1:]}


def decisions(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return len(node.ifs)
    if isinstance(node, ast.match_case):
        return 1 + (node.guard is not None)
    return isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp))


def counted(source: str) -> tuple[int, int]:
    atoms = RecursiveDecomposer().split(source.encode(), path="a", language=Language.PYTHON).atoms
    return sum(atom.loc for atom in atoms), sum(int(atom.complexity) - 1 for atom in atoms)


@settings(max_examples=80)
@given(source=PROGRAMS)
def test_generated_programs(source: str) -> None:
    assert counted(source) == independent(source)


@pytest.mark.parametrize("package", [asyncio, email])
def test_real_code(package: object) -> None:
    for path in sorted(Path(package.__file__).parent.glob("*.py"))[::3]:  # type: ignore[attr-defined]  # a module
        source = path.read_text(encoding="utf-8")
        assert counted(source) == independent(source), path.name


@pytest.mark.parametrize(
    ("source", "loc"),
    [
        ("/* a */ /* b */\n", 0), ("/* a\n b */ /* c */ /* d\n */\n", 0), ("/* a */ f(); /* b */\n", 1),
        ("f(); /* a\n b */ /* c */\n", 1), ("/* a */ // b\n", 0),
    ],
)  # fmt: skip
def test_a_row_of_several_comments_is_no_code(source: str, loc: int) -> None:
    atoms = RecursiveDecomposer().split(source.encode(), path="a", language=Language.JAVASCRIPT).atoms
    assert sum(atom.loc for atom in atoms) == loc
