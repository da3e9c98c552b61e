"""Holes are atoms of their own, beside the signature they complete."""

import pytest

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.holes import find_holes, make_hole
from atoms.domain.model import AtomKind, Language


@pytest.mark.parametrize(
    ("language", "head", "tail"),
    [
        (Language.PYTHON, 'class A:\n    def f(self):\n        """Do it."""\n', "\n"),
        (Language.TYPESCRIPT, "export class A {\n  f(): void {\n", "\n  }\n}\n"),
        (Language.JAVASCRIPT, "class A {\n  f() {\n", "\n  }\n}\n"),
    ],
)
def test_a_hole_is_an_atom_of_its_own(language: Language, head: str, tail: str) -> None:
    source = f"{head}        {make_hole('A.f', language=language)}{tail}".encode()
    assert list(find_holes(source, language=language).values()) == ["A.f"]
    file = RecursiveDecomposer().split(source, path="a", language=language)
    holes = [atom for atom in file.atoms if atom.is_hole]
    assert [(hole.symbol, hole.parent) for hole in holes] == [("A.f", "A.f")]
    assert b"hole: A.f" in file.text(holes[0])
    signature = file.atoms[holes[0].number - 1]
    assert (signature.kind, signature.symbol) == (AtomKind.SIGNATURE, "A.f")


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (Language.PYTHON, "class A:\n    x = 1\n\n    def f(self, a: int) -> int: {hole}\n"),
        (Language.PYTHON, "class A:\n    x = 1\n\n    @wrapped\n    def f(\n        self,\n    ) -> int: {hole}\n"),
        (Language.TYPESCRIPT, "export class A {{\n  x = 1;\n\n  f(a: number): number {{ {hole} }}\n}}\n"),
        (Language.JAVASCRIPT, "class A {{\n  x = 1;\n\n  f(a) {{ {hole} }}\n}}\n"),
    ],
)
def test_a_hole_on_the_row_of_its_head_is_one_atom_with_it(language: Language, source: str) -> None:
    text = source.format(hole=make_hole("A.f", language=language)).encode()
    file = RecursiveDecomposer().split(text, path="a", language=language)
    header, hole = file.atoms
    assert (header.kind, header.is_hole) == (AtomKind.CLASS_HEADER, False)
    assert (hole.kind, hole.symbol, hole.parent, hole.is_hole) == (AtomKind.METHOD, "A.f", "A", True)


def test_ordinary_code_has_no_holes() -> None:
    assert find_holes(b'x = "hole: f"\nraise NotImplementedError()\n', language=Language.PYTHON) == {}


def test_a_bare_ellipsis_is_the_body_that_protocols_and_overloads_have() -> None:
    source = b"class A(Protocol):\n    def f(self) -> int: ...\n\n    def g(self) -> int:\n        ...\n"
    assert find_holes(source, language=Language.PYTHON) == {}
    assert not any(a.is_hole for a in RecursiveDecomposer().split(source, path="a", language=Language.PYTHON).atoms)
