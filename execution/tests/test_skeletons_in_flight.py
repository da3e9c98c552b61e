"""A run that ends or dies while a skeleton is asked for: what was paid for is kept, and nothing more is paid for."""

import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from bench.scripted_model.script import Latency, Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from execution import leases, services
from execution.engine import budget, driver
from execution.models import ExecutionRun, RunAtom
from execution.tests.test_step_boundaries import MODEL, OFF, Killed, abandon, dying
from flags.pins import SWITCHES
from llm import ledger
from llm.models import LlmCall
from masterplans.models import Masterplan, MasterplanTask

pytestmark = pytest.mark.django_db(transaction=True)
SKELETON = 'def f(x: int) -> int:\n    """Double it."""\n    raise NotImplementedError("hole: f")\n'
CODE = 'def f(x: int) -> int:\n    """Double it."""\n    return 2 * x\n'
WAIT = 0.15


@pytest.fixture
def model(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    rules = [
        Rule(contains="You write the skeleton", replies=[Reply(tool={"code": SKELETON, "tests": ""})]),
        Rule(symbol="f", replies=[Reply(code=CODE)]),
    ]
    with ScriptedModel(Script(rules=rules, latency=Latency(seconds=WAIT))) as server:
        settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = server.url, "test-key"
        settings.DATA_DIR = tmp_path / "data"
        monkeypatch.setattr(services, "wake", lambda _: None)  # the test drives
        yield server


@pytest.fixture
def run() -> ExecutionRun:
    """Two files without code."""
    plan = Masterplan.objects.create(name="p", owner=User.objects.create_user("owner"), source_kind="plan_file")
    for number, name in enumerate("ab", start=1):
        MasterplanTask.objects.create(
            masterplan=plan, task_number=number, name=name, target_path=f"{name}.py", place=f"{name}.py",
            language="python",
        )  # fmt: skip
    frozen = {
        "model": MODEL, "max_attempts": 3, "suite_timeout": 60, "suite_memory_mib": 512, "review_share": 0.18,
        "switches": {name: name not in OFF for name in SWITCHES},
    }  # fmt: skip
    return ExecutionRun.objects.create(
        masterplan=plan, mode="hybrid", policy="repair", settings=frozen, max_inflight=4, budget_micro=10**12
    )


def driving(run: ExecutionRun, model: ScriptedModel) -> threading.Thread:
    """A driver whose first skeleton is in flight."""

    def work() -> None:
        try:
            driver.drive(run.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + 20
    while model.book()["in_flight"] == 0:
        assert time.monotonic() < until, "no skeleton was asked for"
        time.sleep(0.01)
    return thread


def skeleton_calls(run: ExecutionRun) -> list[str]:
    return list(LlmCall.objects.filter(run_id=run.pk, purpose="skeleton").values_list("state", flat=True))


def skeletons(run: ExecutionRun) -> int:
    return MasterplanTask.objects.filter(masterplan=run.masterplan, skeleton__isnull=False).count()


def ends_well(run: ExecutionRun, model: ScriptedModel, *, again: int = 0) -> None:
    driver.drive(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error, run.reserved_micro) == ("completed", "", 0)
    assert set(RunAtom.objects.filter(run=run).values_list("status", flat=True)) == {"passed"}
    assert skeletons(run) == 2
    assert skeleton_calls(run).count("received") == 2
    assert model.book()["paid"] == 4 + again, "two skeletons, two bodies"


def test_cancelled_with_a_skeleton_in_flight_it_stays_cancelled_and_asks_for_no_other(
    model: ScriptedModel, run: ExecutionRun
) -> None:
    thread = driving(run, model)
    run.refresh_from_db()
    services.cancel(run)
    thread.join(30)
    driver.drive(run.pk)
    run.refresh_from_db()
    assert (run.status, run.reserved_micro) == ("cancelled", 0)
    assert skeleton_calls(run) == ["received"], "what was paid for is booked"
    assert (skeletons(run), model.book()["paid"]) == (1, 1)
    assert not RunAtom.objects.filter(run=run).exists()


def test_paused_with_a_skeleton_in_flight_it_keeps_the_reply_and_goes_on_behind_it(
    model: ScriptedModel, run: ExecutionRun
) -> None:
    thread = driving(run, model)
    run.refresh_from_db()
    services.pause(run)
    thread.join(30)
    assert (skeletons(run), model.book()["paid"]) == (1, 1)
    run.refresh_from_db()
    services.resume(run)
    ends_well(run, model)


def test_parked_by_the_budget_between_two_skeletons_it_goes_on_with_more(
    model: ScriptedModel, run: ExecutionRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = budget.reserve

    def narrow(one: ExecutionRun, request: Any) -> int:
        found = real(one, request)
        ExecutionRun.objects.filter(pk=one.pk).update(budget_micro=found + 1)  # room for this call, and no other
        return found

    monkeypatch.setattr(budget, "reserve", narrow)
    driver.drive(run.pk)
    run.refresh_from_db()
    assert (run.status, model.book()["paid"], skeletons(run)) == ("budget_stopped", 1, 1)
    monkeypatch.undo()
    monkeypatch.setattr(services, "wake", lambda _: None)
    services.add_budget(run, Decimal(100))
    ends_well(run, model)


@pytest.mark.parametrize(("before", "again"), [(True, 1), (False, 0)])
def test_killed_with_a_skeleton_in_flight_or_just_stored_it_pays_at_most_for_what_was_lost(
    model: ScriptedModel, run: ExecutionRun, monkeypatch: pytest.MonkeyPatch, before: bool, again: int
) -> None:
    planted, died = dying(ledger.settle, before=before)
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "settle", planted)
        patched.setattr(leases, "leave_run", lambda *_: None)  # the dead leave nothing tidy
        with pytest.raises(Killed):
            driver.drive(run.pk)
    assert died
    assert (model.book()["paid"], skeletons(run)) == (1, 0)
    abandon(run)
    ends_well(run, model, again=again)
