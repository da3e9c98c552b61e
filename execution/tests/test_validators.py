"""Workers judge stored replies in batches: each reply once, what has none goes back, what takes long goes alone."""

import uuid
from itertools import pairwise
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
    quick = seconds / judged <= validators.BATCH_SECONDS / 2 * (1 + 1e-9)  # at the edge floats decide
    assert quick or validators._at_once(judged, seconds) == 1


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


@pytest.mark.django_db
def test_the_longer_replies_wait_the_more_rarely_workers_are_called(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    run, now, calls = make_run(3), [1000.0], list[tuple[float, int]]()
    monkeypatch.setattr(validators, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(validators, "_call", lambda _, workers: calls.append((now[0], workers)))
    settings.MGE_VALIDATORS = 2
    RunAtom.objects.filter(run=run).update(stage=Stage.VALIDATE, started_at=timezone.now())

    for _ in range(300):  # a minute, as a driver looks
        assert validators.call_validators(run)
        now[0] += 0.2

    assert calls[0] == (1000.0, 2)
    pauses = [later - sooner for (sooner, _), (later, _) in pairwise(calls)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pytest.approx(validators.LONGEST_CALL_SECONDS, abs=1)
    assert len(calls) < 13
    RunAtom.objects.filter(run=run).update(stage=Stage.GENERATE)
    assert validators.call_validators(run)
    now[0] += validators.CALL_SECONDS
    RunAtom.objects.filter(run=run, position=0).update(stage=Stage.VALIDATE)
    assert validators.call_validators(run)
    assert calls[-1] == (now[0], 1), "what comes after a rest is called for at once"


@pytest.mark.django_db(transaction=True)
def test_a_late_call_holds_no_worker_and_a_long_run_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, now, calls = make_run(3), [1000.0], list[int]()
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda _: pytest.fail("a worker waits for nothing"))
    monkeypatch.setattr(validators, "time", clock)
    monkeypatch.setattr(validators, "_call", lambda _, workers: calls.append(workers))
    monkeypatch.setattr(validators, "Briefs", lambda *_: None)

    monkeypatch.setattr(validators, "_bench", lambda _: pytest.fail("the evidence of another run is kept"))
    assert validators.validate(run.pk) == 0

    def judge(*_: object) -> None:
        now[0] += validators.TURN_SECONDS + 1

    monkeypatch.setattr(validators, "_judge", judge)
    monkeypatch.setattr(validators, "_bench", lambda _: SimpleNamespace(drafts=lambda: None, assembler=None))
    RunAtom.objects.filter(run=run).update(stage=Stage.VALIDATE)
    assert validators.validate(run.pk) == 1
    assert calls == [1]


def told() -> dict[str, Any]:
    return {"number": 1, "feedback": "", "model": "m"}
