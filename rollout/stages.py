"""Where the rollout stands, what its guards have seen, and the steps up and down.

A stage begins with the change of ``ENABLE_V2`` that set it, and its window is the runs that were *started* under that
change or a later one: each run keeps the number of the newest change at its start. So no clock decides what counts, and
runs that a bad stage left behind do not weigh on the next one.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from execution.models import ExecutionRun
from execution.selectors import seconds_of
from flags import routing
from flags.models import FlagChange
from flags.pins import FLAG, SWITCHES, variable_of
from flags.selectors import REQUIRES
from flags.services import change, version_of
from kernel.errors import Conflict, InvalidInput
from kernel.states import ExecutionMode, RunStatus
from rollout.domain import gates
from rollout.domain.gates import Rule, Verdict
from rollout.domain.intervals import Estimate, exact, mean, rate
from rollout.models import BugReport, RunFeedback

_V2 = (ExecutionMode.V2_ATOMS, ExecutionMode.HYBRID)
_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED)


class GatesClosed(Conflict):
    """The guards of this stage do not allow the next one."""

    code = "gates_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A rule, what was seen, and what follows."""

    rule: Rule
    seen: Estimate
    verdict: Verdict
    fires: bool
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of the routing, done or (``dry_run``) only thought through."""

    what: str
    fields: dict[str, Any]
    before: dict[str, Any]
    live_v2_runs: int
    dry_run: bool
    change_id: int | None = None


def current_rules() -> tuple[Rule, ...]:
    """The rules with the sample sizes of the settings."""
    return gates.rules(
        min_runs=settings.MGE_ROLLOUT_MIN_RUNS,
        min_scores=settings.MGE_ROLLOUT_MIN_SCORES,
        min_for_trigger=settings.MGE_WATCH_MIN_RUNS,
    )


def stage_began() -> int:
    """The number of the change that the present stage began with; 0 before the first."""
    touched = Q(after__has_key="percentage") | Q(after__has_key="enabled") | Q(after__has_key="kill_latch")
    newest = FlagChange.objects.filter(touched, name=FLAG).order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def runs_since(change_id: int) -> QuerySet[ExecutionRun]:
    """V2 runs that the routing chose and that were started under this change or a later one. Shadows do not count."""
    return ExecutionRun.objects.filter(
        parent_run=None,
        mode__in=_V2,
        settings__explicit_mode=False,
        settings__flags_version__gte=change_id,
    )


def measure(change_id: int) -> dict[str, Estimate]:
    """What the guards have seen in a stage."""
    ended = list(runs_since(change_id).filter(status__in=_ENDED).select_related("untimed"))
    bad = sum(run.status == RunStatus.FAILED or run.fell_back_at is not None for run in ended)
    seconds = [took for run in ended if not hasattr(run, "untimed") and (took := seconds_of(run)) and took > 0]
    done = [run for run in ended if run.status == RunStatus.COMPLETED]
    scores = RunFeedback.objects.filter(run__in=runs_since(change_id)).values_list("score", flat=True)
    return {
        "precision": mean([run.precision for run in done if run.precision is not None]),
        "seconds": mean(seconds),
        "error_rate": rate(bad, len(ended)),
        "cost_usd": mean([run.spent_micro / 1_000_000 for run in ended if not run.unpriced_calls]),
        "satisfaction": mean([float(score) for score in scores]),
        "critical_bugs": exact(open_critical_bugs().count()),
    }


def open_critical_bugs() -> QuerySet[BugReport]:
    """Critical bugs that nobody has closed."""
    return BugReport.objects.filter(critical=True, closed_at=None)


def guards(change_id: int | None = None) -> list[Guard]:
    """Every guard of the present stage (or of another)."""
    seen = measure(stage_began() if change_id is None else change_id)
    return [
        Guard(
            rule=rule,
            seen=seen[rule.name],
            verdict=gates.judge(rule, seen[rule.name]),
            fires=gates.fires(rule, seen[rule.name]),
            emergency=gates.is_emergency(rule, seen[rule.name]),
        )
        for rule in current_rules()
    ]


def live_v2_runs() -> QuerySet[ExecutionRun]:
    """V2 runs that are not at their end; a change of routing lets them finish or park."""
    live = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.BUDGET_STOPPED)
    return ExecutionRun.objects.filter(mode__in=_V2, status__in=live)


def effective_percentage() -> int:
    """The share of users on V2 now, lists apart."""
    now = routing.current()
    return now.percentage if now.enabled and not now.killed else 0


def advance(
    *, reason: str, by: Any, source: FlagChange.Source, dry_run: bool = False, version: int | None = None
) -> Step:
    """To the next stage. GatesClosed where a guard of this stage has not passed; the first stage needs no runs."""
    seen_version = version_of(FLAG) if version is None else version
    now = routing.current()
    if now.killed:
        raise Conflict("The kill latch is set: release it first (rollout release).")
    here = effective_percentage()
    target = gates.next_stage(here)
    if target is None:
        raise Conflict("V2 is on for everyone: there is no further stage.")
    closed = [g for g in guards() if g.verdict is not Verdict.PASSED and (here > 0 or g.rule.name == "critical_bugs")]
    if closed:
        words = ", ".join(f"{g.rule.name}: {g.verdict.value.replace('_', ' ')}" for g in closed)
        raise GatesClosed(
            f"From {here} % to {target} %: not yet ({words}).",
            **{g.rule.name: g.verdict.value for g in closed},
        )
    fields = {"enabled": True, "percentage": target}
    return _step(
        f"advance to {target} %", fields, reason=reason, by=by, source=source, dry_run=dry_run, version=seen_version
    )


def step_back(
    *, reason: str, by: Any, source: FlagChange.Source, dry_run: bool = False, version: int | None = None
) -> Step:
    """One stage down: 100, 50, 25, 10, 5, off (the seed's gradual rollback)."""
    seen_version = version_of(FLAG) if version is None else version
    here = effective_percentage()
    if here == 0:
        raise Conflict("No share of the users is on V2: there is no stage to go back from.")
    target = gates.previous_stage(here)
    fields: dict[str, Any] = {"percentage": target} if target else {"percentage": 0, "enabled": False}
    return _step(
        f"back to {target} %" if target else "off",
        fields,
        reason=reason,
        by=by,
        source=source,
        dry_run=dry_run,
        version=seen_version,
    )


def kill(*, reason: str, by: Any, source: FlagChange.Source, dry_run: bool = False, version: int | None = None) -> Step:
    """The kill switch: MVP for everyone at the next question of any process. Runs under way finish or park."""
    return _step(
        "kill switch", {"kill_latch": True}, reason=reason, by=by, source=source, dry_run=dry_run, version=version
    )


def release(*, reason: str, by: Any, source: FlagChange.Source, dry_run: bool = False) -> Step:
    """Take the kill latch off; the routing is then what it was."""
    return _step("release the kill latch", {"kill_latch": False}, reason=reason, by=by, source=source, dry_run=dry_run)


def set_phase(
    name: str, *, active: bool, reason: str, by: Any, source: FlagChange.Source, dry_run: bool = False
) -> Step:
    """Switch one phase of V2 to the MVP's way or back (the seed's partial rollback). New runs are then HYBRID."""
    if name not in SWITCHES:
        raise InvalidInput(f"There is no phase {name[:60]!r}; known are {', '.join(SWITCHES)}.")
    before = {"active": routing.switches()[name]}
    resting = [other for other, needs in REQUIRES.items() if name in needs] if not active else []
    what = f"{name} {'on' if active else 'off'}" + (f" ({', '.join(resting)} rests on it)" if resting else "")
    if variable := variable_of(name, "active"):
        raise Conflict(f"{name} is pinned by the environment variable {variable}: unset it there, then restart.")
    made = None
    if not dry_run:
        made = change(name, {"active": active}, reason=reason, by=by, source=source)
    return Step(
        what=what,
        fields={"active": active},
        before=before,
        live_v2_runs=live_v2_runs().count(),
        dry_run=dry_run,
        change_id=made.pk if made else None,
    )


def _step(
    what: str,
    fields: dict[str, Any],
    *,
    reason: str,
    by: Any,
    source: FlagChange.Source,
    dry_run: bool,
    version: int | None = None,
) -> Step:
    now = routing.current()
    before = {"enabled": now.enabled, "percentage": now.percentage, "kill_latch": now.killed}
    made = None
    if not dry_run:
        made = change(FLAG, fields, reason=reason, by=by, source=source, version=version)
    return Step(
        what=what,
        fields=fields,
        before={key: before[key] for key in fields},
        live_v2_runs=live_v2_runs().count(),
        dry_run=dry_run,
        change_id=made.pk if made else None,
    )
