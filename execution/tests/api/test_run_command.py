"""``run_masterplan``: says what it may take before it starts, and on Ctrl-C how to go on."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from execution.management.commands.run_masterplan import Command
from execution.models import ExecutionRun
from masterplans.models import Masterplan

pytestmark = pytest.mark.django_db


def stop(self: Command, run: ExecutionRun) -> None:
    raise KeyboardInterrupt


def finish(self: Command, run: ExecutionRun) -> None:
    ExecutionRun.objects.filter(pk=run.pk).update(status="completed", phase="done")
    run.refresh_from_db()


def test_the_estimate_comes_first_and_stdout_holds_only_the_object(
    plan: Masterplan, with_model: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Command, "_follow", finish)
    call_command("run_masterplan", str(plan.pk), "--mode", "v2_atoms", "--budget", "0.01", "--json")
    out, err = capsys.readouterr()
    assert err.startswith("Estimate: ")
    assert "tokens in" in err
    assert "The budget of $0.01 may stop it" in err
    report: dict[str, Any] = json.loads(out)
    assert set(report) >= {
        *("run_id", "mode", "policy", "status", "atoms_total", "waves", "precision", "precision_reviewed"),
        *("cost_usd", "seconds", "calls", "by_status", "levels", "review_queue", "atoms"),
    }


def test_ctrl_c_pauses_and_the_same_command_goes_on(
    plan: Masterplan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Command, "_follow", stop)
    with pytest.raises(KeyboardInterrupt):
        call_command("run_masterplan", str(plan.pk), "--mode", "v2_atoms")
    run = ExecutionRun.objects.get()
    assert run.status == "paused"
    assert f"Go on: manage.py run_masterplan {plan.pk}" in capsys.readouterr().err
    monkeypatch.setattr(Command, "_follow", finish)
    call_command("run_masterplan", str(plan.pk))
    assert f"Going on with run {run.pk}, which was paused" in capsys.readouterr().err
    assert ExecutionRun.objects.get().status == "completed"
