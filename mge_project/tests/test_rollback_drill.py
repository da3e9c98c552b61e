"""The four ways back, each done by its command and timed. docs/rollback.md says when to take which."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from atoms.models import AtomicUnit
from execution.attempts.models import AtomRetryHistory
from execution.dispatchers import local
from execution.models import ExecutionRun, RunAtom
from execution.services import RunOptions, start
from flags.models import FlagChange
from flags.pins import SWITCHES
from flags.routing import mode_for
from flags.services import change
from flags.tests.test_processes import READER, database_url
from graphs.models import AtomDependency, DependencyGraph, ExecutionWave
from kernel.states import ExecutionMode
from masterplans.models import Masterplan, MasterplanTask, SourceKind
from mge_project.tests.test_migrations import SEVEN, tables
from rollout import preserving
from rollout.stages import effective_percentage
from validation.models import ValidationResult

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]
ATOMS = 10_000
ASK = """
import django; django.setup()
from django.test import Client
print(Client(SERVER_NAME="localhost").get("/api/v1/health").json()["execution_mode"])
"""
WHY: Any = {"reason": "drill", "source": FlagChange.Source.COMMAND}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FF_")}
    own = {"DATABASE_URL": database_url(), "MGE_DATA_DIR": str(tmp_path)}
    return {**kept, **own, "DJANGO_SETTINGS_MODULE": "mge_project.settings"}


def everything_on(percentage: int = 100) -> None:
    change("ENABLE_V2", {"enabled": True, "percentage": percentage}, **WHY)
    for name in SWITCHES:
        change(name, {"active": True}, **WHY)


def manage(environment: dict[str, str], *argv: str) -> float:
    """Run a command in a process of its own; the moment when it had done its work."""
    command = [sys.executable, "manage.py", *argv]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return time.monotonic()


@pytest.fixture
def readers(environment: dict[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Two other processes, as two web workers: each prints Alice's mode whenever it changes."""
    User.objects.create_user("alice")
    command = [sys.executable, "-c", READER]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_kill_switch(environment: dict[str, str], readers: list["subprocess.Popen[str]"]) -> None:
    def said() -> list[str]:
        return [(process.stdout.readline() if process.stdout else "").strip() for process in readers]

    assert said() == ["mvp", "mvp"]
    change("ENABLE_V2", {"whitelist": ["alice"]}, **WHY)
    assert said() == ["hybrid", "hybrid"]
    done = manage(environment, "rollout", "rollback", "--now", "--reason", "drill")
    assert said() == ["mvp", "mvp"]
    assert time.monotonic() - done < 2.0, "no new V2 run in any process"


def test_the_environment_is_a_kill_switch_too(environment: dict[str, str]) -> None:
    """The seed's emergency: FF_ENABLE_V2=false, restart, ask /api/v1/health."""
    everything_on()
    command = [sys.executable, "-c", ASK]
    for pin, mode in (({}, "v2_atoms"), ({"FF_ENABLE_V2": "false"}, "mvp")):
        own = {**environment, **pin}
        said = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
        assert said.stdout.strip() == mode, said.stderr


def test_gradual() -> None:
    User.objects.bulk_create(User(username=f"user{n}") for n in range(300))
    users = list(User.objects.all())
    everything_on()
    before = {user.pk for user in users}
    for percentage in (50, 25, 10, 5, 0):
        began = time.monotonic()
        call_command("rollout", "rollback", "--reason", "drill", stdout=StringIO())
        assert time.monotonic() - began < 2.0
        assert effective_percentage() == percentage
        now = {user.pk for user in users if mode_for(user) is ExecutionMode.V2_ATOMS}
        assert now <= before, "nobody moves to V2 while it goes down"
        before = now
    assert not before


def test_one_phase() -> None:
    alice = User.objects.create_user("alice")
    everything_on()
    assert mode_for(alice) is ExecutionMode.V2_ATOMS
    began = time.monotonic()
    call_command("rollout", "rollback", "--phase", "ENABLE_AST_ATOMIZATION", "--reason", "drill", stdout=StringIO())
    assert mode_for(alice) is ExecutionMode.HYBRID
    assert time.monotonic() - began < 2.0
    call_command("rollout", "phase", "ENABLE_AST_ATOMIZATION", "on", "--reason", "drill", stdout=StringIO())
    assert mode_for(alice) is ExecutionMode.V2_ATOMS


