"""What is counted on the text of Python is what its tree tells; where the text cannot be sure, it says so."""

import pytest
from hypothesis import given, settings

from atoms.domain.grammar import grammar_of
from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.python_rows import Counted, count_python
from atoms.domain.tree_rows import count_in_tree
from atoms.tests.domain.test_counts import PROGRAMS


def ordered(found: Counted | None) -> Counted | None:
    return found and Counted(found.code, sorted(found.decisions), sorted(found.definitions))


def both(text: str) -> tuple[Counted | None, Counted | None]:
    source = text.encode()
    lines = source.splitlines(keepends=True)
    blank = [line.isspace() for line in lines]
    root = MultiLanguageParser().parse(source, Language.PYTHON).root_node
    assert not root.has_error
    told = count_in_tree(source, lines, blank, root, grammar_of(Language.PYTHON))
    return ordered(count_python(source, blank)), ordered(told)


@settings(max_examples=60)
@given(PROGRAMS)
def test_generated_programs(text: str) -> None:
    counted, told = both(f"{text}\n")
    assert counted == told or ("match" in text and counted is None)


@pytest.mark.parametrize(
    "text",
    [
        '"""Doc.\n\n# if\n"""\nx = 1\n', "# c\n\n'doc'  # if\n",
        'def f(\n    a={"b": 1},\n):\n    """One\n    two"""\n', 'class A:\n    # c\n\n    r"""x"""; y = 1\n',
        'def f():\n    "a" \\\n    "b"\n    "c"\n', 'f(\n    "a"\n    "b"\n)\n',
        'x = {"a":\n  "b"}\ny = [{"c": 1}, {2:\n  """d\n  e"""}]\n', "if a:\n    'no docstring'\n",
        'x = """\n\n a"""\n', 'x = [a\n     for a in b\n     if a]\nfor a in (\n    b\n): pass\n',
        'async def f():\n    async for a in b: x\n', 'try: a\nexcept B: c\n', 'x = 1if a else 0or b\n',
        'x = f"{a if b else c}" + f"{{if}}" + rf"{a!r:>{b}}"\n', 'x = f\'{"if" if a else "or"}\'\n',
        'def f():\n    f"""{a}"""\n', 'def f():\n    b"a"\n    return "#" or \'\'\n',
        "x = 'a\\\nif b'\nnotif = iffy.format\n", '\ufeff# c\nx = 1\n', '\ufeff"""doc"""\n',
        'x = 1\n# last, without an end', 'def f(): "doc"\n', "class A:\n    'a'.b\n",
        'def f(a="x)"): \n\n    """Doc."""\n',
    ],
)  # fmt: skip
def test_text_counts_as_the_tree_does(text: str) -> None:
    counted, told = both(text)
    assert counted is not None
    assert counted == told


@pytest.mark.parametrize(
    "text",
    [
        "match a:\n    case 1: b\n", "é_if = a\n", 'x = f"""{\n a if b else c}"""\n', 'x = f"{a["b"]}"\n',
        'x = f"{a:{b if c else d}}"\n', 'def f(): """a\n b"""\n', 'def f():\n    "a" \\\n\n',
    ],
)  # fmt: skip
def test_it_says_where_only_the_tree_can_tell(text: str) -> None:
    assert both(text)[0] is None
