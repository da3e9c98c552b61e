"""Shadow runs: the MVP ships, V2 runs after it on the same plan, both are compared, and nothing else changes."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from execution.models import ExecutionRun
from execution.orchestrator import orchestrator
from execution.selectors import latest_run
from execution.services import RunOptions, cancel, start
from kernel.errors import InvalidInput
from kernel.states import ExecutionMode
from masterplans.models import Masterplan
from review.models import HumanReviewQueue
from rollout.models import ShadowComparison

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def plan(tmp_path: Path, import_folder: Callable[..., Masterplan]) -> Masterplan:
    (tmp_path / "double.py").write_text(GOOD)
    (tmp_path / "broken.py").write_text("def f(:\n    pass\n")
    return import_folder(tmp_path)


def command(plan: Masterplan, *argv: str) -> dict[str, Any]:
    out = StringIO()
    call_command("run_masterplan", str(plan.pk), *argv, "--json", stdout=out, stderr=StringIO())
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_the_mvp_ships_and_v2_is_compared(plan: Masterplan, alice: User, as_charlie: Client) -> None:
    shipped = command(plan, "--shadow")
    parent = ExecutionRun.objects.get(pk=shipped["run_id"])
    child = parent.shadows.get()
    assert (parent.mode, parent.status, child.mode, child.status) == ("mvp", "completed", "v2_atoms", "completed")
    assert child.started_at is not None
    assert parent.finished_at is not None
    assert child.started_at >= parent.finished_at, "neither slows the other, so that their times compare"
    assert latest_run(plan.pk) == parent
    assert not HumanReviewQueue.objects.exists(), "nothing of a shadow ships, so nobody need look at it"
    pair = ShadowComparison.objects.get()
    assert (pair.parent, pair.child) == (parent, child)
    assert pair.mvp["findings"][0]["path"] == pair.v2["findings"][0]["path"] == "broken.py"
    assert pair.v2["levels"]["1"]["passed"] > 0
    assert pair.precision_gain is None, "there are no tests: not measured"
    assert pair.seconds_saved == pytest.approx(pair.mvp["seconds"] - pair.v2["seconds"])
    client = Client()
    client.force_login(alice)
    for run in (parent, child):
        assert client.get(f"/api/v2/rollout/comparisons/{run.pk}").json()["parent_id"] == str(parent.pk)
    assert len(client.get("/api/v2/rollout/comparisons").json()["results"]) == 1
    assert as_charlie.get(f"/api/v2/rollout/comparisons/{parent.pk}").status_code == 404


def test_a_shadow_that_breaks_never_touches_its_parent(plan: Masterplan, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = orchestrator._strategies[ExecutionMode.V2_ATOMS]

    def broken(run: ExecutionRun, beat: Any) -> None:
        raise RuntimeError("a bad engine")

    monkeypatch.setattr(strategy, "execute", broken)
    monkeypatch.setenv("FF_FALLBACK_TO_MVP_ON_ERROR", "false")
    shipped = command(plan, "--shadow")
    parent = ExecutionRun.objects.get(pk=shipped["run_id"])
    child = parent.shadows.get()
    assert (shipped["status"], child.status) == ("completed", "failed")
    plan.refresh_from_db()
    assert plan.status == "completed"
    call_command("rollout", "watch", stdout=StringIO())
    assert ShadowComparison.objects.get().v2["error"] == "RuntimeError: a bad engine"


def test_only_the_mvp_casts_a_shadow_and_both_end_together(plan: Masterplan, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="the MVP ships"):
        start(plan, RunOptions(mode="v2_atoms", shadow=True))
    assert not ExecutionRun.objects.exists()
    monkeypatch.setattr("execution.services.wake", lambda run_id: None)
    run = start(plan, RunOptions(shadow=True))
    cancel(run)
    assert run.shadows.get().status == "cancelled"
