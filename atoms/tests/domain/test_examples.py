"""Examples in documentation become test cases of the atom that they document."""

import pytest

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.examples import comment_examples, docstring_examples
from atoms.domain.model import Language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add.\n\n    >>> for x in y:\n    ...     x\n    1\n    >>> 2\n    2\n",
         [("doctest", ">>> for x in y:\n...     x\n1\n>>> 2\n2")]),
        ("Add.\n\n    Example:\n        add(1)\n\n        add(2)\n\n    Returns:\n        x\n",
         [("example", "add(1)\n\nadd(2)")]),
        ("Add.\n\n    Examples\n    --------\n    add(1)\n\n    Notes\n    -----\n    No.\n",
         [("example", "add(1)")]),
        ("Add.\n\nExamples:\n\n```python\nadd(1)\n```\nIt adds.\n", [("example", "add(1)")]),
        ("For example, this one has none.", []),
        ("    >>>  x\n  >>> y\n", [("doctest", ">>>  x\n>>> y")]),
    ],
)  # fmt: skip
def test_docstrings(text: str, expected: list[tuple[str, str]]) -> None:
    assert docstring_examples(text) == expected


def test_comments() -> None:
    text = "/**\n   * @example\n   * ```ts\n   * add(1);\n   * ```\n   * @see a\n   * @example add(2)\n   */"
    assert comment_examples(text) == ["add(1);", "add(2)"]
    assert comment_examples("/* @example no */") == []


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        (Language.PYTHON, 'class A:\n    """Doc.\n\n    >>> A()\n    a\n    """\n', {"A": ["doctest of A"]}),
        (Language.TYPESCRIPT, "/**\n * @example f(1)\n * @example f(2)\n */\nexport function f(a: number) {}\n",
         {"f": ["example of f", "example of f (2)"]}),
        (Language.JAVASCRIPT, "class A {\n  /** @example new A().m() */\n  m() { return 1; }\n}\n",
         {"A.m": ["example of A.m"]}),
    ],
)  # fmt: skip
def test_they_belong_to_the_atom_they_document(language: Language, source: str, expected: dict[str, list[str]]) -> None:
    file = RecursiveDecomposer().split(source.encode(), path="a", language=language)
    facts = ContextInjector().describe([file])
    cases = {a.symbol: [case["id"] for case in facts[a.id].test_cases] for a in file.atoms}
    assert {symbol: ids for symbol, ids in cases.items() if ids} == expected
