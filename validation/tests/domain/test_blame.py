"""Blame names the culprit, few others, and nobody for what ran at import."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.domain.blame import MAX_TIES, blame, confirmed
from validation.domain.model import SuiteResult, TestCase, TestStatus

SPANS = {"m.py": [("imports", 1, 2), ("f", 3, 6), ("g", 7, 10), ("h", 11, 14)]}
FAILED, PASSED, ERROR = TestStatus.FAILED, TestStatus.PASSED, TestStatus.ERROR


def suite(*tests: tuple[str, TestStatus, list[int]], frames: dict[str, list[int]] | None = None) -> SuiteResult:
    cases = tuple(
        TestCase(id=i, status=s, frames=tuple(("m.py", n) for n in (frames or {}).get(i, []))) for i, s, _ in tests
    )
    coverage = {i: {"m.py": tuple(lines)} for i, _, lines in tests if lines}
    return SuiteResult(digest="", cases=cases, coverage=coverage, ran=True)


def test_the_atom_that_only_failures_reach_is_the_culprit() -> None:
    found = blame(suite(("a", FAILED, [4, 8]), ("b", PASSED, [4]), ("c", PASSED, [4, 12])), SPANS)
    assert found.culprits == {"g": ("a",)}
    assert found.suspiciousness == {"f": 1 / math.sqrt(3), "g": 1.0}
    assert found.reaching == {"f": ("a", "b", "c"), "g": ("a",), "h": ("c",)}


def test_suspicion_is_told_beside_the_worst_that_the_same_failure_reaches() -> None:
    crowd = [(f"p{n}", PASSED, [4, 8]) for n in range(15)]
    found = blame(suite(("a", FAILED, [4, 8, 12]), ("b", PASSED, [12]), *crowd), SPANS)
    assert found.culprits == {"h": ("a",)}
    assert found.suspiciousness["h"] == 1.0, "however many tests pass through the worst line"
    assert found.suspiciousness["f"] == pytest.approx((1 / math.sqrt(16)) / (1 / math.sqrt(2)))
    two = blame(suite(("a", FAILED, [4, 8]), ("b", FAILED, [12]), *crowd), SPANS)
    assert two.suspiciousness == pytest.approx({"f": 1.0, "g": 1.0, "h": 1.0}), "each failure has a worst of its own"


def test_a_collection_error_blames_the_atom_where_it_lies() -> None:
    found = blame(suite(("a", ERROR, []), ("b", ERROR, []), frames={"a": [1, 8], "b": [1, 8]}), SPANS)
    assert found.culprits == {"g": ("a", "b")}


def test_an_error_behind_the_last_line_belongs_to_the_last_atom() -> None:
    assert set(blame(suite(("a", ERROR, []), frames={"a": [15]}), SPANS).culprits) == {"h"}


def test_changed_atoms_win_ties() -> None:
    tied = suite(("a", FAILED, [4, 8]))
    assert set(blame(tied, SPANS).culprits) == {"f", "g"}
    assert set(blame(tied, SPANS, changed=frozenset({"g"})).culprits) == {"g"}


def test_many_ties_are_told_apart_by_the_traceback() -> None:
    spans = {"m.py": [(f"a{n:02}", n, n) for n in range(1, 21)]}
    found = blame(suite(("t", FAILED, list(range(1, 21))), frames={"t": [3, 17]}), spans)
    assert len(found.culprits) == MAX_TIES
    assert {"a17", "a03"} <= set(found.culprits)


def test_an_atom_is_as_suspicious_as_its_worst_line() -> None:
    """Passing tests go through ``f`` and ``g`` alike, but only the failing one through a line of ``g``."""
    found = blame(suite(("a", FAILED, [4, 8, 9]), ("b", PASSED, [4, 8]), ("c", PASSED, [4, 8])), SPANS)
    assert found.culprits == {"g": ("a",)}
    assert found.order == ("g", "f")


def test_the_raiser_leads_its_equals_and_then_who_has_more_lines() -> None:
    tied = [4, 8, 9, 12]
    assert blame(suite(("a", FAILED, tied), frames={"a": [4]}), SPANS).order == ("f", "g", "h")
    assert blame(suite(("a", FAILED, tied)), SPANS).order == ("g", "f", "h")


def test_of_equals_the_one_with_more_lines_as_suspicious_as_its_worst_leads() -> None:
    """``f`` executes more lines, but passing tests go through most of them."""
    found = blame(suite(("a", FAILED, [3, 4, 5, 6, 8, 9]), ("b", PASSED, [3, 4, 5])), SPANS)
    assert found.order == ("g", "f")


def test_what_every_failure_reaches_leads_who_is_a_little_more_suspicious() -> None:
    """``g`` explains both failures; ``f`` one of them, and fewer passing tests go through it."""
    tests = [("a", FAILED, [4, 8]), ("b", FAILED, [8]), *[(f"p{n}", PASSED, [8, 12]) for n in range(3)]]
    found = blame(suite(*tests), SPANS)
    assert found.order == ("g", "f")
    assert set(found.culprits) == {"f", "g"}
    assert found.suspiciousness["g"] == 1.0, "who leads a failure is its worst"


def test_a_failure_that_accuses_nobody_changes_nothing() -> None:
    tests = [("a", FAILED, [4, 8]), ("b", FAILED, [8]), *[(f"p{n}", PASSED, [8, 12]) for n in range(3)]]
    silent: list[tuple[str, TestStatus, list[int]]] = [(f"s{n}", FAILED, []) for n in range(9)]
    assert blame(suite(*tests, *silent), SPANS) == blame(suite(*tests), SPANS)


def test_what_failed_before_is_accused_apart_and_follows() -> None:
    """``h`` failed two tests before ``f`` broke one: it is no better reason for that one."""
    tests = [("new", FAILED, [4, 12]), *[(f"o{n}", FAILED, [12, 13]) for n in range(2)], ("p", PASSED, [4])]
    assert blame(suite(*tests), SPANS).order[0] == "h"
    tests += [(f"p{n}", PASSED, [12]) for n in range(3)]
    found = blame(suite(*tests), SPANS, before=frozenset({"o0", "o1"}))
    assert found.order == ("f", "h")
    assert found.culprits == {"f": ("new",), "h": ("o0", "o1")}
    assert found.suspiciousness == {"f": 1.0, "h": 1.0}


def test_after_the_leader_comes_who_explains_what_it_does_not() -> None:
    """``f`` and ``g`` explain three failures, ``h`` alone the fourth, though many passing tests go through it."""
    crowd = [(f"p{n}", PASSED, [12]) for n in range(9)]
    found = blame(suite(*[(f"a{n}", FAILED, [4, 5, 8]) for n in range(3)], ("b", FAILED, [12]), *crowd), SPANS)
    assert found.suspiciousness["h"] == 1.0
    assert found.order == ("f", "h", "g")


_TESTS = st.lists(
    st.tuples(st.sampled_from(list(TestStatus)), st.lists(st.integers(1, 14), unique=True).map(sorted)), max_size=8
)


@given(_TESTS)
def test_laws(tests: list[tuple[TestStatus, list[int]]]) -> None:
    result = suite(*((f"t{n}", status, lines) for n, (status, lines) in enumerate(tests)))
    found = blame(result, SPANS)
    red = {case.id for case in result.cases if case.status in (FAILED, ERROR)}
    assert all(0 < score <= 1 for score in found.suspiciousness.values())
    assert {test for ids in found.culprits.values() for test in ids} <= red
    for atom, ids in found.culprits.items():
        for test in ids:
            rivals = [a for a, reached in found.reaching.items() if test in reached]
            assert atom in rivals
            assert all(found.suspiciousness[atom] >= found.suspiciousness[rival] - 1e-9 for rival in rivals)


def test_bisection_replaces_suspicion_for_the_tests_that_it_was_asked_about() -> None:
    found = blame(suite(("a", FAILED, [4]), ("b", FAILED, [4]), ("p", PASSED, [12])), SPANS)
    assert set(found.culprits) == {"f"}
    sure = confirmed(found, {"a": ["h"], "b": []})
    assert sure.culprits == {"f": ("b",), "h": ("a",)}
    assert (sure.suspiciousness["h"], sure.order[0]) == (1.0, "h")
    assert confirmed(found, {"a": ["h"], "b": ["h"]}).culprits == {"h": ("a", "b")}
    assert confirmed(found, {}) == found
