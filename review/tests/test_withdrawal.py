"""What waits for a person and is settled otherwise: withdrawn with what happened, queued again where it must be."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from execution import changes, dispatchers, retrying, services
from execution.contracts import reopened_by
from execution.models import ExecutionRun, RunAtom, RunEvent
from kernel.states import AtomStatus, RunStatus
from review.errors import Withdrawn
from review.models import HumanReviewQueue, ReviewDecision
from review.services import claims, decisions, queue
from review.services.decisions import Request
from review.tests.world import check, finding, make_review, open_rows, validate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (changes, services, dispatchers):
        monkeypatch.setattr(module, "wake", lambda run_id: None)
    monkeypatch.setattr(retrying, "configured", lambda: True)


@pytest.fixture
def failed(atoms: list[RunAtom]) -> RunAtom:
    """A failed atom."""
    RunAtom.objects.filter(pk=atoms[0].pk).update(status=AtomStatus.FAILED)
    atoms[0].refresh_from_db()
    return atoms[0]


@pytest.fixture
def review(failed: RunAtom, alice: User) -> HumanReviewQueue:
    """Its review, which Alice is looking at."""
    review = make_review(failed)
    claims.claim(user=alice, review_id=review.pk, now=NOW)
    return review


def test_another_attempt_withdraws_the_review_that_waits(
    run: ExecutionRun, failed: RunAtom, review: HumanReviewQueue, alice: User
) -> None:
    retrying.retry_atom(run, failed.atom_id)
    review.refresh_from_db()
    assert (review.status, review.decision, review.reason_code) == ("regenerated", "withdrawn", "retried")
    assert (review.claimed_by_id, review.version) == (None, 2)
    assert RunEvent.objects.filter(type="review.changed").latest("seq").data["decision"] == "withdrawn"
    with pytest.raises(Withdrawn, match="another attempt"):
        decisions.approve(Request(user=alice, review_id=review.pk, version=1, now=NOW))
    assert not ReviewDecision.objects.exists()

    RunAtom.objects.filter(pk=failed.pk).update(status=AtomStatus.FAILED)
    for _ in range(2):
        queue.on_atoms_failed(run.pk, [failed.atom_id])
    [again] = open_rows(run)
    assert (again.atom_id, again.pk != review.pk) == (failed.atom_id, True)


def test_what_passed_meanwhile_comes_back_only_where_it_would_be_chosen(
    run: ExecutionRun, atoms: list[RunAtom], failed: RunAtom, review: HumanReviewQueue
) -> None:
    retrying.retry_atom(run, failed.atom_id)
    RunAtom.objects.filter(pk=failed.pk).update(status=AtomStatus.PASSED, attempts=3, complexity=20, best_attempt=3)
    queue.on_run_revalidated(run.pk)
    assert [row.atom_id for row in open_rows(run)] == [failed.atom_id]  # and nobody else enters late
    HumanReviewQueue.objects.filter(run=run, status="pending").update(status="approved", decision="approve")
    queue.on_run_revalidated(run.pk)
    assert open_rows(run) == []


def test_cancelling_withdraws_everything_and_the_answer_says_so(
    run: ExecutionRun, review: HumanReviewQueue, atoms: list[RunAtom], alice: User, as_user: Callable[[Any], APIClient]
) -> None:
    decided = make_review(atoms[5], status="approved", decision="approve", human_feedback="fine")
    ExecutionRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    run.refresh_from_db()
    services.cancel(run)
    asked = {"review_id": str(review.pk), "version": 1, "feedback": "words", "reason_code": "other"}
    answer = as_user(alice).post("/api/v2/review/reject", asked, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn")
    assert answer.json()["data"]["review"]["decision"] == "withdrawn"
    assert open_rows(run) == []
    page = as_user(alice).get("/api/v2/review/queue?view=done").json()
    assert ([row["review_id"] for row in page["results"]], page["counts"]["done"]) == ([str(decided.pk)], 1)
    decided.refresh_from_db()
    assert (decided.decision, decided.human_feedback) == ("approve", "fine")


def test_what_people_vouched_for_is_not_opened_again_but_says_that_it_fails(
    run: ExecutionRun, atoms: list[RunAtom]
) -> None:
    RunAtom.objects.filter(pk=atoms[1].pk).update(decided=True)
    row = make_review(atoms[2], status="approved", decision="approve")
    ids = [str(atom.atom_id) for atom in atoms[:4]]
    assert set(reopened_by(run.pk, ids).values_list("symbol", flat=True)) == {"f0", "f3"}
    validate(atoms[2], check("types", "failed", finding("Missing argument", code="call-arg")))
    RunAtom.objects.filter(pk=atoms[2].pk).update(status=AtomStatus.FAILED)
    queue.on_run_revalidated(run.pk)
    row.refresh_from_db()
    assert (row.status, row.issue_detected, row.version) == ("approved", "Missing argument", 2)
    assert open_rows(run) == []
