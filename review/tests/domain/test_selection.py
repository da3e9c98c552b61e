"""Laws of the queue: who enters, in which order, and who never comes back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from review.domain.selection import Candidate, ReviewQueueManager, urgency

MANAGER = ReviewQueueManager(share=0.18)


def atom(name: str, confidence: float, **changes: object) -> Candidate:
    return replace(Candidate(atom_id=name, confidence=confidence, failed=False, loc=5), **changes)  # type: ignore[arg-type]


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        atom_id=st.uuids().map(str),
        confidence=st.sampled_from([0.2, 0.5, 0.5, 0.9]) | st.floats(0, 1),
        failed=st.booleans(),
        loc=st.integers(0, 12),
        suspiciousness=st.floats(0, 1),
        tests_reaching=st.integers(0, 3),
        complexity=st.floats(1, 9),
        flagged=st.booleans(),
        settled=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda candidate: candidate.atom_id,
)


def names(candidates: list[Candidate]) -> list[str]:
    return [entry.atom_id for entry in MANAGER.select(candidates)]


def test_the_failed_come_first_and_the_least_confident_follow() -> None:
    atoms = [atom(f"ok{n}", 0.5 + n / 100) for n in range(20)]
    atoms += [atom("broken", 0.9, failed=True), atom("worse", 0.1, failed=True)]
    assert names(atoms) == ["worse", "broken", "ok0", "ok1", "ok2", "ok3"]  # round(0.18 * 22) of the rest


def test_atoms_without_code_take_no_part_in_the_quota() -> None:
    comments = [atom(f"comment{n}", 0.0, loc=0) for n in range(50)]
    assert names([*comments, *(atom(f"ok{n}", 0.9) for n in range(10))]) == ["ok0", "ok1"]


def test_ties_go_by_suspicion_then_tests_then_complexity_then_id() -> None:
    ordered = [
        atom("z", 0.5, suspiciousness=0.4, tests_reaching=9),
        atom("y", 0.5, tests_reaching=0, complexity=1.0),
        atom("x", 0.5, tests_reaching=1, complexity=8.0),
        atom("a", 0.5, tests_reaching=1, complexity=2.0),
        atom("b", 0.5, tests_reaching=1, complexity=2.0),
    ]
    assert sorted([ordered[n] for n in (3, 0, 4, 2, 1)], key=urgency) == ordered


def test_a_hit_of_the_forgery_scan_enters_beside_the_quota() -> None:
    atoms = [atom(f"ok{n}", 0.5) for n in range(9)] + [atom("forged", 1.0, flagged=True)]
    assert names(atoms) == ["ok0", "ok1", "forged"]


@given(CANDIDATES)
def test_laws_of_selection(candidates: list[Candidate]) -> None:
    entries = MANAGER.select(candidates)
    by_id = {candidate.atom_id: candidate for candidate in candidates}
    chosen = [by_id[entry.atom_id] for entry in entries]

    assert [entry.priority for entry in entries] == list(range(1, len(entries) + 1))
    assert not any(candidate.settled for candidate in chosen)
    sure = [c for c in candidates if (c.failed or c.flagged) and not c.settled]
    assert {c.atom_id for c in sure} <= {c.atom_id for c in chosen}
    rest = [c for c in chosen if not c.failed and not c.flagged]
    assert len(rest) <= round(0.18 * sum(c.loc > 0 for c in candidates))
    assert [c.failed for c in chosen] == sorted((c.failed for c in chosen), reverse=True)
    for group in ([c for c in chosen if c.failed], [c for c in chosen if not c.failed]):
        assert group == sorted(group, key=urgency)
    left = [c for c in candidates if c.loc > 0 and not (c.failed or c.flagged or c.settled) and c not in rest]
    if rest and left:
        assert max(map(urgency, rest)) < min(map(urgency, left))


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(candidates: list[Candidate], random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert MANAGER.select(shuffled) == MANAGER.select(candidates)


@given(CANDIDATES)
def test_asking_again_after_decisions_adds_nothing(candidates: list[Candidate]) -> None:
    first = {entry.atom_id for entry in MANAGER.select(candidates)}
    settled = [replace(c, settled=c.settled or c.atom_id in first) for c in candidates]
    assert MANAGER.select(settled) == []
