"""What became of work on atoms, and how it is stored: whatever ended together is settled in one transaction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from execution import events, leases
from execution.attempts.models import AtomRetryHistory
from execution.domain.retry import Attempt, Decision, RetryOrchestrator
from execution.domain.verdict import Verdict
from execution.engine.history import Try, record
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from execution.signals import atom_regenerated, atoms_failed
from kernel.states import ATOM_DONE, AtomStatus
from validation.domain.model import LevelResult
from validation.services import record as record_levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A usable reply, to be judged. ``told`` goes into the history: number, prompt, model, cost, tokens, sampling."""

    code: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One attempt with its verdict; ``code`` None: the reply held none."""

    verdict: Verdict
    told: Mapping[str, Any]
    code: str | None = None
    result: LevelResult | None = None
    suspiciousness: float | None = None
    tests_reaching: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No further attempt is possible or useful."""

    error: Mapping[str, Any]
    result: LevelResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The provider is away or busy: the same attempt again in so many seconds."""

    seconds: float
    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """The budget has no room."""

    reason: str


Outcome = Replied | Judged | Failed | Wait | Parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An outcome with the claim that it was reached under."""

    claimed: Claim
    atom: RunAtom
    outcome: Judged | Failed | Wait | Parked


@dataclass(slots=True)
class _News:
    """What to tell when the transaction is through."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    failed: list[uuid.UUID] = field(default_factory=list)
    regenerated: list[uuid.UUID] = field(default_factory=list)
    done: list[uuid.UUID] = field(default_factory=list)


def settle_all(run: ExecutionRun, ended: Sequence[Ended]) -> None:
    """Store outcomes. One whose lease was lost changes nothing: somebody else has the atom, the ledger its reply."""
    if not ended:
        return
    news = _News()
    with transaction.atomic():
        mine = leases.held_of(run.pk, {one.atom.atom_id: one.claimed.token for one in ended})
        kept = [one for one in ended if one.atom.atom_id in mine]
        if not kept:
            return
        _record(run, kept)
        moves = []
        for one in kept:
            after, fields = _after(run, one.atom, one.outcome)
            moves.append(leases.Move(claimed=one.claimed, atom_id=one.atom.atom_id, after=after, fields=fields))
            _note(news, one.atom, after, fields)
        leases.settle_each(run.pk, moves)
        leases.release_dependents(run.pk, news.done, all_passed=not news.failed)
        events.publish(topic="run", type="atoms.status", data={"atoms": news.rows}, run_id=run.pk)
        _tell_later(run, news)


def accepted(ended: Sequence[Ended]) -> dict[uuid.UUID, str]:
    """The code that was accepted, by atom."""
    judged = ((one.atom.atom_id, one.outcome) for one in ended)
    return {
        atom_id: outcome.code
        for atom_id, outcome in judged
        if isinstance(outcome, Judged) and outcome.verdict.accepted and outcome.code is not None
    }


def hand_over(run: ExecutionRun, replied: Sequence[tuple[Claim, RunAtom]]) -> None:
    """Give atoms whose reply is stored back to the queue, to be judged under a lease of its own."""
    by_claim: dict[uuid.UUID, tuple[Claim, list[uuid.UUID]]] = {}
    for claimed, atom in replied:
        by_claim.setdefault(claimed.token, (claimed, []))[1].append(atom.atom_id)
    for claimed, atom_ids in by_claim.values():
        leases.settle(claimed, atom_ids, after=AtomStatus.READY, stage=Stage.VALIDATE)


def _record(run: ExecutionRun, kept: Sequence[Ended]) -> None:
    by_attempt: dict[int | None, list[LevelResult]] = {}
    tries = []
    for one in kept:
        outcome = one.outcome
        if isinstance(outcome, Judged):
            told = dict(outcome.told)
            tries.append(
                Try(
                    atom_id=one.atom.atom_id, error=outcome.verdict.error, score=outcome.verdict.score,
                    code=outcome.code, **told,
                )
            )  # fmt: skip
            if outcome.result is not None:
                by_attempt.setdefault(told["number"], []).append(outcome.result)
        elif isinstance(outcome, Failed) and outcome.result is not None:
            by_attempt.setdefault(None, []).append(outcome.result)
    for number, results in by_attempt.items():
        record_levels(run_id=run.pk, masterplan_id=run.masterplan_id, results=results, attempt_number=number)
    if tries:
        record(run.pk, tries)


def _after(run: ExecutionRun, atom: RunAtom, outcome: Outcome) -> tuple[AtomStatus, dict[str, Any]]:
    if isinstance(outcome, Parked):
        return AtomStatus.PARKED, {}
    if isinstance(outcome, Wait):
        later = Now() + timedelta(seconds=outcome.seconds)
        return AtomStatus.RETRY_WAIT, {"not_before": later, "last_error": dict(outcome.error)}
    if isinstance(outcome, Failed):
        return AtomStatus.FAILED, {"last_error": dict(outcome.error)}
    if isinstance(outcome, Judged):
        return _judged(run, atom, outcome)
    raise TypeError("a reply is judged before it is settled")


def _judged(run: ExecutionRun, atom: RunAtom, outcome: Judged) -> tuple[AtomStatus, dict[str, Any]]:
    number, error = outcome.told["number"], outcome.verdict.error
    fields: dict[str, Any] = {"attempts": number, "last_error": dict(error) if error else None}
    if outcome.suspiciousness is not None:
        fields |= {"suspiciousness": outcome.suspiciousness, "tests_reaching": outcome.tests_reaching}
    decision = RetryOrchestrator(allowed=atom.allowed_attempts).decide(number, accepted=outcome.verdict.accepted)
    if decision is Decision.ACCEPT:
        return AtomStatus.PASSED, fields | {"code": outcome.code, "best_attempt": number, "human_words": ""}
    if decision is Decision.AGAIN:
        return AtomStatus.READY, fields | {"stage": Stage.GENERATE}
    return AtomStatus.FAILED, fields | best_of(run, atom.atom_id) | {"human_words": ""}


def best_of(run: ExecutionRun, atom_id: uuid.UUID) -> dict[str, Any]:
    """The fields that keep the best try of an atom."""
    rows = AtomRetryHistory.objects.filter(run=run, atom_id=atom_id, score__isnull=False)
    tries = [
        Attempt(number=number, score=score or 0.0, code=code, category=str((error or {}).get("category", "")))
        for number, score, code, error in rows.values_list("attempt_number", "score", "code_generated", "error")
    ]
    best = RetryOrchestrator(allowed=0).best(tries)
    if best is None:
        return {"code": None, "best_attempt": 0 if any(one.number == 0 for one in tries) else None}
    return {"code": best.code, "best_attempt": best.number}


def _note(news: _News, atom: RunAtom, after: AtomStatus, fields: Mapping[str, Any]) -> None:
    attempts = fields.get("attempts", atom.attempts)
    news.rows.append({"atom_id": str(atom.atom_id), "status": after, "attempts": attempts})
    if after in ATOM_DONE:
        news.done.append(atom.atom_id)
    if after is AtomStatus.FAILED:
        news.failed.append(atom.atom_id)
    if atom.human_words and after in (AtomStatus.PASSED, AtomStatus.FAILED):
        news.regenerated.append(atom.atom_id)


def _tell_later(run: ExecutionRun, news: _News) -> None:
    def tell() -> None:
        if news.failed:
            atoms_failed.send(sender=ExecutionRun, run_id=run.pk, atom_ids=news.failed)
        for atom_id in news.regenerated:
            atom_regenerated.send(sender=ExecutionRun, run_id=run.pk, atom_id=atom_id)

    transaction.on_commit(tell)
