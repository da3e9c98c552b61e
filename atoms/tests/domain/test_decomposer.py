"""Laws of cutting: nothing lost, nothing twice, the same again, and names that survive edits elsewhere."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoms.domain.decomposer import RecursiveDecomposer, whole_file_hole
from atoms.domain.model import AtomKind, Language
from atoms.domain.standing import Standing, standing

LANGUAGES = st.sampled_from(list(Language))
SHARDS = st.sampled_from(
    [
        b"def f(a, b=1):\n",
        b"    return a\n",
        b"class A(B):\n",
        b"  x = [\n",
        b"]\n",
        b"if (a) {\n",
        b"} else {\n",
        b"}\n",
        b"else:\n",
        b"  # c\n",
        b"// c\n",
        b"/* a\n b */\n",
        b'"""\n',
        b"`a ${\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\x0c\n",
        b"\x00",
        b"\xff\xfe\n",
        b"\xef\xbb\xbf",
        b"\tfoo(x => {\n",
        b"});\n",
        b"a;\n",
        b"try:\n",
        b"except X: y\n",
        b"@dec\n",
        b"<div>\n",
        b"</div>\n",
        b"case 1:\n",
    ]
)
HOSTILE = st.one_of(st.binary(max_size=400), st.lists(SHARDS, max_size=60).map(b"".join))
SPLIT = RecursiveDecomposer()


@settings(max_examples=150)
@given(source=HOSTILE, language=LANGUAGES)
def test_every_byte_lies_in_exactly_one_atom(source: bytes, language: Language) -> None:
    file = SPLIT.split(source, path="a", language=language)
    assert b"".join(file.text(atom) for atom in file.atoms) == source
    bounds = [(atom.start_byte, atom.end_byte) for atom in file.atoms]
    assert SPLIT.ranges(source, language) == bounds
    assert all(start < end for start, end in bounds)
    assert [a.number for a in file.atoms] == list(range(len(file.atoms)))
    for atom in file.atoms[1:]:
        assert source[: atom.start_byte].endswith((b"\n", b"\r"))
    lines = [(atom.start_line, atom.end_line) for atom in file.atoms]
    assert all(first == before + 1 for (_, before), (first, _) in pairwise(lines))


@settings(max_examples=60)
@given(source=HOSTILE, language=LANGUAGES)
def test_splitting_again_gives_the_same_and_ids_are_unique(source: bytes, language: Language) -> None:
    file = SPLIT.split(source, path="a", language=language)
    assert SPLIT.split(source, path="a", language=language) == file
    assert len({atom.id for atom in file.atoms}) == len(file.atoms)


PYTHON = b'''"""Doc."""

import os
import sys


def long(a, b):
    """Say it."""
    total = 0
    for x in a:
        if x > b:
            total += x
            print(x)
        else:
            total -= x

    while total > 10:
        total //= 2
        print(total)
        sys.stdout.flush()

    try:
        return os.stat(total)
    except OSError:
        return None


class C:
    """A class."""

    x = 1
    y = 2

    def m(self):
        return 1

    # about n
    @property
    def n(self):
        return 2
'''


@pytest.mark.parametrize("added", [b"# a remark\n", b"\n\nZ = 3\n", b"def g():\n    return 0\n\n\n"])
def test_ids_are_stable_under_insertions_elsewhere(added: bytes) -> None:
    before = SPLIT.split(PYTHON, path="a.py", language=Language.PYTHON)
    start = PYTHON.index(b"class C")
    after = SPLIT.split(PYTHON[:start] + added + PYTHON[start:], path="a.py", language=Language.PYTHON)
    kept = {atom.id for atom in before.atoms} & {atom.id for atom in after.atoms}
    assert len(kept) >= len(before.atoms) - 1


def test_comments_and_decorators_go_with_what_follows() -> None:
    file = SPLIT.split(PYTHON, path="a.py", language=Language.PYTHON)
    atom = next(a for a in file.atoms if a.symbol == "C.n")
    assert file.text(atom).startswith(b"    # about n\n    @property\n")
    assert atom.kind is AtomKind.METHOD
    assert atom.parent == "C"


LITERAL = "import os\n\n__all__ = [\n" + "".join(f'    "name{k}",\n' for k in range(25)) + "]\n"


def test_a_literal_that_is_too_long_is_still_one_constant() -> None:
    atoms = SPLIT.split(LITERAL.encode(), path="a.py", language=Language.PYTHON).atoms
    assert [atom.loc for atom in atoms] == [1, 9, 9, 9]
    assert {atom.kind for atom in atoms[1:]} == {AtomKind.CONSTANT}
    assert {atom.symbol for atom in atoms[1:]} == {"__all__"}


@pytest.mark.parametrize("steps", range(8, 20))
def test_the_end_of_a_long_callback_stands_wherever_it_is_cut(steps: int) -> None:
    lines = "".join(f"  step{k}();\n\n" for k in range(steps))
    file = SPLIT.split(f"on(() => {{\n{lines}}});\nnext();\nlast();\n".encode(), path="a", language=Language.JAVASCRIPT)
    assert len(file.atoms) > 1
    for atom in file.atoms:
        assert standing(file.text(atom).decode(), Language.JAVASCRIPT) >= Standing.FRAMED


def test_branches_are_cut_apart_where_each_is_small() -> None:
    source = b"def f(a, b, c):\n" + b"".join(
        b"    if %c:\n        x = go(%c)\n        y = x + 1\n        say(x, y)\n" % (n, n) for n in b"abc"
    )
    atoms = SPLIT.split(source, path="a.py", language=Language.PYTHON).atoms
    assert all(atom.complexity < 3 for atom in atoms)


@pytest.mark.parametrize(
    ("language", "source", "kind", "symbol"),
    [
        (Language.JAVASCRIPT, b"function f(a) { return a; }\n", AtomKind.FUNCTION, "f"),
        (Language.PYTHON, b"x = 1", AtomKind.CONSTANT, "x"),
        (Language.TYPESCRIPT, b"export type A = string;", AtomKind.TYPE, "A"),
        (Language.PYTHON, b"import os\n", AtomKind.IMPORTS, "<module>"),
    ],
)
def test_a_file_of_one_row_is_named_by_what_stands_in_it(
    language: Language, source: bytes, kind: AtomKind, symbol: str
) -> None:
    (atom,) = SPLIT.split(source, path="a", language=language).atoms
    assert (atom.kind, atom.symbol) == (kind, symbol)


def test_a_file_without_code_is_one_hole() -> None:
    assert SPLIT.split(b"", path="a.py", language=Language.PYTHON).atoms == ()
    hole = whole_file_hole("a.py", Language.PYTHON)
    assert (hole.start_byte, hole.end_byte, hole.is_hole, hole.symbol) == (0, 0, True, "<module>")


def test_a_long_union_of_types_is_not_cut_from_its_head() -> None:
    members = "".join(f"  | Error{k}\n" for k in range(10))
    source = f"export type Errors =\n{members}".encode()
    atoms = SPLIT.split(source, path="a.ts", language=Language.TYPESCRIPT).atoms
    assert len(atoms) == 2
    assert atoms[0].loc >= 3
    assert {atom.symbol for atom in atoms} == {"Errors"}
