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


def test_ordinary_code_has_no_holes() -> None:
    assert find_holes(b'x = "hole: f"\nraise NotImplementedError()\n', language=Language.PYTHON) == {}
