"""Decisions: one per version, audited, repeatable, all or nothing. The engine is a recorder here."""

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from execution import changes
from execution.models import ExecutionRun, RunAtom, RunEvent
from kernel.errors import InvalidInput, Unavailable
from kernel.states import RunStatus
from review.errors import AlreadyDecided, ClaimedByAnother, EditFailed, KeyReused, ReviewNotFound, Stale
from review.models import HumanReviewQueue, ReviewDecision
from review.services import claims, decisions
from review.services.decisions import ReasonCode, Request
from review.tests.world import make_atoms, make_plan, make_review, make_run, real_transactions
from validation.domain.model import Check, Level, LevelResult, Status

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Engine:
    """Records what the engine is asked for; ``verdict`` is what checking an edit says."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.verdict = Status.PASSED

    def check_edit(self, run_id: uuid.UUID, atom_id: uuid.UUID, code: str) -> LevelResult:
        """Answer with the verdict on types."""
        self.calls.append(("check", code))
        checks = [Check(name=name, status=Status.PASSED) for name in ("syntax", "names")]
        checks.append(Check(name="types", status=self.verdict))
        return LevelResult(level=Level.ATOMIC, scope=str(atom_id), atom_id=str(atom_id), checks=tuple(checks))

    def apply_edit(self, run_id: uuid.UUID, atom_id: uuid.UUID, code: str, result: LevelResult | None = None) -> None:
        """As the engine does, set the run to work."""
        self.calls.append(("edit", code))
        ExecutionRun.objects.filter(pk=run_id).update(status=RunStatus.RUNNING)

    def apply_reject(self, run_id: uuid.UUID, atom_id: uuid.UUID) -> None:
        """The draft stands."""
        self.calls.append(("reject",))

    def regenerate(self, run_id: uuid.UUID, atom_id: uuid.UUID, feedback: str) -> None:
        """Ask the model again."""
        self.calls.append(("regenerate", feedback))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Stands in for the sandbox and the background work that a change starts."""
    recorder = Engine()
    for name in ("check_edit", "apply_edit", "apply_reject", "regenerate"):
        monkeypatch.setattr(changes, name, getattr(recorder, name))
    return recorder


@pytest.fixture
def review(atoms: list[RunAtom]) -> HumanReviewQueue:
    """One open review."""
    return make_review(atoms[0])


@pytest.fixture
def request_of(alice: User, review: HumanReviewQueue) -> Request:
    """Alice decides on the version she saw."""
    return Request(user=alice, review_id=review.pk, version=1, now=NOW, active_ms=4_200)


def test_approve_closes_the_row_and_leaves_an_audit(request_of: Request, review: HumanReviewQueue) -> None:
    outcome = decisions.approve(request_of)
    review.refresh_from_db()
    assert (review.status, review.decision, review.version, review.reviewed_at) == ("approved", "approve", 2, NOW)
    assert (review.assigned_to, review.claimed_by, review.claimed_until) == ("alice", None, None)
    audit = ReviewDecision.objects.get()
    assert (audit.by, audit.version_seen, audit.active_ms) == (request_of.user, 1, 4_200)
    assert not outcome.revalidating
    event = RunEvent.objects.get(type="review.changed")
    assert (event.data["status"], event.data["version"]) == ("approved", 2)


def test_a_stale_version_changes_nothing(request_of: Request, review: HumanReviewQueue) -> None:
    HumanReviewQueue.objects.update(version=2)
    with pytest.raises(Stale, match="version 2"):
        decisions.approve(request_of)
    review.refresh_from_db()
    assert (review.status, ReviewDecision.objects.count(), RunEvent.objects.count()) == ("pending", 0, 0)


def test_a_second_decision_is_refused(request_of: Request, engine: Engine) -> None:
    decisions.approve(request_of)
    with pytest.raises(AlreadyDecided):
        decisions.reject(replace(request_of, version=2), reason_code=ReasonCode.STYLE)
    assert engine.calls == []


def test_the_same_request_again_gets_the_same_answer(request_of: Request, engine: Engine) -> None:
    keyed = replace(request_of, idempotency_key="0123456789")
    first = decisions.edit(keyed, code="pass\n")
    assert decisions.edit(keyed, code="pass\n") == first
    assert engine.calls == [("check", "pass\n"), ("edit", "pass\n")]
    assert ReviewDecision.objects.count() == 1


def test_a_key_of_another_decision_is_refused(request_of: Request, atoms: list[RunAtom]) -> None:
    keyed = replace(request_of, idempotency_key="0123456789")
    decisions.approve(keyed)
    with pytest.raises(KeyReused):
        decisions.approve(replace(keyed, review_id=make_review(atoms[1]).pk))


