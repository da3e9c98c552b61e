"""Undo: one's own last decision, while nothing was built on it; the atom comes back as it was."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from execution import changes
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun, RunAtom, RunEvent
from graphs.models import AtomDependency, DependencyGraph
from kernel.states import AtomStatus, RunStatus
from review.errors import KeyReused, NothingToUndo, TooLate
from review.models import HumanReviewQueue, ReviewDecision
from review.services import claims, decisions
from review.services.decisions import Asked, ReasonCode, Request
from review.services.undo import undo
from review.tests.world import check, make_review, validate
from validation.domain.model import Level, LevelResult
from validation.models import ValidationResult

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sandbox and no driver: what is tested is what stands in the database for them to find."""

    def passes(run_id: uuid.UUID, atom_id: uuid.UUID, code: str) -> LevelResult:
        return LevelResult(level=Level.ATOMIC, scope=str(atom_id), atom_id=str(atom_id), checks=())

    monkeypatch.setattr(changes, "check_edit", passes)
    monkeypatch.setattr(changes, "wake", lambda run_id: None)
    monkeypatch.setattr(changes, "configured", lambda: True)


@pytest.fixture
def atom(atoms: list[RunAtom]) -> RunAtom:
    """A failed atom whose draft stands."""
    RunAtom.objects.filter(pk=atoms[0].pk).update(status=AtomStatus.FAILED, last_error={"message": "no"})
    atoms[0].refresh_from_db()
    return atoms[0]


@pytest.fixture
def review(atom: RunAtom) -> HumanReviewQueue:
    """Its review."""
    return make_review(atom)


@pytest.fixture
def asked(alice: User, review: HumanReviewQueue) -> Request:
    """Alice decides."""
    return Request(user=alice, review_id=review.pk, version=1, now=NOW)


def back(request: Request, **more: Any) -> Asked:
    """The wish to undo."""
    return Asked(user=request.user, review_id=request.review_id, now=NOW, **more)


def state(atom: RunAtom) -> dict[str, Any]:
    """What an undo must bring back."""
    return changes.snapshot(atom.run_id, atom.atom_id)


def depend(atom: RunAtom, on: RunAtom) -> None:
    """Store an edge."""
    graph, _ = DependencyGraph.objects.get_or_create(
        masterplan=atom.run.masterplan, total_atoms=2, total_edges=1, max_depth=1, total_waves=1, nodes_json=[],
        edges_json=[], topological_order=[],
    )  # fmt: skip
    AtomDependency.objects.create(
        graph=graph, from_atom_id=atom.atom_id, to_atom_id=on.atom_id, dependency_type="control", weight="0.50",
        reasons=[],
    )  # fmt: skip


def test_an_edit_is_taken_back_with_all_it_changed(asked: Request, atom: RunAtom, review: HumanReviewQueue) -> None:
    before, drafts_result = state(atom), validate(atom, check("types", "failed"))
    decisions.edit(asked, code="def f0(x):\n    return 7\n")
    validate(atom, check("types"))
    assert state(atom) != before
    ExecutionRun.objects.update(status=RunStatus.COMPLETED)

    outcome = undo(back(asked))

    assert (state(atom), outcome.revalidating) == (before, True)
    review.refresh_from_db()
    assert (review.status, review.decision, review.modified_code, review.version) == ("in_review", None, None, 3)
    assert review.claimed_by == asked.user, "nobody else decides on it in between"
    assert ValidationResult.objects.get(superseded=False) == drafts_result
    assert ExecutionRun.objects.get().status == RunStatus.RUNNING, "what was judged with the edit is judged again"
    verdict, taken_back = ReviewDecision.objects.order_by("id")
    assert (verdict.decision, verdict.undone_at) == ("edit", NOW)
    assert (taken_back.decision, taken_back.by, taken_back.feedback) == ("undo", asked.user, "undoes edit")
    decisions.approve(replace(asked, version=3))


def test_an_approval_is_taken_back_without_running_anything(asked: Request, atom: RunAtom) -> None:
    decisions.approve(asked)
    RunAtom.objects.filter(pk=atom.pk).update(status=AtomStatus.PASSED)  # another fix cleared it meanwhile
    assert not undo(back(asked)).revalidating
    assert state(atom)["status"] == AtomStatus.PASSED, "an approval changed nothing, so there is nothing to put back"
    assert not RunEvent.objects.filter(type="run.status").exists()


def test_a_rejected_proposal_comes_back(asked: Request, atom: RunAtom) -> None:
    RunAtom.objects.filter(pk=atom.pk).update(status=AtomStatus.PASSED, code="def f0(x):\n    return 1\n")
    decisions.reject(asked, reason_code=ReasonCode.STYLE)
    assert (state(atom)["status"], state(atom)["code"]) == (AtomStatus.FAILED, None)
    undo(back(asked))
    assert (state(atom)["status"], state(atom)["code"]) == (AtomStatus.PASSED, "def f0(x):\n    return 1\n")


def test_a_wish_for_another_attempt_is_taken_back_until_somebody_takes_it_up(asked: Request, atom: RunAtom) -> None:
    before = state(atom)
    decisions.regenerate(replace(asked, feedback="Use a loop."))
    assert state(atom)["status"] == AtomStatus.READY
    undo(back(asked))
    assert state(atom) == before

    decisions.regenerate(replace(asked, version=3))
    RunAtom.objects.filter(pk=atom.pk).update(status=AtomStatus.RUNNING, lease_token=uuid.uuid4())
    with pytest.raises(TooLate, match="Attempt 1 at f0"):
        undo(back(asked))


def test_it_is_too_late_once_a_dependent_was_tried_again(
    asked: Request, atom: RunAtom, atoms: list[RunAtom], review: HumanReviewQueue
) -> None:
    decisions.edit(asked, code="def f0(x):\n    return 7\n")
    stranger, dependent = atoms[1:3]
    for other in (stranger, dependent):
        AtomRetryHistory.objects.create(run=other.run, atom_id=other.atom_id, attempt_number=1, success=True)
    depend(dependent, on=atom)
    with pytest.raises(TooLate) as refused:
        undo(back(asked))
    [used] = refused.value.data["used_by"]
    assert (used["atom_id"], used["attempt"]) == (str(dependent.atom_id), 1)
    review.refresh_from_db()
    assert (review.status, state(atom)["code"]) == ("approved", "def f0(x):\n    return 7\n")


def test_only_ones_own_decision(asked: Request, dora: User) -> None:
    with pytest.raises(NothingToUndo, match="Nobody has decided"):
        undo(back(asked))
    decisions.approve(asked)
    with pytest.raises(NothingToUndo, match="made by alice"):
        undo(replace(back(asked), user=dora))


def test_the_same_request_again_undoes_nothing_more(asked: Request, review: HumanReviewQueue) -> None:
    decisions.approve(replace(asked, idempotency_key="approve-key"))
    first = undo(back(asked, idempotency_key="undo-key-1"))
    assert undo(back(asked, idempotency_key="undo-key-1")) == first
    assert ReviewDecision.objects.count() == 2
    with pytest.raises(KeyReused):
        undo(back(asked, idempotency_key="approve-key"))


def test_it_is_too_late_once_the_new_attempt_is_in_review(
    asked: Request, atom: RunAtom, review: HumanReviewQueue
) -> None:
    decisions.regenerate(asked)
    newer = make_review(atom)
    with pytest.raises(TooLate) as refused:
        undo(back(asked))
    assert refused.value.data["review_id"] == str(newer.pk)
    claims.claim(user=asked.user, review_id=newer.pk, now=NOW)  # who sent it back is not locked out
