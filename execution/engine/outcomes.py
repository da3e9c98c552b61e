"""What became of work on atoms, and how it is stored: whatever ended together is settled in one transaction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from execution import events, leases
from execution.attempts.models import AtomRetryHistory
from execution.domain.feedback import Category
from execution.domain.retry import Attempt, Decision, RetryOrchestrator
from execution.domain.verdict import Verdict
from execution.engine.history import Try, record
from execution.engine.parents import fixed
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from execution.signals import atom_regenerated, atoms_failed
from execution.transitions import move_atoms
from kernel.states import ATOM_DONE, AtomStatus
from validation.domain.model import LevelResult
from validation.services import record as record_levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A usable reply, to be judged. ``told`` goes into the history: number, prompt, model, cost, tokens, sampling."""

    code: str
    told: Mapping[str, Any]
    whole: "Whole | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The parent of an atom, written anew: its ``text``, and the part of it that falls to each sibling.

    What it was judged with, and has to be settled with: the ``siblings`` as their rows were, and those ``codes`` that
    are new to them.
    """

    symbol: str
    text: str
    texts: Mapping[uuid.UUID, str]
    codes: Mapping[uuid.UUID, str] = field(default_factory=dict)
    siblings: Sequence[RunAtom] = ()
    results: Mapping[uuid.UUID, LevelResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One attempt with its verdict; ``code`` None: the reply held none."""

    verdict: Verdict
    told: Mapping[str, Any]
    code: str | None = None
    result: LevelResult | None = None
    suspiciousness: float | None = None
    tests_reaching: int | None = None
    whole: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No further attempt is possible or useful."""

    error: Mapping[str, Any]
    result: LevelResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The provider is away or busy, or the budget is held: the same attempt again in so many seconds.

    Without an ``error`` nothing went wrong, and what the next prompt is told stays.
    """

    seconds: float
    error: Mapping[str, Any] | None = None
    stage: Stage = Stage.GENERATE


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


def settle_all(run: ExecutionRun, ended: Sequence[Ended]) -> dict[uuid.UUID, str]:
    """Store outcomes; returns the code that counts from now on, by atom.

    One whose lease was lost changes nothing: somebody else has the atom, the ledger its reply.
    """
    if not ended:
        return {}
    news = _News()
    with transaction.atomic():
        ended = _checked(run, ended)
        mine = leases.held_of(run.pk, {one.atom.atom_id: one.claimed.token for one in ended})
        kept = [one for one in ended if one.atom.atom_id in mine]
        if not kept:
            return {}
        _record(run, kept)
        moves = []
        for one in kept:
            after, fields = _after(run, one.atom, one.outcome)
            moves.append(leases.Move(claimed=one.claimed, atom_id=one.atom.atom_id, after=after, fields=fields))
            _note(news, one.atom, after, fields)
        leases.settle_each(run.pk, moves)
        for one in kept:
            _take_along(run, one, news)
        leases.release_dependents(run.pk, news.done, all_passed=not news.failed)
        events.publish(topic="run", type="atoms.status", data={"atoms": news.rows}, run_id=run.pk)
        _tell_later(run, news)
    return _accepted(kept)


def _accepted(ended: Sequence[Ended]) -> dict[uuid.UUID, str]:
    codes: dict[uuid.UUID, str] = {}
    for one in ended:
        outcome = one.outcome
        if isinstance(outcome, Judged) and outcome.verdict.accepted and outcome.code is not None:
            codes |= {one.atom.atom_id: outcome.code, **(outcome.whole.codes if outcome.whole else {})}
    return codes


def hand_over(run: ExecutionRun, replied: Sequence[tuple[Claim, RunAtom]]) -> None:
    """Give atoms whose reply is stored back to the queue, to be judged under a lease of its own."""
    if replied:
        leases.hand_over(run.pk, {atom.atom_id: claimed.token for claimed, atom in replied})


