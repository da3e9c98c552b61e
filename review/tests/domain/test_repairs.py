"""Repairs of the size of a mutation: they undo what mutation testing does, and touch nothing else."""

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from bench.validation_mutants import mutants
from kernel import python_source
from review.domain.repairs.edits import Repair, repairs
from review.domain.repairs.ranking import line_suspicion, ranked
from validation.domain.model import SuiteResult, TestCase, TestStatus

PROGRAM = b'''def total(items, rate, limit=10):
    """Sum."""
    count = len(items)
    result = 0
    for index in range(count):
        if index >= limit and not rate:
            break
        result += items[index] * rate - 1
    if result == 0 or count > 3:
        return None
    return result


def other(a, b):
    return total(a, b) % 7
'''
SCRIPT = b"""export function total(items: number[], rate: number): number {
  let result = 0;
  for (let i = 0; i < items.length; i++) {
    if (!rate && i >= 3) { result -= items[i + 1]; }
  }
  return clamp(result, rate);
}
"""


def found(source: bytes, language: Language = Language.PYTHON, start: int = 0, end: int | None = None) -> list[Repair]:
    root = MultiLanguageParser().parse(source, language).root_node
    return repairs(root, source, start=start, end=len(source) if end is None else end, language=language)


def applied(source: bytes, repair: Repair) -> bytes:
    return source[: repair.start] + repair.text.encode() + source[repair.end :]


def test_what_a_mutation_did_a_repair_undoes() -> None:
    """Every operator of the shared list; of deletions only those of what the function says elsewhere too."""
    meant = python_source.parse(PROGRAM)
    undone: dict[str, list[bool]] = {}
    for mutant in mutants(PROGRAM):
        versions = (applied(mutant.source, repair) for repair in found(mutant.source))
        same = any(_same(version, meant) for version in versions)
        undone.setdefault(mutant.operator, []).append(same)
    share = {operator: sum(hits) / len(hits) for operator, hits in undone.items()}
    for operator in ("arithmetic", "comparison", "boundary", "boolean", "constant", "loop"):
        assert share[operator] == 1.0, operator
    assert share["return"] >= 0.5


def test_where_only_pass_stands_the_function_is_asked_what_it_says_elsewhere() -> None:
    source = PROGRAM.replace(b"            break\n", b"            pass\n")
    texts = {repair.text for repair in found(source) if repair.kind == "missing statement"}
    assert {"break", "continue", "result += items[index] * rate - 1", "result = 0"} <= texts
    assert '"""Sum."""' not in texts
    outside = b"def f(a):\n    pass\n    return a\n"
    assert {r.text for r in found(outside) if r.kind == "missing statement"} == {"return a"}


def test_a_lost_value_is_looked_for_in_the_other_returns() -> None:
    source = b"def f(a):\n    if a > 3:\n        return None\n    return [a + 1]\n"
    assert {"[a + 1]", "True", "a"} <= {repair.text for repair in found(source) if repair.kind == "return"}


def _same(version: bytes, meant: object) -> bool:
    try:
        tree = python_source.parse(version)
    except SyntaxError:
        return False
    return ast.dump(tree) == ast.dump(meant)  # type: ignore[arg-type]


def test_scripts_have_the_same_repairs() -> None:
    texts = {applied(SCRIPT, repair) for repair in found(SCRIPT, Language.TYPESCRIPT)}
    for old, new in (
        (b"i < items", b"i <= items"), (b"!rate", b"rate"), (b"&&", b"||"), (b">= 3", b"> 3"),
        (b"-= items", b"+= items"),
        (b"[i + 1]", b"[i]"), (b"(result, rate)", b"(rate, result)"), (b"let i = 0", b"let i = 1"),
    ):  # fmt: skip
        wanted = SCRIPT.replace(old, new)
        spaced = SCRIPT.replace(b"!rate && i >= 3", b"(!rate || i >= 3)") if old == b"&&" else wanted
        assert {wanted, spaced} & texts, (old, new)


@settings(max_examples=40)
@given(st.integers(0, len(PROGRAM)), st.integers(0, len(PROGRAM)))
def test_a_repair_stays_inside_its_range_and_changes_something(one: int, other: int) -> None:
    start, end = sorted((one, other))
    for repair in found(PROGRAM, start=start, end=end):
        version = applied(PROGRAM, repair)
        assert start <= repair.start <= repair.end <= end
        assert version != PROGRAM
        assert version[:start] == PROGRAM[:start]
        assert version.endswith(PROGRAM[end:])
        assert 0 < repair.prior <= 1


@given(st.binary(max_size=200))
def test_any_bytes_give_repairs_without_an_error(source: bytes) -> None:
    for language in (Language.PYTHON, Language.TSX):
        found(source, language)


def suite(lines: dict[str, list[int]], failed: set[str]) -> SuiteResult:
    cases = tuple(
        TestCase(id=test, status=TestStatus.FAILED if test in failed else TestStatus.PASSED, seconds=0.0)
        for test in lines
    )
    coverage = {test: {"a.py": tuple(own)} for test, own in lines.items()}
    return SuiteResult(digest="", cases=cases, coverage=coverage, ran=True, reason="", seconds=0.0)


def test_the_most_suspicious_lines_come_first_and_unreached_ones_not_at_all() -> None:
    known = suite({"bad": [3, 6, 7], "good": [3, 8]}, {"bad"})
    suspicion = line_suspicion(known, "a.py", ["bad"])
    assert suspicion == {3: pytest.approx(0.5**0.5), 6: 1.0, 7: 1.0}
    order = ranked(found(PROGRAM), suspicion, limit=1000)
    lines = [repair.line for repair in order]
    assert set(lines) == {3, 6, 7}, "the others are reached by no failing test"
    assert set(lines[:3]) == {6}
    assert ranked(found(PROGRAM), suspicion, limit=4) == order[:4]
    random.Random(1).shuffle(shuffled := list(found(PROGRAM)))
    assert ranked(shuffled, suspicion, limit=1000) == order, "the order rests on nothing but the repairs"
