"""Stages: up only through the gates, down at any time; each rollback path changes what it says, and only that."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from execution.models import ExecutionRun, RunEvent
from flags.models import FlagChange
from flags.routing import current, mode_for, switches
from kernel.states import ExecutionMode
from rollout import services, stages
from rollout.domain.gates import Verdict
from rollout.stages import GatesClosed
from rollout.tests.conftest import Ended, set_flag, signed_in

pytestmark = pytest.mark.django_db
WHY: Any = {"reason": "test", "by": None, "source": FlagChange.Source.COMMAND}


def verdicts() -> dict[str, str]:
    return {guard.rule.name: guard.verdict.value for guard in stages.guards()}


def good_stage(ended: Ended) -> None:
    """Everything that the gates ask for."""
    runs = [*ended(40, precision=1.0, seconds=500), *ended(40, precision=0.99, seconds=700)]
    for n, run in enumerate(runs[:12]):
        services.give_feedback(run, score=4 if n == 0 else 5, word="", user=run.masterplan.owner)


def say(*argv: str) -> dict[str, Any]:
    out = StringIO()
    call_command("rollout", *argv, "--json", stdout=out, stderr=StringIO())
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_the_way_up_and_down(ended: Ended) -> None:
    assert say("advance", "--reason", "week 15")["fields"] == {"enabled": True, "percentage": 5}
    for percentage in (10, 25, 50, 100):
        with pytest.raises(CommandError, match="precision: no data") as told:
            say("advance", "--reason", "too early")
        assert told.value.returncode == 2
        good_stage(ended)
        assert say("status")["may_advance"], verdicts()
        say("advance", "--reason", "stable")
        assert current().percentage == percentage
    with pytest.raises(CommandError, match="no further stage"):
        say("advance", "--reason", "more")
    for percentage in (50, 25, 10, 5, 0):
        assert say("rollback", "--dry-run")["dry_run"]
        say("rollback", "--reason", "complaints")
        assert stages.effective_percentage() == percentage
    assert current().enabled is False
    with pytest.raises(CommandError, match="no stage to go back from"):
        say("rollback", "--reason", "again")


def test_runs_of_an_earlier_stage_shadows_and_explicit_modes_do_not_count(ended: Ended) -> None:
    set_flag(enabled=True, percentage=5)
    ended(80)
    set_flag(percentage=10)
    assert verdicts()["precision"] == "no_data"
    version = stages.stage_began()
    ended(80, settings={"explicit_mode": True, "flags_version": version})
    parent = ended(1)[0]
    ended(80, parent_run=parent)
    ended(80, mode="mvp")
    assert stages.measure(version)["precision"].sample == 1


@pytest.mark.parametrize(
    ("fields", "guard", "verdict"),
    [
        ({"precision": 0.5}, "precision", Verdict.FAILED),
        ({"precision": None}, "precision", Verdict.NO_DATA),
        ({"seconds": 20000}, "seconds", Verdict.FAILED),
        ({"seconds": -5}, "seconds", Verdict.NO_DATA),
        ({"status": "failed"}, "error_rate", Verdict.FAILED),
        ({"spent_micro": 300_000_000}, "cost_usd", Verdict.FAILED),
        ({"unpriced_calls": 1}, "cost_usd", Verdict.NO_DATA),
    ],
)
def test_each_guard_reads_its_own_rows(ended: Ended, fields: dict[str, Any], guard: str, verdict: Verdict) -> None:
    set_flag(enabled=True, percentage=5)
    ended(40, **fields)
    assert verdicts()[guard] == verdict


def test_a_fallback_is_an_error_though_the_run_completed(ended: Ended) -> None:
    set_flag(enabled=True, percentage=5)
    ended(40)
    ended(40, fell_back_at="2026-01-01T00:00:00Z")
    assert stages.measure(stages.stage_began())["error_rate"].value == 0.5


def test_an_open_critical_bug_holds_every_stage_until_it_is_closed(ended: Ended) -> None:
    run = ended(1)[0]
    bug = say("report-bug", str(run.pk), "--critical", "--description", "it eats data")
    with pytest.raises(GatesClosed, match="critical_bugs"):
        stages.advance(**WHY)
    say("close-bug", str(bug["id"]), "--resolution", "mended")
    stages.advance(**WHY)
    assert current().percentage == 5
    with pytest.raises(CommandError, match="closed already"):
        say("close-bug", str(bug["id"]), "--resolution", "twice")


def test_the_kill_switch_stops_everyone_and_is_released_to_what_was() -> None:
    alice = User.objects.create_user("alice")
    set_flag(enabled=True, percentage=100, whitelist=["alice"])
    say("rollback", "--now", "--reason", "fire")
    assert mode_for(alice) is ExecutionMode.MVP, "it beats the whitelist"
    with pytest.raises(CommandError, match="kill latch is set"):
        say("advance", "--reason", "no")
    say("release", "--reason", "mended")
    assert mode_for(alice) is ExecutionMode.HYBRID
    assert current().percentage == 100


def test_one_phase_alone_goes_back() -> None:
    for name in ("ENABLE_DEPENDENCY_GRAPH", "ENABLE_WAVE_EXECUTION"):
        say("phase", name, "on", "--reason", "up")
    dry = say("rollback", "--phase", "ENABLE_DEPENDENCY_GRAPH", "--dry-run")
    assert "ENABLE_WAVE_EXECUTION rests on it" in dry["what"]
    assert switches()["ENABLE_DEPENDENCY_GRAPH"]
    say("rollback", "--phase", "ENABLE_DEPENDENCY_GRAPH", "--reason", "wrong edges")
    assert switches()["ENABLE_DEPENDENCY_GRAPH"] is False
    assert switches()["ENABLE_WAVE_EXECUTION"] is True
    with pytest.raises(CommandError, match="no phase 'ENABLE_X'"):
        say("rollback", "--phase", "ENABLE_X", "--reason", "y")


@pytest.mark.parametrize(
    "argv",
    [
        ["advance"],
        ["rollback", "--now"],
        ["report-bug", "no-such-run"],
        ["rollback", "--complete", "/no/such/folder", "--reason", "x"],
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(argv: list[str]) -> None:
    with pytest.raises(CommandError) as told:
        say(*argv)
    assert told.value.returncode == 2
    assert "\n" not in str(told.value)
    assert not FlagChange.objects.exists()


class TestApi:
    def test_operators_look_and_admins_move(self, ended: Ended) -> None:
        operator, admin = signed_in("oscar", "operator"), signed_in("root", "admin")
        body: Any = {"reason": "go", "dry_run": False}
        assert operator.post("/api/v2/rollout/advance", body, content_type="application/json").status_code == 403
        moved = admin.post("/api/v2/rollout/advance", body, content_type="application/json").json()
        assert moved["changes"] == {"enabled": True, "percentage": 5}
        shown = operator.get("/api/v2/rollout").json()
        assert shown["sentence"].startswith("V2 is on for 5 % of users; off: AST atomization")
        assert {g["verdict"] for g in shown["guards"]} == {"no_data", "passed"}
        closed = admin.post("/api/v2/rollout/advance", body, content_type="application/json")
        assert (closed.status_code, closed.json()["code"]) == (409, "gates_closed")
        killed = admin.post(
            "/api/v2/rollout/rollback", {"now": True, "reason": "fire"}, content_type="application/json"
        )
        assert killed.json()["changes"] == {"kill_latch": True}
        assert operator.get("/api/v2/rollout").json()["sentence"].startswith("V2 is off for everyone")
        assert admin.post("/api/v2/rollout/release", {}, content_type="application/json").status_code == 400
        assert signed_in("rita", "reviewer").get("/api/v2/rollout").status_code == 403

    def test_feedback_feeds_its_metric(self, ended: Ended, client: Any) -> None:
        run: ExecutionRun = ended(1)[0]
        client.force_login(run.masterplan.owner)
        url = f"/api/v2/rollout/runs/{run.pk}/feedback"
        assert client.get(url).json() == {"score": None, "word": "", "mean": None, "count": 0}
        given = client.put(url, {"score": 5, "word": "fast"}, content_type="application/json").json()
        assert given == {"score": 5, "word": "fast", "mean": 5.0, "count": 1}
        assert client.put(url, {"score": 4}, content_type="application/json").json()["count"] == 1
        assert client.put(url, {"score": 6}, content_type="application/json").status_code == 400
        assert stages.measure(0)["satisfaction"].value == 4.0
        assert signed_in("charlie", "operator").get(url).status_code == 404
        ExecutionRun.objects.update(status="running", finished_at=None)
        assert client.put(url, {"score": 1}, content_type="application/json").status_code == 409

    def test_bugs(self, ended: Ended) -> None:
        run = ended(1)[0]
        admin = signed_in("root", "admin")
        body = {"run_id": str(run.pk), "critical": True, "description": "it eats data"}
        bug = admin.post("/api/v2/rollout/bugs", body, content_type="application/json").json()
        assert admin.get("/api/v2/rollout").json()["open_critical_bugs"][0]["id"] == bug["id"]
        closing = f"/api/v2/rollout/bugs/{bug['id']}/close"
        closed = admin.post(closing, {"resolution": "mended"}, content_type="application/json")
        assert closed.json()["closed_at"]
        assert admin.get("/api/v2/rollout/bugs").json()["results"][0]["resolution"] == "mended"
        assert RunEvent.objects.filter(topic="flags").count() == 2
        charlie = signed_in("charlie", "operator")
        assert charlie.post("/api/v2/rollout/bugs", body, content_type="application/json").status_code == 404
