"""The judge of how a piece of code stands: what stubs and brackets mend, and what they do not."""

import pytest

from atoms.domain.model import Language
from atoms.domain.standing import Standing, quick_standing, standing

PYTHON, JAVASCRIPT, TYPESCRIPT = Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT
ALONE, STUBBED, HEADED, BROKEN = Standing.ALONE, Standing.STUBBED, Standing.HEADED, Standing.BROKEN


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (PYTHON, "    x = 1\n    y = 2\n", ALONE),
        (PYTHON, "@a\n@b(\n    c,\n)\n", STUBBED),  # a body is all that decorators lack
        (PYTHON, "def f():\n", STUBBED),
        (PYTHON, "        else:\n            a = 1\n    except E:\n        b = 2\n", STUBBED),
        (PYTHON, "    1,\n    2,\n]\n", BROKEN),  # a piece of a literal is no piece of a block
        (JAVASCRIPT, "  async m(a) {\n    return a;\n  }\n", STUBBED),
        (JAVASCRIPT, "  static m(a) {\n    return a;\n", STUBBED),
        (JAVASCRIPT, "  a,\n  ...b,\n);\n", STUBBED),
        (JAVASCRIPT, "case 1:\n  f();\n", HEADED),
        (JAVASCRIPT, "  f();\n} else {\n  g();\n}\n", BROKEN),
        (TYPESCRIPT, "  readonly x: string;\n  f?(a: number): void;\n}\n", STUBBED),
        (TYPESCRIPT, "const a: A<\n  B,\n  C,\n", STUBBED),
        (TYPESCRIPT, "  static m(): A<B> {\n    return a < b;\n  }\n}\n", STUBBED),
    ],
)
def test_how_a_piece_stands(language: Language, text: str, expected: Standing) -> None:
    assert standing(text, language) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    }\n    if (a) {\n      f(a);\n    }\n", STUBBED),  # brackets behind a foreign one are its own
        ("  } else {\n    g();\n  }\n", BROKEN),
        ("  case 1:\n    return 2;\n", HEADED),
        ("a = {\n  type: 1,\n  default: 2,\n};\n", ALONE),
        ("  switch (a) {\n    case 1:\n      return 2;\n  }\n", ALONE),
    ],
)
def test_the_quick_look_agrees_with_the_judge(text: str, expected: Standing) -> None:
    assert quick_standing(text, JAVASCRIPT) is standing(text, JAVASCRIPT) is expected
