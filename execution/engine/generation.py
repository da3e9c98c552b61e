"""Stage ``generate``: one attempt at one atom, from prompt to reply. Errors of the provider use up no attempt."""

import random
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from atoms.models import AtomicUnit
from execution.domain.feedback import Category
from execution.domain.fitting import fit
from execution.domain.verdict import Verdict
from execution.engine import budget, calls
from execution.engine.briefs import Brief
from execution.engine.drafts import NO_MODEL, judge
from execution.engine.evidence import Bench
from execution.engine.outcomes import Failed, Judged, Outcome, Parked, Replied, Wait, Whole
from execution.engine.pacing import Pace
from execution.engine.parents import Parent, Parents
from execution.models import ExecutionRun, RunAtom
from kernel.errors import MgeError
from llm import desk, ledger
from llm.client import configured
from llm.errors import BadReply, InFlight, ModelError, Overloaded, RateLimited, UnusableReply
from llm.messages import ModelReply
from llm.models import LlmCall
from llm.replies import read_code
from llm.together import Question

HELD_SECONDS = 0.5  # until an atom for which the budget had no room beside calls in flight is looked at again
PURPOSE = "generate"
PURPOSE_PARENT = "parent"


def refused(run: ExecutionRun, atom: RunAtom, bench: Bench) -> Failed | None:
    """Why no attempt can be made, if so: there is no model, or none is left."""
    if run.settings["model"] is None or not configured():
        return failed(atom, NO_MODEL, bench)
    if atom.attempts >= atom.allowed_attempts:
        error = atom.last_error or {"category": "attempts", "message": "no attempts are left"}
        return failed(atom, error, bench)
    return None


def failed(atom: RunAtom, error: Mapping[str, Any], bench: Bench) -> Failed:
    """A failure for good; a hole that nobody filled is judged as what it is."""
    unjudged = judge([atom], bench.drafts())[0] if atom.is_hole and atom.code is None else None
    return Failed(error=error, result=unjudged)


