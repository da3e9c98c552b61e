"""A process that dies between two steps of an attempt, by the step: the next one ends the run and pays nothing twice.

Death is an error that nothing of the engine handles, raised where the step would begin or end; what the dead process
held runs out, as it does when nobody renews it. The steps around a payment are also those of a process of its own that
is really killed; at random moments that is done in the chaos test.
"""

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from bench.scheduler.plan import write_plan
from bench.scripted_model.script import Reply, Script
from bench.scripted_model.server import ScriptedModel
from execution import leases
from execution.attempts.models import AtomRetryHistory
from execution.engine import budget, driver, judgement, outcomes, v2, waves
from execution.engine.endings import Endings
from execution.models import ExecutionRun, RunAtom
from flags.pins import SWITCHES
from llm import ledger, together
from llm.models import LlmCall
from masterplans.importers.folder_plan import SourceOptions, plan_of_folder
from masterplans.models import SourceKind
from masterplans.services import create_from_spec

pytestmark = pytest.mark.django_db(transaction=True)
OFF = {"ENABLE_HIERARCHICAL_VALIDATION", "ENABLE_HUMAN_REVIEW", "FALLBACK_TO_MVP_ON_ERROR"}
MODEL = "claude-sonnet-5-5"

# name: what dies, before (or else after) its work, and how many calls may be paid for once more
STEPS: dict[str, tuple[Any, str, bool, int]] = {
    "before the layout": (v2, "lay_out", True, 0),
    "after the layout": (v2, "lay_out", False, 0),
    "before the claim": (leases, "claim", True, 0),
    "after the claim": (leases, "claim", False, 0),
    "after the reservation": (budget, "reserve_together", False, 0),
    "after booking, before the call": (together, "book_together", False, 0),
    "after the reservation of one": (budget, "reserve", False, 0),
    "after booking one, before the call": (ledger, "book", False, 0),
    "after the call, before storing its reply": (ledger, "settle", True, 1),
    "after storing, before it is read": (ledger, "settle", False, 0),
    "before validation": (waves, "judge_reply", True, 0),
    "after validation": (waves, "judge_reply", False, 0),
    "before the history is written": (outcomes, "record", True, 0),
    "after the history, before the atom is settled": (leases, "settle_each", True, 0),
    "after the atom, before its dependents": (leases, "release_dependents", True, 0),
    "after its dependents": (leases, "release_dependents", False, 0),
    "before the waves are closed": (waves, "close_waves", True, 0),
    "before the score": (v2, "score_alone", True, 0),
    "after the score, before the end": (v2, "end", True, 0),
    "after the end": (v2, "end", False, 0),
}


ALONE = {"after the reservation of one", "after booking one, before the call"}  # as where not all can be booked at once
KILLED = (  # where money could be lost
    "after booking, before the call",
    "after the call, before storing its reply",
    "after storing, before it is read",
    "before the history is written",
    "after the atom, before its dependents",
)


class Killed(BaseException):
    """No handler of the engine catches it."""


@pytest.fixture
def model(settings: Any, tmp_path: Path) -> Any:
    with ScriptedModel(Script(rules=[], otherwise=Reply(echo=True, text="nothing"))) as server:
        settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = server.url, "test-key"
        settings.DATA_DIR = tmp_path / "data"
        yield server


def make_run(folder: Path, *, atoms: int = 2, depth: int = 2) -> ExecutionRun:
    folder.mkdir()
    write_plan(folder, atoms=atoms, depth=depth, seed=1)
    owner = User.objects.create_user("owner")
    spec = plan_of_folder(SourceOptions(directory=str(folder)))
    plan = create_from_spec(spec, owner=owner, source_kind=SourceKind.SOURCE_TREE)
    frozen = {
        "model": MODEL, "max_attempts": 3, "suite_timeout": 60, "suite_memory_mib": 512, "review_share": 0.18,
        "switches": {name: name not in OFF for name in SWITCHES},
    }  # fmt: skip
    return ExecutionRun.objects.create(
        masterplan=plan, mode="hybrid", policy="regenerate", settings=frozen, max_inflight=4, budget_micro=10**12
    )


def dying(real: Callable[..., Any], *, before: bool) -> tuple[Callable[..., Any], list[bool]]:
    """The step that kills its process at its first call, and notes it."""
    died: list[bool] = []

    def step(*args: Any, **words: Any) -> Any:
        if died:
            return real(*args, **words)
        if before:
            died.append(True)
            raise Killed
        real(*args, **words)
        died.append(True)
        raise Killed

    return step, died


