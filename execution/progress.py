"""What a live run is doing now: who is at work, how much room there is, what is left."""

import uuid
from typing import Any

from django.db.models import Avg, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Sum, fields

from execution.domain.eta import eta_seconds
from execution.models import ExecutionRun, RunAtom, Stage, Units
from kernel.states import ATOM_DONE, AtomStatus, RunStatus
from llm import ledger
from llm.ledger import InFlightCalls
from llm.models import CallState, LlmCall

SHOWN_AT_WORK = 20
_CLOSED = sorted([*ATOM_DONE, AtomStatus.CANCELLED])


def progress_payload(run: ExecutionRun) -> dict[str, Any]:
    """Concurrency, retries, time left and the atoms in work, with three queries."""
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=fields.DurationField())
    is_open = ~Q(status__in=_CLOSED)
    counts = RunAtom.objects.filter(run=run).aggregate(
        now=Count("pk", filter=Q(status=AtomStatus.RUNNING)),
        open=Count("pk", filter=is_open),
        chain=Max("priority", filter=is_open),
        retries=Sum(F("attempts") - 1, filter=Q(attempts__gt=1)),
        mean=Avg(took, filter=Q(finished_at__gt=F("started_at"))),
    )
    awaited = ledger.in_flight(run.pk)
    eta = None
    if run.status == RunStatus.RUNNING and run.phase == "executing":
        mean = counts["mean"].total_seconds() if counts["mean"] else None
        eta = eta_seconds(
            open_atoms=counts["open"],
            longest_chain=(counts["chain"] or 0) + 1,
            at_once=_at_once(run, awaited),
            mean_seconds=mean,
        )
    return {
        **_awaited(awaited),
        "in_flight_limit": run.max_inflight,
        "retries": counts["retries"] or 0,
        "eta_seconds": eta,
        "at_work": _at_work(run) if counts["now"] else [],
        "fell_back_at": run.fell_back_at,
        "fallback_reason": run.fallback_reason,
    }


def awaited_payload(run_id: uuid.UUID) -> dict[str, Any]:
    """How many calls of a run are awaited, and the most that they can cost.

    Atoms that lie claimed and briefed for the next free thread, or that are judged, take no room among the calls.
    """
    return _awaited(ledger.in_flight(run_id))


def _awaited(awaited: InFlightCalls) -> dict[str, Any]:
    return {"in_flight": awaited.calls, "reserved_usd": awaited.reserved_micro / 1_000_000}


def _at_once(run: ExecutionRun, awaited: InFlightCalls) -> int:
    """How many calls go on at once: as many as are allowed, or as the rest of the budget bears at their worst price."""
    if run.budget_micro is None or not awaited.reserved_micro:
        return run.max_inflight
    bears = (run.budget_micro - run.spent_micro) * awaited.calls // awaited.reserved_micro
    return max(1, min(run.max_inflight, bears))


def _at_work(run: ExecutionRun) -> list[dict[str, Any]]:
    """Those that are judged, or asked for right now. The MVP claims whole tasks, and asks for one part at a time."""
    asked = LlmCall.objects.filter(run_id=run.pk, atom_id=OuterRef("atom_id"), state=CallState.SENT)
    atoms = RunAtom.objects.filter(run=run, status=AtomStatus.RUNNING).annotate(asked=Exists(asked))
    at_work = Q(asked=True) if run.units == Units.SUBTASKS else Q(asked=True) | ~Q(stage=Stage.GENERATE)
    atoms = atoms.filter(at_work).order_by("started_at", "position")
    names = ("atom_id", "path", "symbol", "stage", "attempts", "started_at")
    return [
        dict(zip(names, row, strict=True)) | ({"stage": Stage.GENERATE} if asked_now else {})
        for *row, asked_now in atoms.values_list(*names, "asked")[:SHOWN_AT_WORK]
    ]
