"""A thousand users, a quarter on V2, a bad engine: the watcher takes it back by itself, and nobody loses a run."""

import hashlib
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from bench.scripted_model.script import Reply, Rule, Script
from execution.dispatchers import local
from execution.domain.prompts.mvp import SubtaskBrief, build
from execution.engine import calls
from execution.engine.briefs import project_brief
from execution.models import ExecutionRun, RunEvent
from execution.orchestrator import orchestrator
from execution.runs import begin
from execution.services import RunOptions, start
from flags.models import FlagChange
from flags.pins import SWITCHES
from flags.routing import current, mode_for
from flags.services import change
from kernel.states import ExecutionMode
from llm.models import CallState, LlmCall
from masterplans.models import Masterplan, MasterplanTask, SourceKind
from mge_project.management.commands.serve import Sweeper
from rollout.watcher import watch

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
USERS = 1000
AT_ONCE = 4
WATCH_SECONDS = 1.0
MOST_BAD_RUNS = 80
CODE = "def double(x):\n    return 2 * x\n"
WHY: Any = {"reason": "drill", "source": FlagChange.Source.COMMAND}


def by_hash(users: list[User], percentage: int) -> set[int]:
    return {u.pk for u in users if int(hashlib.md5(str(u.pk).encode()).hexdigest(), 16) % 100 < percentage}


def on_v2(users: list[User]) -> set[int]:
    return {user.pk for user in users if mode_for(user) is ExecutionMode.V2_ATOMS}


def bad_engine(run: ExecutionRun, beat: Any) -> None:
    """Pays for a call, then breaks: the worst kind, for the money is gone."""
    if not begin(run):
        return
    task = run.masterplan.tasks.get()
    brief = SubtaskBrief(
        path=task.target_path, language=task.language, number=1, count=1, description="bad", draft=None, before=""
    )
    prompt = build(brief, project=project_brief(run.masterplan))
    calls.ask(run, prompt, unit_id=uuid.uuid4(), attempt=1, purpose="bad")
    raise RuntimeError("a bad engine version")


@pytest.fixture
def users() -> list[User]:
    User.objects.bulk_create(User(username=f"user{n}") for n in range(USERS))
    return list(User.objects.order_by("pk"))


@pytest.fixture
def watching() -> Iterator[None]:
    sweeper = Sweeper(WATCH_SECONDS, watch)
    sweeper.start()
    yield
    sweeper.stop()


def run_of(user: User) -> ExecutionRun:
    plan = Masterplan.objects.create(name=f"of {user}", owner=user, source_kind=SourceKind.PLAN_FILE)
    MasterplanTask.objects.create(
        masterplan=plan, task_number=1, name="double", target_path="double.py", place="double.py", language="python"
    )
    return start(plan, RunOptions(), user=user)


def run_all(users: list[User]) -> list[ExecutionRun]:
    runs = [run_of(user) for user in users]
    for run in runs:
        assert local.join(run.pk, timeout=60), "a run did not end"
        run.refresh_from_db()
    return runs


def test_the_watcher_takes_a_bad_engine_back(
    users: list[User],
    watching: None,
    scripted: Callable[[Script], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = scripted(Script(rules=[Rule(pattern=".", replies=[Reply(code=CODE)])]))
    monkeypatch.setattr(orchestrator._strategies[ExecutionMode.V2_ATOMS], "execute", bad_engine)
    for name in SWITCHES:
        change(name, {"active": True}, **WHY)

    before: set[int] = set()
    for percentage in (5, 10, 25):
        change("ENABLE_V2", {"enabled": True, "percentage": percentage}, **WHY)
        now = on_v2(users)
        assert now == by_hash(users, percentage), "exactly those whose hash says so"
        assert now == on_v2(users), "the same at every request"
        assert before <= now, "nobody goes back while it goes up"
        before = now
    many = [User(pk=pk) for pk in range(1, 10_001)]
    assert abs(len(by_hash(many, 25)) / 100 - 25) <= 1.5

    chosen = [u for u in users if u.pk in before]
    others = [u for u in users if u.pk not in before]
    runs: list[ExecutionRun] = []
    turned = 0.0
    while not turned and len(runs) < 2 * MOST_BAD_RUNS:
        pair = [*chosen[: AT_ONCE // 2], *others[: AT_ONCE // 2]]
        del chosen[: AT_ONCE // 2], others[: AT_ONCE // 2]
        runs += run_all(pair)
        turned = time.monotonic() if current().killed else 0.0
    deadline = time.monotonic() + 2 * WATCH_SECONDS
    while not current().killed and time.monotonic() < deadline:
        time.sleep(0.05)
    assert current().killed, "the watcher has not acted"
    bad = [run for run in runs if run.mode == "v2_atoms"]
    assert len(bad) <= 10 + 3 * AT_ONCE, "it acts within one look of the tenth bad run"
    later = run_all(chosen[:10])
    assert {run.mode for run in later} == {"mvp"}, "no new run goes to V2"

    entry = FlagChange.objects.filter(source="watcher").get()
    assert "error_rate" in entry.reason
    assert RunEvent.objects.filter(type="rollout.rolled_back").count() == 1
    runs += later
    assert {run.status for run in runs} == {"completed"}, "no run is lost: the MVP finished what V2 broke"
    assert all(run.fell_back_at for run in bad)
    _nothing_paid_twice(runs, model)


def _nothing_paid_twice(runs: list[ExecutionRun], model: Any) -> None:
    ledger = LlmCall.objects.filter(run_id__in=[run.pk for run in runs])
    assert set(ledger.values_list("state", flat=True)) == {CallState.RECEIVED}
    assert ledger.values("key").distinct().count() == ledger.count() == len(model.requests), "each paid once"
    for run in runs:
        mine = [call.cost_micro for call in ledger.filter(run_id=run.pk)]
        assert run.spent_micro == sum(cost or 0 for cost in mine)
        assert run.calls == len(mine) == (2 if run.mode == "v2_atoms" else 1)
        assert run.reserved_micro == 0
