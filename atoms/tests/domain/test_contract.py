"""A change of body is told from a change of what others rely on."""

import pytest

from atoms.domain.contract import contract_changed
from atoms.domain.model import Language

PYTHON = b'''import os

class C(Base):
    """Doc."""

    limit: int = 3

    def f(self, x: int) -> int:
        y = x + 1
        return y


def g(a, b=2):
    return a
'''
SCRIPT = b"""import { a } from "./a";

export class C extends Base {
  limit = 3;
  f(x: number): number {
    return x + 1;
  }
}
"""


def changed(source: bytes, old: bytes, new: bytes, language: Language) -> bool:
    """Whether replacing ``old``, with the line it begins in, changes the contract of that range."""
    at = source.index(old)
    start = source.rfind(b"\n", 0, at) + 1
    after = source[:at] + new + source[at + len(old) :]
    return contract_changed(source, after, start=start, old_end=at + len(old), new_end=at + len(new), language=language)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"y = x + 1", b"y = x + 2"),
        (b"return y", b"z = y\n        return z"),
        (b"Doc.", b"Another text."),
        (b"= 3", b"= 4"),
        (b"def g(a, b=2):\n    return a\n", b"def g(a, b=2):\n    c = a\n    return c\n"),
    ],
)
def test_bodies(old: bytes, new: bytes) -> None:
    assert not changed(PYTHON, old, new, Language.PYTHON)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"x: int)", b"x: str)"),
        (b"-> int", b"-> str"),
        (b"b=2", b"b=3"),
        (b"(Base)", b"(Other)"),
        (b": int = 3", b': str = "3"'),
        (b"import os", b"import sys"),
        (b"def g(a, b=2):\n    return a\n", b"def h(a, b=2):\n    return a\n"),
        (b"return a", b"return a +"),
    ],
)
def test_contracts(old: bytes, new: bytes) -> None:
    assert changed(PYTHON, old, new, Language.PYTHON)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"return x + 1", b"return x + 2", False),
        (b"x: number", b"x: string", True),
        (b"extends Base", b"extends Other", True),
        (b"./a", b"./b", True),
    ],
)
def test_typescript(old: bytes, new: bytes, expected: bool) -> None:
    assert changed(SCRIPT, old, new, Language.TYPESCRIPT) is expected
