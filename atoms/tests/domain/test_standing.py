"""The judge of how a piece of code stands: what stubs and brackets mend, and what they do not."""

import pytest

from atoms.domain.model import Language
from atoms.domain.standing import Standing, quick_standing, standing

PYTHON, JAVASCRIPT, TYPESCRIPT = Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT
TSX = Language.TSX
ALONE, STUBBED, FRAMED = Standing.ALONE, Standing.STUBBED, Standing.FRAMED
HEADED, BROKEN = Standing.HEADED, Standing.BROKEN


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (PYTHON, "    x = 1\n    y = 2\n", ALONE),
        (PYTHON, "@a\n@b(\n    c,\n)\n", STUBBED),  # a body is all that decorators lack
        (PYTHON, "def f():\n", STUBBED),
        (PYTHON, "        else:\n            a = 1\n    except E:\n        b = 2\n", STUBBED),
        (PYTHON, "    1,\n    2,\n]\n", FRAMED),  # elements of a literal are no piece of a block of statements
        (PYTHON, "    'a': 1,\n    'b': [2],\n", FRAMED),
        (PYTHON, "    a=1,\n    **b,\n)\nc = 2\n", FRAMED),
        (PYTHON, "    x = f(\n        a,\n        b=[\n            1,\n", FRAMED),
        (PYTHON, "    a: int,\n    b: str = '',\n) -> None:\n", FRAMED),
        (PYTHON, "    'a': 1,\n    2,\n}\n", BROKEN),  # elements of a dictionary and of a set
        (PYTHON, "    and a\n    and b\n)\n", BROKEN),  # begins with an operator
        (PYTHON, "    for a in b\n    if a\n]\n", BROKEN),  # a comprehension without what it gives
        (PYTHON, "    x = f(\n        a +\n", BROKEN),
        (PYTHON, "    1,\n    2)\n]\n", FRAMED),
        (JAVASCRIPT, "  async m(a) {\n    return a;\n  }\n", STUBBED),
        (JAVASCRIPT, "  static m(a) {\n    return a;\n", STUBBED),
        (JAVASCRIPT, "  a,\n  ...b,\n);\n", STUBBED),
        (JAVASCRIPT, "case 1:\n  f();\n", FRAMED),
        (JAVASCRIPT, "  f();\n  break;\ncase 1:\n  g();\n", BROKEN),  # the first statement is of another case
        (JAVASCRIPT, "  f();\n} else {\n  g();\n}\n", HEADED),  # no bracket is what "else" lacks
        (JAVASCRIPT, "} catch (e) {\n  g();\n", HEADED),
        (JAVASCRIPT, "  f();\n});\ng();\n", FRAMED),  # the body of a callback
        (JAVASCRIPT, "  f();\n};\ng(\n  a &&\n", BROKEN),
        (JAVASCRIPT, "    a: 1,\n  },\n}\n", FRAMED),
        (JAVASCRIPT, "  a: 1;\n  b,\n}\n", BROKEN),  # neither an object nor statements
        (JAVASCRIPT, "import a, {\n  b,\n", FRAMED),
        (JAVASCRIPT, "  b,\n  c as d,\n} from 'e';\n", FRAMED),
        (JAVASCRIPT, "import {\n  b c,\n", BROKEN),
        (JAVASCRIPT, "  ? a\n  : b;\n", HEADED),
        (JAVASCRIPT, "f(`a ${g(\n", STUBBED),
        (JAVASCRIPT, "f('(', /[(]/, a / b, // (\n", STUBBED),
        (JAVASCRIPT, "  {a}\n  </A>\n);\n", STUBBED),  # a tag is a bracket
        (JAVASCRIPT, "  </A>\n  </B>\n  <C>\n", STUBBED),
        (JAVASCRIPT, "return (\n  <A\n    b={c}\n", STUBBED),
        (TSX, "    b={1}\n  >\n    text\n  </A>\n);\n", STUBBED),
        (TYPESCRIPT, "  B,\n  C extends D = E,\n> = F<B>;\n", FRAMED),
        (TYPESCRIPT, "  B,\n  C,\n> {\n  x: number;\n", FRAMED),
        (TYPESCRIPT, "  | B\n  | C\n", FRAMED),
        (TYPESCRIPT, "type A = F<\n", BROKEN),  # there are no empty type arguments
        (TYPESCRIPT, "  readonly x: string;\n  f?(a: number): void;\n}\n", STUBBED),
        (TYPESCRIPT, "const a: A<\n  B,\n  C,\n", STUBBED),
        (TYPESCRIPT, "  static m(): A<B> {\n    return a < b;\n  }\n}\n", STUBBED),
        (TYPESCRIPT, "    b: readonly A[];\n  }\n>\nexport type C = D;\n", STUBBED),  # an object type among types
        (JAVASCRIPT, "function f(\n  a,\n  b,\n", FRAMED),  # an empty body is brackets, and no more
        (JAVASCRIPT, "const f = (a) =>\n", FRAMED),
        (JAVASCRIPT, "class A extends B({\n  a: 1,\n", FRAMED),
        (TYPESCRIPT, "export async function* f<\n  A,\n  B extends C,\n>(\n", FRAMED),
        (JAVASCRIPT, "const f =\n", BROKEN),  # an empty object would be a value
        (JAVASCRIPT, "  a: 1,\n  b:\n", BROKEN),  # and an empty block behind a key the body of nothing
        (JAVASCRIPT, "if (\n", BROKEN),
    ],
)
def test_how_a_piece_stands(language: Language, text: str, expected: Standing) -> None:
    assert standing(text, language) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    }\n    if (a) {\n      f(a);\n    }\n", STUBBED),  # brackets behind a foreign one are its own
        ("  case 1:\n    return 2;\n", FRAMED),
        ("a = {\n  type: 1,\n  default: 2,\n};\n", ALONE),
        ("  switch (a) {\n    case 1:\n      return 2;\n  }\n", ALONE),
        ("  f();\n  break;\ncase 1:\n  g();\n", BROKEN),
        ("  b,\n}, c);\nd();\n", STUBBED),  # what goes on behind a foreign bracket, and leans on no word
        ("  f();\n}\nelse {\n  g();\n}\n".replace("else", "\nelse"), HEADED),
        ("const a = /[`'{]+/g;\nconst b = 1;\n", ALONE),
        ("if (a === ']') {\n  b();\n}\n", ALONE),
        ("++a;\nb++\n", ALONE),
        ("return (\n", BROKEN),
        ("var a = 1,\n  b = 2,\n", BROKEN),
        ("f({\n  a: 1, // some.\n", STUBBED),
    ],
)
def test_the_quick_look_agrees_with_the_judge(text: str, expected: Standing) -> None:
    quick = quick_standing(text, JAVASCRIPT)
    assert standing(text, JAVASCRIPT) is expected
    assert quick is expected or max(quick, expected) < FRAMED  # it does not tell a head that is lacking from all else


def test_the_quick_look_takes_no_else_for_standing() -> None:
    assert max(quick_standing("  } else {\n    g();\n  }\n", each) for each in (JAVASCRIPT, TYPESCRIPT)) < FRAMED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    x = 1  # see: ':'\n", ALONE),
        ("    if x:  # and so on\n", STUBBED),
        ("    f('#')\n    if a:  # or so\n", STUBBED),
    ],
)
def test_a_remark_behind_code_hides_no_open_head(text: str, expected: Standing) -> None:
    assert standing(text, PYTHON) is expected
    assert quick_standing(text, PYTHON) is expected
