"""The watcher: looks at the guards from time to time and takes V2 back by itself where one fires.

It changes the routing with the version that it looked at: where an admin was faster, it looks again next time. It never
acts on missing data, nor where the data cannot be read.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db.models import Max

from execution import events
from flags import routing
from flags.models import FlagChange
from flags.pins import FLAG, variable_of
from flags.services import change, version_of
from kernel.errors import Conflict
from rollout import clock
from rollout.models import Watch
from rollout.shadow import compare_finished
from rollout.stages import Guard, guards, live_v2_runs, open_critical_bugs, runs_since, stage_began

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look found and did. ``verdict``: calm, idle, rolled_back, killed, overtaken or blind."""

    verdict: str
    detail: str = ""


def watch() -> Look:
    """Look once, act where a trigger fires, and note what was found. Safe to call at any time from any process."""
    try:
        _see_the_clock()
        compare_finished()
        look = _look()
        Watch.objects.filter(pk=1).update(verdict=look.verdict, detail=look.detail)
    except DatabaseError as error:  # what cannot be read is missing data: no reason to change anything
        log.warning("watcher_blind", error=type(error).__name__)
        return Look(verdict="blind", detail=f"{type(error).__name__}: the data could not be read")
    return look


def _look() -> Look:
    version = version_of(FLAG)
    now = routing.current()
    on_v2 = not now.killed and ((now.enabled and now.percentage > 0) or bool(now.whitelist))
    if not on_v2:
        return Look(verdict="idle", detail="nobody is on V2")
    firing = [guard for guard in guards() if guard.fires]
    if not firing:
        return Look(verdict="calm")
    return _roll_back(firing, now, version)


def _roll_back(firing: list[Guard], now: routing.Routing, version: int) -> Look:
    """To 0 %; by the kill latch in an emergency, or where the percentage is pinned or is 0 already."""
    reason = "automatic rollback: " + "; ".join(_words(guard) for guard in firing)
    held = variable_of(FLAG, "percentage") is not None or now.percentage == 0 or not now.enabled
    emergency = held or any(guard.emergency for guard in firing)
    fields: dict[str, Any] = {"kill_latch": True} if emergency else {"percentage": 0}
    recovery = _since_last_news()
    try:
        made = change(FLAG, fields, reason=reason, source=FlagChange.Source.WATCHER, version=version)
    except Conflict as error:
        return Look(verdict="overtaken", detail=error.message)
    if made is None:
        return Look(verdict="calm", detail="rolled back already")
    verdict = "killed" if emergency else "rolled_back"
    live = live_v2_runs().count()
    log.warning("v2_rolled_back", reason=reason, fields=fields, live_v2_runs=live)
    events.publish(
        topic="flags",
        type="rollout.rolled_back",
        data={
            "reason": reason,
            "from": now.percentage,
            "to": 0,
            "killed": emergency,
            "live_v2_runs": live,
            "recovery_seconds": recovery,
        },
    )
    return Look(verdict=verdict, detail=reason)


def _since_last_news() -> float | None:
    """Seconds since the newest run of this stage ended or the newest critical bug was reported."""
    ended = runs_since(stage_began()).aggregate(newest=Max("finished_at"))["newest"]
    reported = open_critical_bugs().aggregate(newest=Max("at"))["newest"]
    news = [moment.timestamp() for moment in (ended, reported) if moment is not None]
    return max(0.0, clock.wall_now() - max(news)) if news else None


def _words(guard: Guard) -> str:
    seen, rule = guard.seen, guard.rule
    if rule.name == "critical_bugs":
        return f"{seen.value:.0f} open critical bugs"
    sign = "below" if rule.more_is_better else "above"
    return f"{rule.name} {seen.value:.3g} ({seen.low:.3g} to {seen.high:.3g}, n={seen.sample}) is {sign} {rule.limit:g}"


def _see_the_clock() -> None:
    last = Watch.objects.filter(pk=1).first()
    wall, monotonic, boot = clock.wall_now(), clock.monotonic_now(), clock.boot_id()
    live = [str(pk) for pk in live_v2_runs().filter(started_at__isnull=False).values_list("pk", flat=True)]
    if jumped := clock.jump_since(last, wall=wall, monotonic=monotonic, boot=boot):
        log.warning("clock_jumped", seconds=round(jumped, 1))
        clock.mark_untimed({*live, *(last.live if last else [])}, jumped)
    Watch.objects.update_or_create(
        pk=1,
        defaults={"wall": wall, "monotonic": monotonic, "boot_id": boot, "live": live},
        create_defaults={
            "wall": wall, "monotonic": monotonic, "boot_id": boot, "live": live, "verdict": "starting",
        },
    )  # fmt: skip
