"""Reads of the rollout: its whole state in one object, for the command, the API and the console."""

from typing import Any

from django.db.models import Avg, Count

from flags import routing
from flags.selectors import WHEN_OFF
from rollout import stages
from rollout.domain import gates
from rollout.models import BugReport, RunFeedback, Watch
from rollout.stages import Guard


def status() -> dict[str, Any]:
    """Where the rollout stands, what each guard says, and what the watcher last saw."""
    now = routing.current()
    here = stages.effective_percentage()
    last = Watch.objects.filter(pk=1).first()
    shown = [guard_payload(guard) for guard in stages.guards()]
    return {
        "sentence": sentence(now),
        "enabled": now.enabled,
        "percentage": now.percentage,
        "effective_percentage": here,
        "killed": now.killed,
        "stages": list(gates.STAGES),
        "next_stage": gates.next_stage(here),
        "may_advance": not now.killed
        and all(g["verdict"] == "passed" for g in shown if here > 0 or g["name"] == "critical_bugs"),
        "stage_began_with": stages.stage_began(),
        "guards": shown,
        "runs_in_stage": stages.runs_since(stages.stage_began()).count(),
        "live_v2_runs": stages.live_v2_runs().count(),
        "open_critical_bugs": [bug_payload(bug) for bug in stages.open_critical_bugs().select_related("by")[:50]],
        "watcher": None if last is None else {"verdict": last.verdict, "detail": last.detail, "at": last.wall},
    }


def sentence(now: routing.Routing) -> str:
    """The effective state in one sentence."""
    if now.killed:
        return "V2 is off for everyone: the kill switch is set."
    named = f"{len(now.whitelist)} named user{'s' if len(now.whitelist) != 1 else ''}"
    share = now.percentage if now.enabled else 0
    who = f"{share} % of users" if share else "nobody"
    if now.whitelist:
        who = f"{who} + {named}" if share else named
    off = [
        name for name, on in routing.switches().items() if name in WHEN_OFF and not on and name.startswith("ENABLE_")
    ]
    phases = "all phases are on" if not off else f"off: {', '.join(_phase(name) for name in off)}"
    blocked = f"; {len(now.blacklist)} blocked" if now.blacklist else ""
    return f"V2 is on for {who}{blocked}; {phases}." if share or now.whitelist else f"V2 is on for {who}; {phases}."


def _phase(name: str) -> str:
    return name.removeprefix("ENABLE_").replace("_", " ").lower().replace("ast ", "AST ")


def guard_payload(guard: Guard) -> dict[str, Any]:
    """A guard with its numbers."""
    return {
        "name": guard.rule.name,
        "verdict": guard.verdict.value,
        "value": guard.seen.value,
        "low": guard.seen.low,
        "high": guard.seen.high,
        "sample": guard.seen.sample,
        "min_sample": guard.rule.min_sample,
        "goal": guard.rule.goal,
        "limit": guard.rule.limit,
        "more_is_better": guard.rule.more_is_better,
        "triggers": guard.rule.triggers,
        "fires": guard.fires,
    }


def bug_payload(bug: BugReport) -> dict[str, Any]:
    """A bug report."""
    return {
        "id": bug.pk,
        "run_id": bug.run_id,
        "critical": bug.critical,
        "description": bug.description,
        "by": bug.by.get_username() if bug.by else None,
        "at": bug.at,
        "closed_at": bug.closed_at,
        "resolution": bug.resolution,
    }


def satisfaction(mode: str | None = None) -> dict[str, Any]:
    """Mean score and number of scores, of one mode or of all."""
    rows = RunFeedback.objects.all() if mode is None else RunFeedback.objects.filter(run__mode=mode)
    return rows.aggregate(mean=Avg("score"), count=Count("id"))
