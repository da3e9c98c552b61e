"""Every success metric, measured from rows. What no row tells is ``None`` with the reason, never a guess."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, F, Min, Q, QuerySet, Sum

from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom, RunEvent
from kernel.states import AtomStatus
from llm.models import LlmCall
from review.models import HumanReviewQueue, ReviewDecision
from rollout.models import RunFeedback
from rollout.success.models import EnteredFigure
from rollout.success.scope import V2_MODES, Scope, ended_runs, v2_installed
from rollout.success.targets import BY_KEY, TARGETS, Measured, median, most_at_once, percentile, share
from validation.models import ValidationResult

NO_V2 = Measured(value=None, reason="the tables of V2 are not installed")
_VERDICTS = ("approve", "edit", "reject", "regenerate")


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs in scope: all of them, and those of V2 that are no shadows' parents."""

    all: QuerySet[ExecutionRun]
    v2: QuerySet[ExecutionRun]
    scope: Scope

    def ids(self) -> QuerySet[ExecutionRun, uuid.UUID]:
        """The ids of the V2 runs, as a subquery."""
        return self.v2.order_by().values_list("pk", flat=True)


def measure(user: Any, scope: Scope) -> dict[str, Measured]:
    """All metrics of the seed over the V2 runs in scope that the user may see."""
    every = ended_runs(user, scope)
    runs = Runs(all=every, v2=every.filter(mode__in=V2_MODES), scope=scope)
    found: dict[str, Measured] = {}
    for read in _ALWAYS:
        found |= read(runs)
    for read in _OF_V2:
        found |= read(runs) if v2_installed() else {}
    entered = _entered(scope)
    return {target.key: found.get(target.key) or entered.get(target.key) or _missing(target.key) for target in TARGETS}


def _missing(key: str) -> Measured:
    if BY_KEY[key].by_hand:
        return Measured(value=None, reason=f"nobody entered it; source: {BY_KEY[key].source}", by_hand=True)
    return NO_V2


def _entered(scope: Scope) -> dict[str, Measured]:
    figures = EnteredFigure.objects.order_by("on", "entered_at")
    if scope.until:
        figures = figures.filter(on__lt=scope.until.date())
    if scope.since:
        figures = figures.filter(on__gte=scope.since.date())
    return {figure.metric: Measured(value=figure.value, n=1, by_hand=True) for figure in figures}


def _outcomes(runs: Runs) -> dict[str, Measured]:
    tests = runs.v2.filter(precision__isnull=False).aggregate(passed=Sum("tests_passed"), run=Sum("tests_total"))
    reviewed = runs.v2.filter(precision_reviewed__isnull=False).aggregate(mean=Avg("precision_reviewed"), n=Count("pk"))
    times = [
        (end - begin).total_seconds()
        for begin, end in runs.v2.filter(started_at__isnull=False).values_list("started_at", "finished_at")
        if begin and end
    ]
    costs = runs.v2.filter(unpriced_calls=0).aggregate(mean=Avg("spent_micro"), n=Count("pk"))
    priced = Measured(value=None, reason="no run whose every call has a known price")
    return {
        "precision": share(tests["passed"] or 0, tests["run"] or 0, of="tests that ran in V2 runs"),
        "precision_reviewed": Measured(value=reviewed["mean"], n=reviewed["n"], reason="no V2 run that was reviewed"),
        "run_seconds": median(times, of="V2 runs that ended"),
        "cost_usd": Measured(value=costs["mean"] / 1e6, n=costs["n"]) if costs["n"] else priced,
    }


def _attempts(runs: Runs) -> dict[str, Measured]:
    atoms = RunAtom.objects.filter(run__in=runs.ids())
    sent = atoms.filter(attempts__gte=1, status__in=[AtomStatus.PASSED, AtomStatus.FAILED]).aggregate(
        n=Count("pk"),
        first=Count("pk", filter=Q(status=AtomStatus.PASSED, attempts=1)),
        passed=Count("pk", filter=Q(status=AtomStatus.PASSED)),
    )
    nothing = "atom was sent to the model"
    return {
        "first_attempt": share(sent["first"], sent["n"], of=nothing),
        "retry_success": share(sent["passed"], sent["n"], of=nothing),
    }


def _parallel(runs: Runs) -> dict[str, Measured]:
    spans: dict[uuid.UUID | None, list[tuple[float, float]]] = defaultdict(list)
    calls = LlmCall.objects.filter(run_id__in=runs.ids(), received_at__isnull=False)
    for run_id, sent, received in calls.values_list("run_id", "sent_at", "received_at").iterator():
        if received is not None:
            spans[run_id].append((sent.timestamp(), received.timestamp()))
    if not spans:
        return {"parallel_atoms": Measured(value=None, reason="no model call in these runs")}
    return {"parallel_atoms": Measured(value=max(map(most_at_once, spans.values())), n=len(spans))}


