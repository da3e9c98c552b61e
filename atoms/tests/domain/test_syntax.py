"""Whether Python parses is found out the quick way, and the answer is that of the parser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.syntax import problem_of, python_tree

_LINES = st.sampled_from(
    ["x = 1", "return x", "yield x", "nonlocal x", "global x", "def f(a, a): pass", "from a import *", "  y", "await z",
     "class A:", "if x:", "    pass", "f(", ")", "break", "del (x)", "x: int = 2", "\x00", "*a, *b = c", "'\\d'"]
)  # fmt: skip


@settings(max_examples=200)
@given(lines=st.lists(_LINES, max_size=6))
def test_the_quick_way_agrees_with_the_parser(lines: list[str]) -> None:
    source = "\n".join(lines).encode()
    root = MultiLanguageParser().parse(source, Language.PYTHON).root_node
    tree, problem = python_tree(source)
    assert (tree is None) is (problem is not None)
    assert problem_of(source, root, Language.PYTHON) == problem


@pytest.mark.parametrize("source", [b"\xff\xfe", b"# coding: latin-1\nx = '\xe9'\n", b"\xef\xbb\xbfx = 1\n", b"("])
def test_it_agrees_on_encodings(source: bytes) -> None:
    root = MultiLanguageParser().parse(source, Language.PYTHON).root_node
    assert problem_of(source, root, Language.PYTHON) == python_tree(source)[1]
