"""Workers judge stored replies in batches: each reply once, what has none goes back, what takes long goes alone."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from execution import leases
from execution.domain.verdict import Verdict
from execution.engine import validators
from execution.engine.outcomes import Judged, Replied
from execution.models import ExecutionRun, RunAtom, Stage
from execution.tests.test_leases import make_run
from kernel.states import AtomStatus
from llm import ledger
from llm.models import CallState, LlmCall


@given(st.integers(1, 8), st.floats(0, 60))
def test_what_takes_long_is_taken_alone(judged: int, seconds: float) -> None:
    assert 1 <= validators._at_once(judged, seconds) <= validators.MOST_AT_ONCE
    assert seconds / judged < validators.BATCH_SECONDS / 2 or validators._at_once(judged, seconds) == 1 or seconds == 0


def answered(run: ExecutionRun, atom_id: uuid.UUID, attempt: int, code: str, **fields: Any) -> None:
    values: dict[str, Any] = {
        "key": uuid.uuid4().hex, "run_id": run.pk, "atom_id": atom_id, "attempt": attempt, "purpose": "generate",
        "model": "m", "state": CallState.RECEIVED, "request_sha": "s", "request": {}, "usage": None,
        "response": {"text": code, "tool_input": None, "stop_reason": None, "model": "m", "message_id": ""},
    }  # fmt: skip
    LlmCall.objects.create(**values | {"received_at": timezone.now()} | fields)


@pytest.mark.django_db
def test_each_atom_gets_the_reply_of_its_own_attempt() -> None:
    run, other = make_run(3), make_run(1)
    first, second, third = RunAtom.objects.filter(run=run).values_list("atom_id", flat=True)
    answered(run, first, 1, "old")
    answered(run, first, 2, "new")
    answered(run, second, 1, "mine")
    answered(run, second, 1, "for tests", purpose="tests")
    answered(other, third, 1, "of another run")

    found = ledger.calls_of_attempts(
        run_id=run.pk, attempts={first: 2, second: 1, third: 1}, purposes=("generate", "parent")
    )

    assert {one: ledger.reply_of(call).text for one, call in found.items()} == {first: "new", second: "mine"}


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_settled_together_and_what_has_no_reply_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(3)
    RunAtom.objects.filter(run=run).update(stage=Stage.VALIDATE)
    claimed = leases.claim(run.pk, stage=Stage.VALIDATE, limit=3)
    good, bad, lost = claimed.atom_ids
    monkeypatch.setattr(
        validators, "stored_replies", lambda *_: {one: Replied(code="x", told=told()) for one in (good, bad)}
    )

    def judge(atom: RunAtom, _replied: Replied, _bench: object) -> Judged:
        accepted = atom.atom_id == good
        error = None if accepted else {"category": "type", "message": "wrong"}
        return Judged(verdict=Verdict(accepted=accepted, score=1.0, error=error), told=told(), code="x")

    monkeypatch.setattr(validators, "judge_reply", judge)
    briefs: Any = SimpleNamespace(units=dict.fromkeys, parents=None)
    monkeypatch.setattr("execution.engine.outcomes.record", lambda *_: None)  # the history needs rows of atoms

    validators._judge(run, claimed, None, briefs)  # type: ignore[arg-type]  # the judge above needs no bench

    rows = {row.atom_id: row for row in RunAtom.objects.filter(run=run)}
    assert (rows[good].status, rows[good].code, rows[good].attempts) == (AtomStatus.PASSED, "x", 1)
    assert (rows[bad].status, rows[bad].stage, rows[bad].attempts) == (AtomStatus.READY, Stage.GENERATE, 1)
    assert (rows[lost].status, rows[lost].stage, rows[lost].attempts) == (AtomStatus.READY, Stage.GENERATE, 0)


def told() -> dict[str, Any]:
    return {"number": 1, "feedback": "", "model": "m"}
