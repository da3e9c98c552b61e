"""What enters the queue when the engine tells news, and what stays."""

from typing import Any

import pytest

from atoms.models import AtomicUnit
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun, RunAtom, RunEvent
from kernel.states import AtomStatus, ExecutionMode, ReviewStatus
from review.models import HumanReviewQueue
from review.selectors.evidence import facts_of
from review.services import queue
from review.tests.world import check, finding, make_atoms, make_run, make_suite, open_rows, validate, validate_scope

pytestmark = pytest.mark.django_db
GOOD = [check("syntax"), check("names"), check("types"), check("tests")]


def fail(atom: RunAtom, *checks: dict[str, object]) -> None:
    RunAtom.objects.filter(pk=atom.pk).update(status=AtomStatus.FAILED)
    validate(atom, *checks)


def test_a_failed_atom_enters_at_once_with_reasons_and_help(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[3], check("syntax"), check("names", "failed", finding("Undefined name `y`\nhere")))
    queue.on_atoms_failed(run.pk, [atoms[3].atom_id])
    [row] = open_rows(run)
    assert (row.atom_id, row.priority, row.reasons) == (atoms[3].atom_id, 1, ["undefined name"])
    assert row.issue_detected == "Undefined name `y`"
    assert [(s["title"], s["source"], s["verified"]) for s in row.ai_suggestions or []] == [
        ("names: Undefined name `y`", "ruff", False)
    ]
    event = RunEvent.objects.get(type="review.added")
    assert (event.topic, event.run_id, event.data["count"]) == ("review", run.pk, 1)


def test_the_failing_test_is_quoted(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[1], check("tests", "failed"))
    case = {"id": "t.py::a", "status": "failed", "message": "E  assert 1 == 2"}
    make_suite(run, [case], {"t.py::a": {"pkg/code.py": [5]}})
    queue.on_atoms_failed(run.pk, [atoms[1].atom_id])
    [suggestion] = open_rows(run)[0].ai_suggestions or []
    assert (suggestion["title"], suggestion["source"]) == ("failing test: assert 1 == 2", "tests")


def test_the_same_news_twice_adds_nothing(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[3], check("types", "failed"))
    for _ in range(2):
        queue.on_atoms_failed(run.pk, [atoms[3].atom_id])
        queue.on_run_completed(run.pk)
    assert len(open_rows(run)) == 3  # the failed one and round(0.18 * 10) of the rest


