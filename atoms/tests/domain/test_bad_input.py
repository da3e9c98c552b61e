"""Whatever the bytes are: atoms with facts or a located problem, no crash, no lost byte, time linear in size."""

from time import process_time

import pytest
from hypothesis import given, settings

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomFacts, FileAtoms, Language
from atoms.tests.domain.test_decomposer import HOSTILE, LANGUAGES, PYTHON

SCRIPT = b"""import { a } from "./a";

/** Doc. */
export class C {
  m(x, y) {
    if (x && y) {
      return a(`${x} ${y}`);
    }
    return [x, y].map((z) => z + 1);
  }
}
export const f = (x) => { throw new Error(x); };
"""
DEEP = 1000
CASES = {
    "invalid utf-8": b"x = '\xff\xfe'\n" + PYTHON,
    "crlf": PYTHON.replace(b"\n", b"\r\n"),
    "cr": PYTHON.replace(b"\n", b"\r"),
    "tabs": PYTHON.replace(b"    ", b"\t"),
    "bom": b"\xef\xbb\xbf" + PYTHON,
    "form feeds": PYTHON.replace(b"\n\n\n", b"\n\x0c\n"),
    "nul": PYTHON + b"x\0y\n",
    "cut": PYTHON[: len(PYTHON) // 2],
    "cut script": SCRIPT[: len(SCRIPT) // 2],
    "script in crlf": SCRIPT.replace(b"\n", b"\r\n"),
    "deep brackets": b"x = " + b"f([" * DEEP + b"])" * DEEP,
    "deep blocks": b"".join(b" " * k + b"if 1:\n" for k in range(DEEP)) + b" " * DEEP + b"x\n",
    "deep functions": b"function f(){\n" * DEEP + b"}\n" * DEEP,
    "deep annotation": b"x: " + b"L[\n" * 90 + b"int" + b"]" * 90 + b" = 1\n",
    "long chain": b"x = a" + b".b()" * 3 * DEEP + b"\n",
    "many signs": b"x = " + b"-" * 1500 + b"1\n",
    "many signs in a default": b"def f(a=" + b"-" * 1500 + b"(1 +\n 2)):\n    pass\n",
    "many branches": b"if a:\n  b\n" + b"elif a:\n  b\n" * DEEP,
    "empty": b"",
}


def described(source: bytes, language: Language) -> tuple[FileAtoms, dict[str, AtomFacts]]:
    file = RecursiveDecomposer().split(source, path="a", language=language)
    return file, ContextInjector().describe([file])


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name: str) -> None:
    for language in Language:
        file, facts = described(CASES[name], language)
        assert b"".join(file.text(atom) for atom in file.atoms) == CASES[name]
        assert set(facts) == {atom.id for atom in file.atoms}
        assert file.parse_ok is (file.problem is None)


@settings(max_examples=60)
@given(source=HOSTILE, language=LANGUAGES)
def test_facts_of_any_bytes(source: bytes, language: Language) -> None:
    file, facts = described(source, language)
    assert set(facts) == {atom.id for atom in file.atoms}
    assert all(0.0 <= fact.atomicity_score <= 1.0 for fact in facts.values())


@pytest.mark.parametrize("name", ["crlf", "bom", "form feeds"])
def test_what_python_takes_is_read(name: str) -> None:
    file, facts = described(CASES[name], Language.PYTHON)
    plain, _ = described(PYTHON, Language.PYTHON)
    assert file.parse_ok
    assert [(a.kind, a.symbol, a.loc) for a in file.atoms] == [(a.kind, a.symbol, a.loc) for a in plain.atoms]
    assert all(fact.context_completeness == 1.0 for fact in facts.values())


@pytest.mark.parametrize("language", list(Language))
def test_comments_without_end_take_no_square_of_time(language: Language) -> None:
    source = PYTHON.replace(b"\n", b"  # */\n", 1) + b"/*\n" * 4000
    start = process_time()
    file, _ = described(source, language)
    assert process_time() - start < 1.5
    assert b"".join(file.text(atom) for atom in file.atoms) == source
    assert file.problem is not None
    assert file.problem.line >= 1


def seconds(source: bytes, language: Language) -> float:
    best = float("inf")
    for _ in range(3):
        start = process_time()
        described(source, language)
        best = min(best, process_time() - start)
    return best


@pytest.mark.drill
@pytest.mark.parametrize(
    ("language", "unit"),
    [
        (Language.PYTHON, PYTHON * 40),
        (Language.TYPESCRIPT, SCRIPT * 60),
        (Language.JAVASCRIPT, SCRIPT * 60),
        (Language.JAVASCRIPT, b"function f(a){return a&&b?c(a):d}" * 2000),
        (Language.PYTHON, b'def f(\n a,\n):\n  """x\n\n y"""\n  return [a\n  for a in b]\n' * 3000),
        (Language.PYTHON, b"x" * 300_000 + b"=[" + b"1," * 50_000 + b"];"),
    ],
    ids=["python", "typescript", "javascript", "one row of functions", "docstrings", "one long row"],
)
def test_time_grows_in_step_with_size(language: Language, unit: bytes) -> None:
    once, four = seconds(unit, language), seconds(unit * 4, language)
    assert four / once < 6.5, f"four times the code took {four / once:.1f} times as long"


@pytest.mark.drill
@pytest.mark.parametrize("language", list(Language))
def test_two_megabytes_in_one_row(language: Language) -> None:
    for source in (b'x = "' + b"a" * 2_000_000 + b'"\n', b"x = [" + b"1," * 1_000_000 + b"]\n"):
        file, facts = described(source, language)
        assert len(file.atoms) == len(facts) == 1


@pytest.mark.drill
@pytest.mark.parametrize("language", [Language.JAVASCRIPT, Language.TYPESCRIPT])
def test_two_megabytes_of_minified_functions_in_one_row(language: Language) -> None:
    source = b"function f(a){return a&&b?c(a):d}" * 61_000
    assert len(source) > 2_000_000
    file, facts = described(source, language)
    assert file.parse_ok
    assert [file.text(atom) for atom in file.atoms] == [source]
    assert len(facts) == 1
    assert seconds(source, language) / seconds(source[: len(source) // 4], language) < 6.5


@pytest.mark.drill
def test_time_grows_in_step_with_how_often_one_name_is_bound() -> None:
    once, four = (seconds(b"def f(x):\n" + b"    x = g(x)\n" * n, Language.PYTHON) for n in (2000, 8000))
    assert four / once < 6.5, f"four times the bindings took {four / once:.1f} times as long"