def generate(
    run: ExecutionRun,
    atom: RunAtom,
    brief: Brief,
    *,
    bench: Bench,
    pace: Pace,
    parents: Parents,
    booked: calls.Booked | None = None,
) -> Outcome:
    """Make one attempt, whose call may be ``booked`` already."""
    if not _fresh(atom) and (known := stored(run, atom, brief.unit, parents)) is not None:
        return known
    number, prompt = atom.attempts + 1, brief.prompt
    try:
        asked = calls.ask(
            run, prompt, unit_id=atom.atom_id, attempt=number, purpose=_purpose(brief), search=False, booked=booked
        )
    except budget.BudgetHeld:
        return Wait(seconds=HELD_SECONDS)
    except budget.BudgetSpent as stop:
        return Parked(reason=stop.message)
    except BadReply as error:
        return unusable(error, told(number, prompt.user, run.settings["model"]))
    except (InFlight, ModelError) as error:
        return _wait_or_fail(atom, error, bench=bench, pace=pace)
    if not asked.reply.reused:
        pace.answered()
    sampling = asked.request.sampling
    said = told(
        number, prompt.user, asked.request.model, asked.reply, temperature=sampling.temperature, effort=sampling.effort
    )
    return read(brief.unit, asked.reply, said, parents=parents, parent=brief.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """Calls that are booked, by atom; the atoms that the budget has no room for beside calls in flight."""

    calls: Mapping[uuid.UUID, calls.Booked]
    held: Collection[uuid.UUID] = ()

    @property
    def worst(self) -> int:
        """The worst price of one of the calls, in micro-USD; 0 where none is known."""
        return max((one.call.reserved_micro or 0 for one in self.calls.values()), default=0)


def book_together(run: ExecutionRun, atoms: Sequence[RunAtom], briefs: Mapping[uuid.UUID, Brief]) -> Bookings:
    """Book the calls of attempts that begin now and were never made before. ``run``: as it was just read."""
    questions = [_question(run, atom, briefs[atom.atom_id]) for atom in atoms if _fresh(atom)]
    try:
        return Bookings(calls=calls.book_together(run, questions))
    except budget.BudgetHeld:
        fits = budget.fitting(run, [worst_price(run, atom, briefs[atom.atom_id]) for atom in atoms if _fresh(atom)])
        held = {question.atom_id for question in questions[fits:]}
    except budget.BudgetSpent:
        fits, held = 0, set()  # a thread learns whether that is so of each
    with suppress(budget.BudgetSpent):  # somebody else was faster
        return Bookings(calls=calls.book_together(run, questions[:fits]), held=held)
    return Bookings(calls={}, held=held)


def worst_price(run: ExecutionRun, atom: RunAtom, brief: Brief) -> int:
    """The most that the next call for an atom can cost, in micro-USD; 0 where the price is not known."""
    return ledger.worst_price(_question(run, atom, brief).request) or 0


def _question(run: ExecutionRun, atom: RunAtom, brief: Brief) -> Question:
    number = atom.attempts + 1
    request = calls.request_of(run, brief.prompt, number)
    return Question(request=request, run_id=run.pk, atom_id=atom.atom_id, attempt=number, purpose=_purpose(brief))


def _fresh(atom: RunAtom) -> bool:
    """Whether no earlier claim can have asked already, so that the ledger need not be searched."""
    return atom.claims == 0  # before this claim


def _purpose(brief: Brief) -> str:
    return PURPOSE if brief.parent is None else PURPOSE_PARENT


def stored(run: ExecutionRun, atom: RunAtom, unit: AtomicUnit, parents: Parents) -> Outcome | None:
    """The reply of the attempt under way, read again from the ledger; None where there is none."""
    number = atom.attempts + 1
    purposes = (PURPOSE, PURPOSE_PARENT)
    call = desk.write(
        lambda: ledger.call_of_attempt(run_id=run.pk, atom_id=atom.atom_id, attempt=number, purpose=purposes)
    )
    return None if call is None else _read_call(call, number, unit, parents)


def stored_replies(
    run: ExecutionRun, atoms: Sequence[RunAtom], units: Mapping[uuid.UUID, AtomicUnit], parents: Parents
) -> dict[uuid.UUID, Outcome]:
    """The same for many atoms, by one query; absent where there is none."""
    attempts = {atom.atom_id: atom.attempts + 1 for atom in atoms}
    purposes = (PURPOSE, PURPOSE_PARENT)
    calls_of = desk.write(lambda: ledger.calls_of_attempts(run_id=run.pk, attempts=attempts, purposes=purposes))
    return {one: _read_call(call, attempts[one], units[one], parents) for one, call in calls_of.items()}


def _read_call(call: LlmCall, number: int, unit: AtomicUnit, parents: Parents) -> Outcome:
    parent = parents.of(unit) if call.purpose == PURPOSE_PARENT else None
    reply = ledger.reply_of(call)
    sampling = call.request.get("sampling") or {}
    said = told(
        number,
        str(call.request.get("prompt") or ""),
        call.model,
        reply,
        temperature=sampling.get("temperature"),
        effort=sampling.get("effort"),
    )
    return read(unit, reply, said, parents=parents, parent=parent)


def read(
    unit: AtomicUnit, reply: ModelReply, said: Mapping[str, Any], *, parents: Parents, parent: Parent | None
) -> Outcome:
    """The code in a reply, made to fit the range that it is for, or an attempt that held none."""
    original = range_text(unit) if parent is None else parents.draft(parent)
    try:
        code = fit(read_code(reply, language=unit.language), original=original)
    except UnusableReply as error:
        return unusable(error, said)
    if parent is None:
        return Replied(code=code, told=said)
    texts = parents.divide(parent, code)
    mine = texts.pop(unit.atom_id)
    return Replied(code=mine, told=said, whole=Whole(symbol=parent.symbol, text=code, texts=texts))


def told(
    number: int,
    feedback: str,
    model: str,
    reply: ModelReply | None = None,
    *,
    temperature: float | None = None,
    effort: str | None = None,
) -> dict[str, Any]:
    """What the history keeps of an attempt beside its code and verdict."""
    said: dict[str, Any] = {"number": number, "feedback": feedback, "model": model}
    if reply is None:
        return said
    return said | {
        "cost_micro": reply.cost_micro,
        "tokens_in": reply.usage.prompt_tokens if reply.usage else None,
        "tokens_out": reply.usage.output_tokens if reply.usage else None,
        "temperature": temperature,
        "effort": effort,
    }


def unusable(error: MgeError, said: Mapping[str, Any]) -> Judged:
    """A reply that was paid for and holds nothing."""
    verdict = Verdict(
        accepted=False, score=0.0, error={"category": Category.EMPTY_REPLY.value, "message": error.message}
    )
    return Judged(verdict=verdict, told=said)


def range_text(unit: AtomicUnit) -> str:
    """The draft of an atom as text."""
    return unit.task.text[unit.start_byte : unit.end_byte].decode("utf-8", "surrogateescape")


def _wait_or_fail(atom: RunAtom, error: InFlight | ModelError, *, bench: Bench, pace: Pace) -> Outcome:
    """The provider is away or busy: wait without using up an attempt; give up where waiting cannot help."""
    said = {"category": "provider", "check": "generation", "message": error.message}
    waited = (atom.last_error or {}).get("waited", 0)
    charged = isinstance(error, ModelError) and error.may_have_charged
    busy = isinstance(error, RateLimited | Overloaded) and not charged
    if busy:
        pace.busy(error.retry_after if isinstance(error, ModelError) else None)
    patience = calls.MAX_CHARGED_WAITS if charged else calls.MAX_BUSY_WAITS if busy else calls.MAX_WAITS
    if (isinstance(error, ModelError) and not error.retryable) or waited >= patience:
        return failed(atom, said, bench)
    seconds = calls.wait_seconds(
        error,
        waited,
        jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
        longest=calls.LONGEST_BUSY_SECONDS if busy else calls.LONGEST_WAIT_SECONDS,
    )
    return Wait(seconds=seconds, error={**said, "waited": waited + 1})
