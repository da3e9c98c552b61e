"""Bisection names exactly the changes that make a test fail, and asks few questions."""

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from validation.domain.bisection import culprits

ATOMS = [f"a{n}" for n in range(40)]


@given(st.integers(1, 40), st.sets(st.integers(0, 39), max_size=3))
def test_independent_culprits_are_all_named(size: int, broken: set[int]) -> None:
    changed = ATOMS[:size]
    bad = {ATOMS[n] for n in broken} & set(changed)
    assert set(culprits(changed, lambda subset: bool(subset & bad))) == bad


@given(st.sets(st.integers(0, 39), min_size=2, max_size=4))
def test_changes_that_fail_only_together_are_named_together(broken: set[int]) -> None:
    bad = {ATOMS[n] for n in broken}
    assert set(culprits(ATOMS, bad.issubset)) == bad


def test_one_of_many_is_found_in_about_log_n_questions_none_asked_twice() -> None:
    asked: list[frozenset[str]] = []

    def fails(subset: frozenset[str]) -> bool:
        asked.append(subset)
        return "a7" in subset

    assert culprits(ATOMS, fails) == ("a7",)
    assert len(asked) == len(set(asked)) <= 2 * math.ceil(math.log2(40)) + 3


def test_a_test_that_fails_without_the_changes_blames_none_of_them() -> None:
    assert culprits(ATOMS, lambda subset: True) == ()
    assert culprits(ATOMS, lambda subset: False) == ()
    assert culprits([], lambda subset: True) == ()


def test_the_order_is_that_of_the_changes() -> None:
    assert culprits(["z", "a", "m"], lambda subset: bool(subset & {"z", "m"})) == ("z", "m")


@given(st.lists(st.sampled_from(ATOMS), max_size=12), st.integers(0, 2**32))
def test_it_ends_also_where_a_test_answers_by_chance(changed: list[str], seed: int) -> None:
    chance, asked = random.Random(seed), list[frozenset[str]]()

    def fails(subset: frozenset[str]) -> bool:
        asked.append(subset)
        return chance.random() < 0.5

    assert set(culprits(changed, fails)) <= set(changed)
    assert len(asked) == len(set(asked)) <= 2 + 2 * len(changed) ** 2