def test_the_claim_of_another_is_respected_until_it_expires(request_of: Request, dora: User) -> None:
    claims.claim(user=dora, review_id=request_of.review_id, now=NOW)
    with pytest.raises(ClaimedByAnother):
        decisions.approve(request_of)
    decisions.approve(replace(request_of, now=NOW + timedelta(seconds=300)))


def test_nobody_decides_what_they_may_not_see(request_of: Request, bob: User) -> None:
    with pytest.raises(ReviewNotFound):
        decisions.approve(replace(request_of, user=bob))


def test_an_edit_is_checked_then_put_in(request_of: Request, review: HumanReviewQueue, engine: Engine) -> None:
    outcome = decisions.edit(request_of, code="return 1\n", override_reason="not needed")
    review.refresh_from_db()
    assert (review.status, review.decision, review.modified_code) == ("approved", "edit", "return 1\n")
    assert engine.calls == [("check", "return 1\n"), ("edit", "return 1\n")]
    assert ReviewDecision.objects.get().override_reason == ""  # there was nothing to override
    assert outcome.revalidating


def test_an_edit_that_fails_needs_a_reason(request_of: Request, review: HumanReviewQueue, engine: Engine) -> None:
    engine.verdict = Status.FAILED
    with pytest.raises(EditFailed) as refused:
        decisions.edit(request_of, code="bad", override_reason="  ")
    assert [(c["name"], c["status"]) for c in refused.value.data["checks"]][-1] == ("types", "failed")
    review.refresh_from_db()
    assert review.status == "pending"
    decisions.edit(request_of, code="bad", override_reason="The stubs are wrong.")
    assert ReviewDecision.objects.get().override_reason == "The stubs are wrong."


def test_an_edit_is_not_checked_for_who_may_not_make_it(request_of: Request, engine: Engine) -> None:
    with pytest.raises(Stale):
        decisions.edit(replace(request_of, version=7), code="x = 1\n")
    assert engine.calls == []


def test_a_change_during_the_check_makes_the_edit_stale(
    request_of: Request, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_while_others_work(run_id: uuid.UUID, atom_id: uuid.UUID, code: str) -> LevelResult:
        HumanReviewQueue.objects.update(version=2)
        return engine.check_edit(run_id, atom_id, code)

    monkeypatch.setattr(changes, "check_edit", check_while_others_work)
    with pytest.raises(Stale):
        decisions.edit(request_of, code="x = 1\n")
    assert engine.calls == [("check", "x = 1\n")]


@pytest.mark.parametrize("code", ["a\x00b", "\ud800", "x" * 1_000_001])
def test_code_that_cannot_be_stored_is_refused_whole(request_of: Request, engine: Engine, code: str) -> None:
    with pytest.raises(InvalidInput):
        decisions.edit(request_of, code=code)
    assert engine.calls == []


def test_reject_keeps_reason_and_words(request_of: Request, review: HumanReviewQueue, engine: Engine) -> None:
    words = "<b>no</b>\x00\u202e"
    outcome = decisions.reject(replace(request_of, feedback=words), reason_code=ReasonCode.WRONG_API)
    review.refresh_from_db()
    assert (review.status, review.reason_code) == ("rejected", "wrong_api")
    assert review.human_feedback == "<b>no</b>\ufffd\u202e"
    assert engine.calls == [("reject",)]
    assert not outcome.revalidating  # the draft stood already: the engine left the run as it was


def test_regenerate_passes_the_words_on(request_of: Request, review: HumanReviewQueue, engine: Engine) -> None:
    decisions.regenerate(replace(request_of, feedback="Mind the empty list."))
    review.refresh_from_db()
    assert (review.status, engine.calls) == ("regenerated", [("regenerate", "Mind the empty list.")])


def test_without_a_model_regenerate_leaves_everything_as_it_was(
    request_of: Request, review: HumanReviewQueue, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(run_id: uuid.UUID, atom_id: uuid.UUID, feedback: str) -> None:
        raise Unavailable("no model configured")

    monkeypatch.setattr(changes, "regenerate", refuse)
    with pytest.raises(Unavailable):
        decisions.regenerate(request_of)
    review.refresh_from_db()
    assert (review.status, review.version, ReviewDecision.objects.count()) == ("pending", 1, 0)


@real_transactions
def test_two_approvals_never_share_one_review() -> None:
    run = make_run(make_plan(User.objects.create_user("owner")))
    reviews = [make_review(atom) for atom in make_atoms(run, 5)]
    people = [User.objects.create_superuser(f"admin{n}") for n in range(4)]
    won: list[tuple[uuid.UUID, int]] = []

    def work(user: User) -> None:
        for review in reviews:
            try:
                decisions.approve(Request(user=user, review_id=review.pk, version=1, now=NOW))
                won.append((review.pk, user.pk))
            except AlreadyDecided:
                continue
        connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(review_id for review_id, _ in won) == sorted(review.pk for review in reviews)
    assert sorted(ReviewDecision.objects.values_list("review_id", "by_id")) == sorted(won)
