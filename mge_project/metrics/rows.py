"""Prometheus families read from the database at each scrape: the same from every process, and right after a restart.

The names that start with ``v2_`` are the seed's. Counters fall only when somebody deletes plans.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from execution.models import ExecutionRun, RunAtom
from flags import routing
from graphs.models import ExecutionWave
from kernel.states import RUN_LIVE, AtomStatus, ExecutionMode, ReviewStatus, RunStatus
from llm.models import LlmCall
from masterplans.models import MasterplanTask
from review.models import HumanReviewQueue, ReviewDecision
from rollout.models import RunFeedback

log = structlog.get_logger(__name__)
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily

V2_MODES = (ExecutionMode.V2_ATOMS.value, ExecutionMode.HYBRID.value)
SECONDS = (60, 300, 900, 1800, 3600, 5400, 7200, 10800, 21600)  # 5400: the target; 7200, 10800: the seed's limits
DOLLARS = (1, 5, 10, 25, 50, 100, 150, 200, 250, 500)  # 200: the target; 250: the seed's alert
REVIEW_MS = (5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 900_000)
PRECISION_WINDOW = timedelta(hours=24)


class RowsCollector(Collector):
    """Reads every family anew at each scrape. A database that is away yields ``mge_database_up 0`` and no more."""

    def collect(self) -> Iterator[Family]:
        """All families whose tables exist."""
        try:
            tables = set(connection.introspection.table_names())
        except DatabaseError as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            yield GaugeMetricFamily("mge_database_up", "Whether the database answered this scrape.", value=0)
            return
        yield GaugeMetricFamily("mge_database_up", "Whether the database answered this scrape.", value=1)
        for needs, read in _READERS:
            if needs <= tables:
                yield from read()


def _done(modes: Sequence[str]) -> QuerySet[ExecutionRun]:
    finished = ExecutionRun.objects.filter(status__in=[RunStatus.COMPLETED, RunStatus.FAILED], mode__in=modes)
    return finished.exclude(started_at=None).exclude(finished_at=None)


def _seconds() -> "ExpressionWrapper[CombinedExpression]":
    return ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())


def _histogram(
    rows: QuerySet[Any], field: str, limits: Sequence[int], unit: Callable[[int], Any]
) -> tuple[list[tuple[str, float]], Any]:
    """Cumulative buckets and the sum (in the field's own unit) of one column."""
    wanted: dict[str, Any] = {f"b{limit}": Count("pk", filter=Q(**{f"{field}__lte": unit(limit)})) for limit in limits}
    found = rows.aggregate(n=Count("pk"), total=Sum(field), **wanted)
    return [*((str(float(limit)), found[f"b{limit}"]) for limit in limits), ("+Inf", found["n"])], found["total"]


def _run_seconds(modes: Sequence[str]) -> tuple[list[tuple[str, float]], float]:
    rows = _done(modes).annotate(seconds=_seconds())
    buckets, total = _histogram(rows, "seconds", SECONDS, lambda limit: timedelta(seconds=limit))
    return buckets, total.total_seconds() if total else 0.0


def _run_dollars(modes: Sequence[str]) -> tuple[list[tuple[str, float]], float]:
    buckets, total = _histogram(_done(modes), "spent_micro", DOLLARS, lambda limit: limit * 1_000_000)
    return buckets, (total or 0) / 1_000_000


def _precision(modes: Sequence[str]) -> float | None:
    """Tests passed of tests run, in percent, over the runs that ended in the window; None without any."""
    recent = _done(modes).filter(finished_at__gte=Now() - PRECISION_WINDOW, precision__isnull=False)
    sums = recent.aggregate(passed=Sum("tests_passed"), run=Sum("tests_total"))
    return 100.0 * sums["passed"] / sums["run"] if sums["run"] else None


def _gauge(name: str, documentation: str, rows: Iterator[tuple[Sequence[str], float]], *labels: str) -> Family:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _counter(name: str, documentation: str, rows: Iterator[tuple[Sequence[str], float]], *labels: str) -> Family:
    family = CounterMetricFamily(name, documentation, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _seed() -> Iterator[Family]:
    """The seed's own names."""
    for name, documentation, read in (
        ("v2_execution_time_seconds", "Seconds from start to end of a V2 run.", _run_seconds),
        ("v2_cost_per_project_usd", "What the model calls of one V2 run cost, where prices are known.", _run_dollars),
    ):
        buckets, total = read(V2_MODES)
        yield HistogramMetricFamily(name, documentation, buckets=buckets, sum_value=total)
    atoms = RunAtom.objects.filter(run__mode__in=V2_MODES).aggregate(
        failed=Count("pk", filter=Q(status=AtomStatus.FAILED)),
        judged=Count("pk", filter=Q(status__in=[AtomStatus.PASSED, AtomStatus.FAILED])),
        running=Count("pk", filter=Q(status=AtomStatus.RUNNING)),
    )
    yield CounterMetricFamily("v2_atoms_generated", "Atoms that were written or kept, and judged.", atoms["judged"])
    yield CounterMetricFamily("v2_atoms_failed", "Atoms that failed for good.", atoms["failed"])
    yield GaugeMetricFamily("v2_parallel_atoms", "Atoms at work now.", atoms["running"])
    precision = _precision(V2_MODES)
    if precision is not None:
        yield GaugeMetricFamily(
            "v2_precision_percent", "Tests passed of tests run in V2 runs of the last 24 hours.", precision
        )

    week = timezone.now() - timedelta(days=7)
    said = RunFeedback.objects.filter(run__mode__in=V2_MODES, at__gte=week).aggregate(mean=Avg("score"))["mean"]
    if said is not None:
        yield GaugeMetricFamily("v2_user_satisfaction", "Mean score of V2 runs, 1 to 5, last 7 days.", said)


def _waves() -> Iterator[Family]:
    done = ExecutionWave.objects.filter(run_id__isnull=False, status="completed").count()
    yield CounterMetricFamily("v2_waves_executed", "Waves of runs whose atoms are all done.", done)


def _runs() -> Iterator[Family]:
    by_mode = ExecutionRun.objects.values_list("mode", "status").order_by().annotate(n=Count("pk"))
    yield _gauge("mge_runs", "Runs by mode and state.", (((m, s), n) for m, s, n in by_mode), "mode", "status")
    ended = ExecutionRun.objects.exclude(fell_back_at=None).count()
    yield CounterMetricFamily("mge_runs_fell_back", "V2 runs that the MVP finished after an engine error.", ended)
    free = Q(driver_token=None) | Q(driver_until__lt=Now())
    stranded = ExecutionRun.objects.filter(free, status__in=[RunStatus.PENDING, RunStatus.RUNNING]).count()
    yield GaugeMetricFamily("mge_runs_undriven", "Live runs that no driver holds now.", stranded)
    live = ExecutionRun.objects.filter(status=RunStatus.RUNNING).exclude(started_at=None)
    began = live.values_list("mode").order_by().annotate(oldest=Min("started_at"))
    now = timezone.now()
    ages = (((mode,), (now - oldest).total_seconds()) for mode, oldest in began)
    yield _gauge("mge_oldest_live_run_seconds", "Age of the oldest run that is running now.", ages, "mode")
    seconds = HistogramMetricFamily("mge_run_seconds", "Seconds from start to end of a run.", labels=["mode"])
    dollars = HistogramMetricFamily("mge_run_cost_usd", "Booked cost of a run.", labels=["mode"])
    precision = GaugeMetricFamily("mge_precision_percent", "Tests passed of tests run, last 24 hours.", labels=["mode"])
    for mode in ExecutionMode:
        buckets, total = _run_seconds([mode.value])
        seconds.add_metric([mode.value], buckets, total)
        buckets, total = _run_dollars([mode.value])
        dollars.add_metric([mode.value], buckets, total)
        share = _precision([mode.value])
        if share is not None:
            precision.add_metric([mode.value], share)
    yield from (seconds, dollars, precision)


def _atoms() -> Iterator[Family]:
    waiting = RunAtom.objects.filter(run__status__in=RUN_LIVE).values_list("status").order_by().annotate(n=Count("pk"))
    counts = dict.fromkeys(AtomStatus, 0) | {AtomStatus(status): n for status, n in waiting}
    yield _gauge(
        "mge_queue_atoms", "Atoms of live runs, by state.", (((s.value,), n) for s, n in counts.items()), "status"
    )


def _calls() -> Iterator[Family]:
    rows = LlmCall.objects.values_list("model", "purpose").order_by()
    states = LlmCall.objects.values_list("state").order_by().annotate(n=Count("pk"))
    yield _counter("mge_model_calls", "Model calls in the ledger, by state.", (((s,), n) for s, n in states), "state")
    spent = rows.filter(cost_micro__isnull=False).annotate(micro=Sum("cost_micro"))
    yield _counter(
        "mge_model_cost_usd",
        "Booked cost of model calls.",
        (((m, p), c / 1e6) for m, p, c in spent),
        "model",
        "purpose",
    )
    unpriced = LlmCall.objects.filter(state__in=["received", "unknown"], cost_micro=None).count()
    yield CounterMetricFamily("mge_model_calls_unpriced", "Calls that were charged at an unknown price.", unpriced)


def _plans() -> Iterator[Family]:
    drafts = MasterplanTask.objects.exclude(parse_ok=None)
    found = drafts.aggregate(n=Count("pk"), ok=Count("pk", filter=Q(parse_ok=True)))
    if found["n"]:
        share = 100.0 * found["ok"] / found["n"]
        yield GaugeMetricFamily("mge_parse_rate_percent", "Drafts without a syntax error, of all drafts.", share)


def _review() -> Iterator[Family]:
    open_rows = HumanReviewQueue.objects.filter(status__in=[ReviewStatus.PENDING, ReviewStatus.IN_REVIEW])
    found = open_rows.aggregate(
        oldest=Min("created_at"),
        **{state: Count("pk", filter=Q(status=state)) for state in (ReviewStatus.PENDING, ReviewStatus.IN_REVIEW)},
    )
    states = ((state,) for state in (ReviewStatus.PENDING.value, ReviewStatus.IN_REVIEW.value))
    yield _gauge("mge_review_open", "Rows of the review queue that wait.", ((s, found[s[0]]) for s in states), "status")
    age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield GaugeMetricFamily("mge_review_oldest_seconds", "Age of the oldest row that waits.", age)
    decided = ReviewDecision.objects.values_list("decision").order_by().annotate(n=Count("pk"))
    yield _counter("mge_review_decisions", "What people did in the queue.", (((d,), n) for d, n in decided), "decision")
    timed = ReviewDecision.objects.filter(active_ms__isnull=False)
    buckets, total = _histogram(timed, "active_ms", REVIEW_MS, lambda limit: limit)
    in_seconds = [(bound if bound == "+Inf" else str(float(bound) / 1000), n) for bound, n in buckets]
    yield HistogramMetricFamily(
        "mge_review_active_seconds", "Active time of one decision.", buckets=in_seconds, sum_value=(total or 0) / 1000
    )


def _rollout() -> Iterator[Family]:
    now = routing.current()
    share = 0 if now.killed or not now.enabled else now.percentage
    yield GaugeMetricFamily("mge_rollout_percentage", "Share of users that the flags send to V2.", share)
    yield GaugeMetricFamily("mge_rollout_killed", "Whether the kill latch is set.", int(now.killed))


_READERS: tuple[tuple[frozenset[str], Callable[[], Iterator[Family]]], ...] = (
    (frozenset({"execution_runs", "run_atoms"}), _seed),
    (frozenset({"execution_waves"}), _waves),
    (frozenset({"execution_runs"}), _runs),
    (frozenset({"execution_runs", "run_atoms"}), _atoms),
    (frozenset({"llm_calls"}), _calls),
    (frozenset({"masterplan_tasks"}), _plans),
    (frozenset({"human_review_queue", "review_decisions"}), _review),
    (frozenset({"flags_featureflag"}), _rollout),
)