def abandon(run: ExecutionRun) -> None:
    """What happens when nobody renews what a dead process held."""
    past = timezone.now() - timedelta(seconds=1)
    RunAtom.objects.filter(run=run, status="running").update(lease_until=past)
    ExecutionRun.objects.filter(pk=run.pk).update(driver_token=uuid.uuid4(), driver_until=past)
    LlmCall.objects.filter(run_id=run.pk, state="sent").update(sent_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("name", STEPS)
def test_death_at_a_step_loses_nothing_and_pays_no_stored_reply_again(
    name: str, model: ScriptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, step, before, again = STEPS[name]
    run = make_run(tmp_path / "plan")
    if name in ALONE:
        monkeypatch.setattr(together, "book_together", lambda *_, **__: [])
    planted, died = dying(getattr(where, step), before=before)
    monkeypatch.setattr(where, step, planted)
    monkeypatch.setattr(leases, "leave_run", lambda *_: None)  # the dead leave nothing tidy
    with pytest.raises(Killed):
        driver.drive(run.pk)
    assert died
    monkeypatch.undo()
    goes_on(run, model, again=again)


@pytest.mark.drill
@pytest.mark.parametrize("name", KILLED)
def test_a_process_killed_at_a_step_loses_nothing_and_pays_no_stored_reply_again(
    name: str, model: ScriptedModel, tmp_path: Path
) -> None:
    where, step, before, again = STEPS[name]
    run = make_run(tmp_path / "plan")
    command = [sys.executable, "-m", "execution.tests.dying", str(run.pk), where.__name__, step]
    died = subprocess.run(
        [*command, "before" if before else "after"], cwd=settings.BASE_DIR, env=_environment(model.url, tmp_path),
        timeout=120, check=False,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    goes_on(run, model, again=again)


def test_an_error_in_one_judgement_ends_the_run_and_keeps_what_the_others_came_to(
    model: ScriptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "plan", atoms=4, depth=1)
    real, asked = judgement.judge_reply, []

    def judge(atom: RunAtom, *rest: Any) -> Any:
        asked.append(atom.atom_id)
        if len(asked) == 1:
            raise ValueError("a defect of ours")
        return real(atom, *rest)

    monkeypatch.setattr(waves, "judge_reply", judge)
    due = Endings.due  # all four are taken in at once
    monkeypatch.setattr(Endings, "due", lambda endings: due(endings) and len(endings._ended) == 4)
    driver.drive(run.pk)
    run.refresh_from_db()

    assert (run.status, run.error) == ("failed", "ValueError: a defect of ours")
    by_status = Counter(RunAtom.objects.filter(run=run, atom_id__in=asked).values_list("status", flat=True))
    assert by_status == {"ready": 1, "passed": 3}, "no reply in flight is lost, and nothing waits for a lease"
    assert model.book()["paid"] == 4


def _environment(url: str, folder: Path) -> dict[str, str]:
    database = connection.settings_dict
    where = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}/"
    address = f"sqlite:///{database['NAME']}" if connection.vendor == "sqlite" else f"{where}{database['NAME']}"
    model = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "test-key"}
    return {**os.environ, **model, "DATABASE_URL": address, "MGE_DATA_DIR": str(folder / "data")}


def goes_on(run: ExecutionRun, model: ScriptedModel, *, again: int) -> None:
    """Another driver ends the run that a dead one left, with at most so many calls paid for once more."""
    abandon(run)

    driver.drive(run.pk)
    run.refresh_from_db()

    rows = RunAtom.objects.filter(run=run)
    asked = rows.filter(attempts__gt=0)
    assert (run.status, run.error) == ("completed", "")
    assert set(rows.values_list("status", flat=True)) == {"passed"}
    assert asked.count() == 2
    tries = AtomRetryHistory.objects.filter(run=run, attempt_number__gt=0).values_list("atom_id", flat=True)
    assert sorted(tries) == sorted(asked.values_list("atom_id", flat=True)), "each is decided once"
    assert 2 <= model.book()["paid"] <= 2 + again
    assert LlmCall.objects.filter(run_id=run.pk).exclude(state="error").count() >= model.book()["paid"]
    assert run.reserved_micro == 0