def _checked(run: ExecutionRun, ended: Sequence[Ended]) -> list[Ended]:
    """Hold parents that were written anew against what their atoms are now, and lock all of those until the commit.

    A sibling that somebody works on, or that is not what it was when the reply was judged, has the stored reply judged
    again; where a sibling may not be changed any more, the attempt has failed.
    """
    wholes = {one.atom.atom_id: one.outcome.whole for one in ended
              if isinstance(one.outcome, Judged) and one.outcome.whole and one.outcome.verdict.accepted}  # fmt: skip
    if not wholes:
        return list(ended)
    ids = {one.atom.atom_id for one in ended} | {row.atom_id for w in wholes.values() for row in w.siblings}
    rows = RunAtom.objects.select_for_update().filter(run=run, atom_id__in=ids).order_by("pk")
    now = {row.atom_id: row for row in rows}
    taken: set[uuid.UUID] = set()
    checked = []
    for one in ended:
        whole = wholes.get(one.atom.atom_id)
        if whole is not None and isinstance(one.outcome, Judged):
            siblings = [(row, now.get(row.atom_id)) for row in whole.siblings]
            theirs = {row.atom_id for row in whole.siblings}
            outcome = _held_against(one.outcome, siblings, moved=bool(theirs & taken))
            checked.append(replace(one, outcome=outcome))
            taken |= {one.atom.atom_id, *theirs}
        else:
            checked.append(one)
    return checked


def _held_against(outcome: Judged, siblings: Sequence[tuple[RunAtom, RunAtom | None]], *, moved: bool) -> Judged | Wait:
    if any(now is None or fixed(now) for _, now in siblings):
        error = {"category": Category.OTHER.value, "message": "a part of the same definition may not be changed now"}
        return replace(outcome, verdict=Verdict(accepted=False, score=0.0, error=error))
    if moved or any(now.status == AtomStatus.RUNNING or now.version != row.version for row, now in siblings if now):
        return Wait(seconds=1.0, stage=Stage.VALIDATE)  # a part of the same definition changed
    return outcome


def _take_along(run: ExecutionRun, one: Ended, news: _News) -> None:
    """Give the siblings of an accepted parent their new code, as the same transaction gives the atom its own.

    It was nobody's own attempt, so it uses none of theirs up and costs them nothing; it is a row of their history.
    """
    outcome = one.outcome
    if not isinstance(outcome, Judged) or outcome.whole is None or not outcome.verdict.accepted:
        return
    whole = outcome.whole
    tries = []
    for row in whole.siblings:
        if row.atom_id not in whole.codes and row.status == AtomStatus.PASSED:
            continue
        number, code = row.attempts + 1, whole.codes.get(row.atom_id, row.code)
        fields = {"code": code, "attempts": number, "allowed_attempts": row.allowed_attempts + 1,
                  "best_attempt": number, "last_error": None}  # fmt: skip
        mine = RunAtom.objects.filter(pk=row.pk, version=row.version)
        before = AtomStatus(row.status)
        if before is AtomStatus.PASSED:
            mine.filter(status=before).update(version=F("version") + 1, finished_at=Now(), **fields)
        else:
            move_atoms(mine, before=before, after=AtomStatus.PASSED, **fields)
        said = f"Written anew with all of {whole.symbol}, by attempt {outcome.told['number']} at {one.atom.symbol}."
        tries.append(Try(atom_id=row.atom_id, number=number, error=None, score=1.0, code=code, feedback=said,
                         model=outcome.told["model"]))  # fmt: skip
        if row.atom_id in whole.results:
            record_levels(
                run_id=run.pk, masterplan_id=run.masterplan_id, results=[whole.results[row.atom_id]],
                attempt_number=number,
            )  # fmt: skip
        _note(news, row, AtomStatus.PASSED, fields)
    record(run.pk, tries)


def _record(run: ExecutionRun, kept: Sequence[Ended]) -> None:
    by_attempt: dict[int | None, list[LevelResult]] = {}
    tries = []
    for one in kept:
        outcome = one.outcome
        if isinstance(outcome, Judged):
            told = dict(outcome.told)
            refused = outcome.whole is not None and not outcome.verdict.accepted
            tries.append(
                Try(
                    atom_id=one.atom.atom_id, error=outcome.verdict.error,
                    score=None if refused else outcome.verdict.score,  # its part alone is never the best try
                    code=outcome.whole.text if outcome.whole and refused else outcome.code, **told,
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
        waiting = {"not_before": later, "stage": outcome.stage}
        if outcome.error is None:
            return AtomStatus.RETRY_WAIT, waiting
        return AtomStatus.RETRY_WAIT, {**waiting, "last_error": dict(outcome.error)}
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