def _people(runs: Runs) -> dict[str, Measured]:
    owners = runs.all.order_by().values_list("masterplan__owner_id").distinct()
    first = Min("masterplan__owner__masterplans__created_at")
    rows = runs.v2.order_by().values_list("masterplan__owner_id").annotate(ended=Min("finished_at"), began=first)
    times = [(ended - began).total_seconds() for _, ended, began in rows if ended and began]
    return {
        "adoption": share(runs.v2.order_by().values("masterplan__owner_id").distinct().count(), owners.count(),
                          of="person had a run"),
        "time_to_value": median(times, of="first V2 run of anybody"),
    }  # fmt: skip


def _savings(runs: Runs) -> dict[str, Measured]:
    """Of each shadow pair: what the time that V2 takes less is worth, minus what its calls cost more."""
    shadows = ExecutionRun.objects.filter(parent_run__in=runs.all.order_by().values("pk"), finished_at__isnull=False)
    pairs = shadows.filter(unpriced_calls=0, parent_run__unpriced_calls=0, parent_run__finished_at__isnull=False)
    columns = [
        f"{side}{name}" for side in ("", "parent_run__") for name in ("started_at", "finished_at", "spent_micro")
    ]
    saved = []
    for begin, end, cost, old_begin, old_end, old_cost in pairs.values_list(*columns):
        if begin and end and old_begin and old_end:
            hours = ((old_end - old_begin) - (end - begin)).total_seconds() / 3600
            saved.append(hours * settings.MGE_HOURLY_RATE_USD - (cost - old_cost) / 1e6)
    if not saved:
        return {"saving_usd": Measured(value=None, reason="no shadow pair that ended with known prices")}
    return {"saving_usd": Measured(value=sum(saved) / len(saved), n=len(saved))}


def _context(runs: Runs) -> dict[str, Measured]:
    plans = runs.v2.order_by().values("masterplan_id")
    found = AtomicUnit.objects.filter(masterplan_id__in=plans).aggregate(
        mean=Avg("context_completeness"), n=Count("pk")
    )
    return {"context_completeness": Measured(value=found["mean"], n=found["n"], reason="no atoms")}


def _levels(runs: Runs) -> dict[str, Measured]:
    rows = ValidationResult.objects.filter(run_id__in=runs.ids(), superseded=False).exclude(status="not_applicable")
    counts = rows.values_list("level").order_by().annotate(n=Count("pk"), passed=Count("pk", filter=Q(passed=True)))
    found = {level: (passed, n) for level, n, passed in counts}
    return {f"level_{n}": share(*found.get(n, (0, 0)), of=f"result of level {n}") for n in range(1, 5)}


def _review(runs: Runs) -> dict[str, Measured]:
    decisions = ReviewDecision.objects.filter(review__run__in=runs.ids(), decision__in=_VERDICTS)
    times = [ms / 1000 for ms in decisions.filter(active_ms__isnull=False).values_list("active_ms", flat=True) if ms]
    flagged = HumanReviewQueue.objects.filter(run__in=runs.ids()).order_by().values("run_id", "atom_id").distinct()
    alarms = _alarms(runs, decisions)
    return {
        "review_median": median(times, of="timed decision"),
        "review_p90": percentile(times, 0.9, of="timed decision"),
        "flagged_share": share(
            flagged.count(), RunAtom.objects.filter(run__in=runs.ids(), loc__gt=0).count(), of="atom with code"
        ),
        "false_positives": alarms,
    }


def _alarms(runs: Runs, decisions: QuerySet[ReviewDecision]) -> Measured:
    """A person who approves a failed atom as it stands says that the failure was none."""
    failed = RunAtom.objects.filter(run__in=runs.ids(), status=AtomStatus.FAILED)
    pairs = set(failed.values_list("run_id", "atom_id"))
    decided: Mapping[tuple[Any, Any], str] = {
        (run_id, atom_id): decision
        for run_id, atom_id, decision in decisions.order_by("at").values_list(
            F("review__run_id"), F("review__atom_id"), "decision"
        )
    }
    about_failed = [decision for pair, decision in decided.items() if pair in pairs]
    return share(about_failed.count("approve"), len(about_failed), of="failed atom that was decided")


def _rollout(runs: Runs) -> dict[str, Measured]:
    """What people said of the runs, and how long automatic rollbacks took from the last news of trouble."""
    said = RunFeedback.objects.filter(run__in=runs.ids()).aggregate(mean=Avg("score"), n=Count("pk"))
    back = RunEvent.objects.filter(topic="flags", type="rollout.rolled_back")
    if runs.scope.since:
        back = back.filter(at__gte=runs.scope.since)
    if runs.scope.until:
        back = back.filter(at__lt=runs.scope.until)
    took = [data.get("recovery_seconds") for data in back.values_list("data", flat=True)]
    return {
        "satisfaction": Measured(value=said["mean"], n=said["n"], reason="nobody answered yet"),
        "recovery_seconds": median([float(t) for t in took if t is not None], of="automatic rollbacks"),
    }


_Read = Callable[[Runs], dict[str, Measured]]
_ALWAYS: tuple[_Read, ...] = (_outcomes, _attempts, _parallel, _people, _savings, _rollout)
_OF_V2: tuple[_Read, ...] = (_context, _levels, _review)