def fill(owner: User) -> Masterplan:
    """A plan with ten thousand atoms, their graph, validations, attempts, and a run under way that is parked."""
    plan = Masterplan.objects.create(name="big", owner=owner, source_kind=SourceKind.PLAN_FILE)
    task = MasterplanTask.objects.create(
        masterplan=plan, task_number=1, name="t", target_path="a.py", place="a.py", language="python", draft=b"a = 1\n"
    )
    since = "2026-01-01T00:00Z"
    run = ExecutionRun.objects.create(masterplan=plan, mode="v2_atoms", status="running", started_at=since)
    atoms = AtomicUnit.objects.bulk_create(
        (
            AtomicUnit(
                task=task, masterplan=plan, atom_number=n, name=f"f{n}", description="d" * 80, language="python",
                estimated_loc=8, complexity=2, path="a.py", kind="function", symbol=f"f{n}", start_byte=n,
                end_byte=n + 1, start_line=n, end_line=n + 8, content_sha="0" * 64,
                context_json={"imports": ["os"] * 5, "callers": [f"f{n - 1}"], "signatures": {"f": "(x: int) -> int"}},
                needs=[{"name": f"f{k}", "kind": "function", "resolved_by": "x" * 60} for k in range(4)],
                criteria=[{"name": f"c{k}", "value": 1.0} for k in range(10)],
            )
            for n in range(ATOMS)
        ),
        batch_size=500,
    )  # fmt: skip
    ids = [atom.pk for atom in atoms]
    graph = DependencyGraph.objects.create(
        masterplan=plan, total_atoms=ATOMS, total_edges=ATOMS - 1, max_depth=3, total_waves=1, nodes_json=[],
        edges_json=[], topological_order=ids,
    )  # fmt: skip
    AtomDependency.objects.bulk_create(
        (
            AtomDependency(graph=graph, from_atom_id=b, to_atom_id=a, dependency_type="data", weight="0.70")
            for a, b in pairwise(ids)
        ),
        batch_size=1000,
    )
    ExecutionWave.objects.create(graph=graph, run_id=run.pk, wave_number=1, atom_ids=ids, atom_count=ATOMS)
    ValidationResult.objects.bulk_create(
        (
            ValidationResult(
                atom_id=i, masterplan=plan, run_id=run.pk, level=1, level_name="atomic", scope="a.py", status="passed",
                passed=True, checks_run=[{"name": k, "status": "passed"} for k in ("syntax", "names", "types")],
                checks_passed=3, checks_failed=0,
            )
            for i in ids
        ),
        batch_size=1000,
    )  # fmt: skip
    AtomRetryHistory.objects.bulk_create(
        (AtomRetryHistory(atom_id=i, run=run, attempt_number=0, success=True) for i in ids), batch_size=1000
    )
    RunAtom.objects.create(
        run=run, atom_id=ids[0], task_id=task.pk, position=1, path="a.py", symbol="f0", kind="function", start_line=1,
        end_line=1, loc=1, wave_number=1, status="ready",
    )  # fmt: skip
    return plan


@pytest.fixture
def up_again() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


def test_complete(tmp_path: Path, environment: dict[str, str], up_again: None) -> None:
    alice = User.objects.create_user("alice")
    everything_on()
    plan = fill(alice)
    counts = {name: model.objects.count() for name, model in _counted().items()}
    folder = tmp_path / "kept"
    folder.mkdir()
    argv = ("rollout", "rollback", "--complete", str(folder))
    manage(environment, *argv, "--dry-run")
    assert tables() >= SEVEN
    assert not list(folder.iterdir())

    began = time.monotonic()
    manage(environment, *argv, "--reason", "drill")
    seconds = time.monotonic() - began
    print(f"\ncomplete rollback of {ATOMS} atoms: {seconds:.1f} s")  # noqa: T201 - the figure of the drill
    assert seconds < 60
    assert not SEVEN & tables()

    assert mode_for(alice) is ExecutionMode.MVP
    assert ExecutionRun.objects.get().status == "paused", "what was under way is parked, not lost"
    client = Client()
    client.force_login(alice)
    assert client.get("/api/v1/masterplans/").status_code == 200
    other = Masterplan.objects.create(name="small", owner=alice, source_kind=SourceKind.PLAN_FILE)
    MasterplanTask.objects.create(
        masterplan=other, task_number=1, name="t", target_path="b.py", place="b.py", language="python", draft=b"b = 1\n"
    )
    run = start(other, RunOptions(), user=alice)
    assert local.join(run.pk, timeout=60)
    run.refresh_from_db()
    assert (run.mode, run.status) == ("mvp", "completed"), "the MVP goes on"

    manage(environment, "migrate", "--verbosity", "0")
    file = folder / f"{plan.pk}.v2.jsonl.gz"
    manage(environment, "import_v2", str(file))
    assert {name: model.objects.count() for name, model in _counted().items()} == counts
    again = tmp_path / "again.jsonl.gz"
    preserving.export(plan, again)
    assert _rows(again) == _rows(file), "every row came back as it was"


def _counted() -> dict[str, Any]:
    models = (AtomicUnit, AtomDependency, ExecutionWave, ValidationResult, AtomRetryHistory)
    return {model.__name__: model for model in models}


def _rows(file: Path) -> list[Any]:
    from rollout.domain import archive  # noqa: PLC0415 - read here alone

    archive.check(file)
    return list(archive.rows(file))