def test_the_run_ends_scored_and_the_least_confident_follow_the_failed(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    for atom in atoms[:8]:
        validate(atom, *GOOD)
    validate(atoms[8], check("syntax"), check("names"), check("types"), check("tests", "not_run"))
    fail(atoms[9], check("tests", "failed"))
    RunAtom.objects.filter(pk=atoms[2].pk).update(complexity=14)
    queue.on_run_completed(run.pk)

    rows = open_rows(run)
    assert [row.atom_id for row in rows] == [atoms[9].atom_id, atoms[2].atom_id, atoms[8].atom_id]
    assert [row.priority for row in rows] == [1, 2, 3]
    assert [row.reasons for row in rows] == [["failing test"], ["low confidence"], ["no test ran"]]
    scored = RunAtom.objects.get(pk=atoms[8].pk)
    assert scored.confidence == pytest.approx(0.4 * 0.875 + 0.3 + 0.2 + 0.05)
    assert scored.confidence_terms is not None
    assert {term["name"]: term["weight"] for term in scored.confidence_terms} == {
        "validation": 0.4, "attempts": 0.3, "complexity": 0.2, "integration": 0.1,
    }  # fmt: skip
    assert str(AtomicUnit.objects.get(pk=atoms[8].atom_id).confidence_score) == f"{scored.confidence:.2f}"


def test_levels_above_count_for_the_atoms_they_hold(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    other = make_atoms(run, 1, path="pkgother/code.py")
    validate_scope(run, 3, "pkg", check("rules", "failed"))
    validate_scope(run, 2, "pkg/code.py", check("calls"))
    queue.on_run_completed(run.pk)
    terms: dict[int, Any] = dict(RunAtom.objects.values_list("pk", "confidence_terms"))
    assert [terms[atom.pk][3]["value"] for atom in (atoms[0], other[0])] == [0.5, 0.5]
    assert terms[atoms[0].pk][3]["evidence"] == ["rules: failed", "calls: passed"]
    assert terms[other[0].pk][3]["evidence"] == ["nothing ran"]


def test_an_older_result_of_the_same_run_does_not_count(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    validate(atoms[0], check("types", "failed"))
    run_row = validate(atoms[0], *GOOD)
    type(run_row).objects.exclude(pk=run_row.pk).update(superseded=True)
    [facts] = facts_of(run.pk, [atoms[0].atom_id])
    assert [item.name for item in facts.evidence.atomic] == ["syntax", "names", "types", "tests"]


def test_without_a_model_a_failed_draft_says_so(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    bare = make_run(run.masterplan, model=None)
    [atom] = make_atoms(bare, 1, path="b.py")
    fail(atom, check("tests", "failed"))
    queue.on_atoms_failed(bare.pk, [atom.atom_id])
    assert open_rows(bare)[0].reasons == ["failing test", "no model configured"]


def test_what_a_person_decided_never_comes_back(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[0], check("types", "failed"))
    queue.on_run_completed(run.pk)
    HumanReviewQueue.objects.update(status=ReviewStatus.APPROVED)
    queue.on_atoms_failed(run.pk, [atoms[0].atom_id])
    queue.on_run_completed(run.pk)
    queue.on_run_revalidated(run.pk)
    assert open_rows(run) == []


def test_a_regenerated_atom_comes_back_in_a_new_row_with_the_draft_as_alternative(
    run: ExecutionRun, atoms: list[RunAtom]
) -> None:
    fail(atoms[0], check("types", "failed"))
    queue.on_atoms_failed(run.pk, [atoms[0].atom_id])
    HumanReviewQueue.objects.update(status=ReviewStatus.REGENERATED)
    RunAtom.objects.filter(pk=atoms[0].pk).update(status=AtomStatus.PASSED, attempts=1, code="def f0(x): return x\n")
    for number, code, success in [(1, "def f0(x): return x\n", True), (2, "def f0(x): return 2\n", False)]:
        AtomRetryHistory.objects.create(
            atom_id=atoms[0].atom_id, run=run, attempt_number=number, success=success, code_generated=code,
            llm_model="scripted",
        )  # fmt: skip
    for _ in range(2):
        queue.on_atom_regenerated(run.pk, atoms[0].atom_id)
    [row] = open_rows(run)
    assert [(s["title"], s["source"], s["verified"]) for s in row.ai_suggestions or []][:2] == [
        ("The draft as it came in", "draft", False),
        ("Attempt 2, which did not pass", "scripted", False),
    ]


def test_after_a_change_open_rows_follow_and_newly_failed_atoms_enter(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    for atom in atoms:
        validate(atom, *GOOD)
    RunAtom.objects.filter(pk__in=[atoms[0].pk, atoms[1].pk]).update(complexity=9)
    queue.on_run_completed(run.pk)
    first, second = open_rows(run)
    validate(RunAtom.objects.get(run=run, atom_id=second.atom_id), check("types", "failed"))
    fail(atoms[9], check("tests", "failed"))
    queue.on_run_revalidated(run.pk)
    rows = open_rows(run)
    assert [row.atom_id for row in rows] == [atoms[9].atom_id, second.atom_id, first.atom_id]
    assert {row.atom_id: row.version for row in rows} == {
        atoms[9].atom_id: 1, second.atom_id: 2, first.atom_id: 1,
    }  # only what reads differently is another version  # fmt: skip
    told = RunEvent.objects.get(type="review.rescored")
    assert told.run_id == run.pk
    assert {(row["review_id"], row["version"], row["confidence"]) for row in told.data["reviews"]} == {
        (str(row.pk), row.version, row.confidence) for row in rows if row.atom_id == second.atom_id
    }  # the other one says what it said; the newly failed one is told of as added  # fmt: skip


def test_new_terms_of_a_decided_item_are_told_and_its_row_stays(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[0], check("types", "failed"))
    queue.on_atoms_failed(run.pk, [atoms[0].atom_id])
    queue.on_run_revalidated(run.pk)
    before = HumanReviewQueue.objects.get(atom_id=atoms[0].atom_id)
    HumanReviewQueue.objects.update(status=ReviewStatus.APPROVED)
    RunEvent.objects.all().delete()
    validate(atoms[0], *GOOD)
    queue.on_run_revalidated(run.pk)
    [told] = RunEvent.objects.filter(type="review.rescored")
    row = HumanReviewQueue.objects.get(pk=before.pk)
    assert [review["review_id"] for review in told.data["reviews"]] == [str(row.pk)]
    assert row.confidence == before.confidence
    RunEvent.objects.all().delete()
    queue.on_run_revalidated(run.pk)
    assert not RunEvent.objects.filter(type="review.rescored").exists()  # nothing new, nothing told


def test_the_mvp_and_a_switched_off_review_make_no_rows(run: ExecutionRun) -> None:
    mvp = make_run(run.masterplan, mode=ExecutionMode.MVP)
    off = make_run(run.masterplan, mode=ExecutionMode.HYBRID, switches={"ENABLE_HUMAN_REVIEW": False})
    for number, other in enumerate((mvp, off)):
        [atom] = make_atoms(other, 1, path=f"{number}.py", status=AtomStatus.FAILED)
        queue.on_atoms_failed(other.pk, [atom.atom_id])
        queue.on_run_completed(other.pk)
    assert HumanReviewQueue.objects.count() == 0


def test_hostile_text_stays_text(run: ExecutionRun, atoms: list[RunAtom]) -> None:
    fail(atoms[0], check("types", "failed", finding("<script>alert(1)</script>\u202e" + "x" * 10_000)))
    queue.on_atoms_failed(run.pk, [atoms[0].atom_id])
    [row] = open_rows(run)
    assert row.issue_detected == ("<script>alert(1)</script>\u202e" + "x" * 10_000)[:500]
    assert len((row.ai_suggestions or [])[0]["title"]) <= 160


def test_scoring_takes_a_fixed_number_of_queries(
    run: ExecutionRun, atoms: list[RunAtom], django_assert_max_num_queries: object
) -> None:
    make_atoms(run, 300, path="big.py")
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        queue.on_run_completed(run.pk)
    assert len(open_rows(run)) == round(0.18 * 310)
