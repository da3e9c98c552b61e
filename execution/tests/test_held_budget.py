"""A budget whose rest calls in flight hold at their worst prices: work waits for them, and parks only at the cap."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from bench.scripted_model.script import Latency, Reply, Script
from bench.scripted_model.server import ScriptedModel
from execution import services
from execution.engine import budget, driver
from execution.models import ExecutionRun, RunAtom, RunEvent
from execution.tests.test_step_boundaries import make_run
from llm.models import CallState, LlmCall

pytestmark = pytest.mark.django_db(transaction=True)
ATOMS = 12
ENGINES = pytest.mark.parametrize("mode", ["hybrid", "mvp"])


@pytest.fixture
def serve(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server as long as the test goes, or until the next one is asked for."""
    monkeypatch.setattr(services, "wake", lambda _: None)  # the test drives
    settings.DATA_DIR, settings.ANTHROPIC_API_KEY = tmp_path / "data", "test-key"
    servers: list[ScriptedModel] = []

    def begin() -> ScriptedModel:
        script = Script(rules=[], otherwise=Reply(echo=True, text="nothing"), latency=Latency(seconds=0.05))
        servers.append(ScriptedModel(script).__enter__())
        settings.ANTHROPIC_BASE_URL = servers[-1].url
        return servers[-1]

    yield begin
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def run(tmp_path: Path) -> ExecutionRun:
    """What the runs of a test are made like. It is gone itself, for a plan has one live run."""
    like = make_run(tmp_path / "plan", atoms=ATOMS, depth=1)
    ExecutionRun.objects.filter(pk=like.pk).delete()
    return like


def again(run: ExecutionRun, *, mode: str, budget_micro: int) -> ExecutionRun:
    """Another run of the same plan."""
    return ExecutionRun.objects.create(
        masterplan=run.masterplan, mode=mode, policy="regenerate", settings=run.settings, max_inflight=6,
        budget_micro=budget_micro,
    )  # fmt: skip


def prices(run: ExecutionRun, mode: str, serve: Callable[[], ScriptedModel]) -> tuple[int, int]:
    """The worst price of one call, and the real one of all of them."""
    free = again(run, mode=mode, budget_micro=10**12)
    serve()
    driver.drive(free.pk)
    found = LlmCall.objects.filter(run_id=free.pk).aggregate(worst=Max("reserved_micro"), all=Sum("cost_micro"))
    assert found["worst"] > found["all"] > 0, "one call may cost more than all of them do"
    return found["worst"], found["all"]


def drive_and_close(run: ExecutionRun) -> None:
    try:
        driver.drive(run.pk)
    finally:
        connection.close()


@ENGINES
def test_calls_in_flight_that_hold_all_that_is_left_are_waited_for(
    mode: str, run: ExecutionRun, serve: Callable[[], ScriptedModel]
) -> None:
    worst, everything = prices(run, mode, serve)
    tight, server = again(run, mode=mode, budget_micro=2 * worst + everything), serve()
    driver.drive(tight.pk)
    tight.refresh_from_db()
    assert (tight.status, tight.spent_micro, tight.reserved_micro) == ("completed", everything, 0)
    book = server.book()
    assert book["paid"] == book["calls"] == LlmCall.objects.filter(run_id=tight.pk).count()
    assert book["in_flight_max"] <= 2, "more calls than the cap bears at their worst prices"
    assert max(RunAtom.objects.filter(run=tight).values_list("claims", flat=True)) <= 3, "claimed without room"
    told = RunEvent.objects.filter(run=tight, type="atoms.status").values_list("data", flat=True)
    states = [row["status"] for data in told for row in data["atoms"]]
    # Who is a moment too late for the room that was left waits; that few are is what the driver counts for.
    assert states.count("retry_wait") <= 2, "nothing went wrong"


@ENGINES
def test_it_stops_only_where_the_next_call_has_no_room_beside_what_is_spent(
    mode: str, run: ExecutionRun, serve: Callable[[], ScriptedModel]
) -> None:
    worst, everything = prices(run, mode, serve)
    short, server = again(run, mode=mode, budget_micro=worst + everything // 2), serve()
    driver.drive(short.pk)
    short.refresh_from_db()
    assert (short.status, short.reserved_micro) == ("budget_stopped", 0)
    asked = server.book()["paid"]
    assert asked >= 3
    assert short.spent_micro + worst * 1.1 > (short.budget_micro or 0) >= short.spent_micro
    services.add_budget(short, Decimal(100))
    driver.drive(short.pk)
    short.refresh_from_db()
    assert (short.status, short.spent_micro) == ("completed", everything), "nothing was paid for twice"


def test_a_call_whose_process_died_holds_the_budget_only_until_nobody_can_wait_for_it(
    run: ExecutionRun, serve: Callable[[], ScriptedModel]
) -> None:
    worst, everything = prices(run, "hybrid", serve)
    left = again(run, mode="hybrid", budget_micro=3 * worst + everything)
    lost = LlmCall.objects.create(
        key="of a page that was closed", run_id=left.pk, purpose="review", model="m", request_sha="", request={},
        reserved_micro=worst, sent_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    serve()
    driver.drive(left.pk)
    left.refresh_from_db()
    lost.refresh_from_db()
    assert (left.status, left.spent_micro, left.reserved_micro) == ("completed", everything + worst, 0)
    assert lost.state == CallState.UNKNOWN


def test_paused_while_it_waits_for_room_the_mvp_gives_its_work_back(
    run: ExecutionRun, serve: Callable[[], ScriptedModel]
) -> None:
    worst, everything = prices(run, "mvp", serve)
    held = again(run, mode="mvp", budget_micro=worst + everything)
    other = LlmCall.objects.create(
        key="in flight elsewhere", run_id=held.pk, purpose="review", model="m", request_sha="", request={},
        reserved_micro=worst + everything,
    )  # fmt: skip
    server = serve()
    thread = threading.Thread(target=drive_and_close, args=(held,))
    thread.start()
    until = time.monotonic() + 20
    while not RunAtom.objects.filter(run=held, status="running").exists():
        assert time.monotonic() < until, "no task was begun"
        time.sleep(0.02)
    held.refresh_from_db()
    services.pause(held)
    thread.join(20)
    assert not thread.is_alive()
    assert set(RunAtom.objects.filter(run=held).values_list("status", flat=True)) == {"ready"}
    assert server.book()["calls"] == 0
    other.delete()
    held.refresh_from_db()
    services.resume(held)
    driver.drive(held.pk)
    held.refresh_from_db()
    assert (held.status, held.spent_micro) == ("completed", everything)


@pytest.mark.sandbox
def test_resumed_after_a_pause_it_says_that_it_executes(
    run: ExecutionRun, serve: Callable[[], ScriptedModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.settings["switches"]["ENABLE_HIERARCHICAL_VALIDATION"] = True
    one = again(run, mode="hybrid", budget_micro=10**12)
    serve()
    with monkeypatch.context() as patched:
        patched.setattr(budget, "warn", services.pause)  # the driver calls it while it executes
        driver.drive(one.pk)
    one.refresh_from_db()
    assert one.status == "paused"
    services.resume(one)
    told = RunEvent.objects.filter(run=one).latest("seq").seq
    driver.drive(one.pk)
    phases = RunEvent.objects.filter(run=one, seq__gt=told, type="run.phase").order_by("seq")
    assert [data["phase"] for data in phases.values_list("data", flat=True)][-2:] == ["executing", "system"]
