"""What the configured model says about an atom: issues, a fix and alternatives, each tried before it is shown."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from execution import changes
from execution.domain.fitting import fit
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.review import ReviewBrief, build
from execution.engine import calls
from execution.engine.evidence import Evidence
from execution.models import ExecutionRun, RunAtom
from kernel.errors import Unavailable
from kernel.text import decode, storable
from llm import ledger
from review.assistant.assistant import Kind, Suggestion
from review.assistant.search import Place, failing_tests
from validation.domain.model import Status, TestStatus

PURPOSE = "review"
_CONTEXT_LINES = 60
MAX_ALTERNATIVES = 2


class NoModel(Unavailable):
    """The model was asked for, and none is configured."""

    code = "no_model"


def from_model(run: ExecutionRun, atom: RunAtom, place: Place, evidence: Evidence, *, attempt: int) -> list[Suggestion]:
    """Ask once, within the run's budget and booked on it. ``attempt`` names the call, so that a repeat is not paid."""
    brief = _brief(atom, place, evidence)
    asked = calls.ask(run, build(brief), unit_id=atom.atom_id, attempt=attempt, purpose=PURPOSE)
    call = ledger.call_of_attempt(run_id=run.pk, atom_id=atom.atom_id, attempt=attempt, purpose=PURPOSE)
    cost = None if call is None or call.cost_micro is None else call.cost_micro / 1_000_000
    model = storable(asked.request.model, limit=100)
    found = _suggestions(run, atom, place, asked.reply.tool_input or {}, model=model)
    return [replace(item, model=model, cost_usd=cost) for item in found]


def paid_for(atom: RunAtom, *, attempt: int) -> str:
    """What asking has cost, in words; it stands in the book of the run."""
    call = ledger.call_of_attempt(run_id=atom.run_id, atom_id=atom.atom_id, attempt=attempt, purpose=PURPOSE)
    if call is None:
        return ""
    cost = "at an unknown price" if call.cost_micro is None else f"for {call.cost_micro / 1_000_000:.4f} USD"
    return f"{call.model} was asked {cost}, booked on the run"


def _brief(atom: RunAtom, place: Place, evidence: Evidence) -> ReviewBrief:
    failing = set(failing_tests(evidence, atom.atom_id))
    cases = [case for case in evidence.suite.cases if case.id in failing and case.status is not TestStatus.PASSED]
    lines = decode(place.source).splitlines()
    first = place.source[: place.start].count(b"\n") + 1
    last = first + place.text.count(b"\n")
    around = lines[max(0, first - 1 - _CONTEXT_LINES) : last + _CONTEXT_LINES]
    return ReviewBrief(
        path=place.path,
        language=place.language.value,
        symbol=atom.symbol,
        first_line=first,
        code=decode(place.text),
        findings=[f"{case.id}: {case.message[:1500]}" for case in cases[:5]],
        context=[Piece(name=f"{place.path} around the range", text="\n".join(around))],
    )


def _suggestions(
    run: ExecutionRun, atom: RunAtom, place: Place, answer: Mapping[str, Any], *, model: str
) -> Iterator[Suggestion]:
    """The model's answer is hostile text: cut, made storable, and its code fitted into the range and checked."""
    told = partial(_tried, run, atom, place)
    fix = answer.get("fix")
    if isinstance(fix, str) and fix.strip():
        yield told(Suggestion(title="The model's fix", detail="", source=model, code=fix))
    for issue in _dicts(answer.get("issues"))[:5]:
        yield Suggestion(
            title=storable(f"Line {issue.get('line', '?')}: {issue.get('message', '')}", limit=160),
            detail=storable(str(issue.get("message", "")), limit=2000),
            source=model,
            kind=Kind.ISSUE,
        )
    for other in _dicts(answer.get("alternatives"))[:MAX_ALTERNATIVES]:
        if isinstance(other.get("code"), str):
            title, detail = str(other.get("title", "An alternative")), str(other.get("tradeoff", ""))
            code = other["code"]
            yield told(Suggestion(title=title, detail=detail, source=model, code=code, kind=Kind.ALTERNATIVE))


def _tried(run: ExecutionRun, atom: RunAtom, place: Place, raw: Suggestion) -> Suggestion:
    fitted = storable(fit(raw.code or "", original=decode(place.text)))
    passed = changes.check_edit(run.pk, atom.atom_id, fitted).status is Status.PASSED
    title, detail = storable(raw.title, limit=160), storable(raw.detail, limit=2000)
    return replace(raw, title=title, detail=detail, code=fitted, verified=passed)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
