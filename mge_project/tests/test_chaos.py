"""Everything is killed at random moments: workers, Redis, connections of PostgreSQL and itself, the web process.

Redis is also emptied, and a private PostgreSQL made to restart: one of its processes is killed, so that it ends all
sessions and recovers from its log.

What must hold whatever dies: the run ends complete, each atom is decided once, no stored reply is paid for again, at
most one call is paid twice for each that was in flight at a kill, and the book is never below the provider's own.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection

from bench.scheduler.plan import write_plan
from bench.scripted_model.script import Latency, Reply, Script
from bench.scripted_model.server import ScriptedModel
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun, RunAtom, RunEvent
from flags.pins import SWITCHES
from llm.messages import Usage
from llm.models import LlmCall
from llm.prices import cost_micro
from llm.profiles import profile_for
from masterplans.models import Masterplan
from mge_project.tests.services import free_port

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
ROOT = Path(settings.BASE_DIR)
MODEL = "claude-sonnet-5-5"
OFF = {"ENABLE_HIERARCHICAL_VALIDATION", "ENABLE_HUMAN_REVIEW", "FALLBACK_TO_MVP_ON_ERROR"}


@dataclass
class Group:
    """A process with its children, to be killed at once and started again."""

    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@dataclass
class System:
    """A production set-up of its own, and what was in flight whenever something was killed."""

    groups: dict[str, Group]
    model: ScriptedModel
    redis_url: str
    in_flight_at_kills: list[int] = field(default_factory=list)

    def kill(self, name: str) -> None:
        self.in_flight_at_kills.append(self.model.book()["in_flight"])
        if name == "postgres":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            return
        if name == "postgres restart":
            _restart_postgres()
            return
        if name == "redis flush":
            with suppress(redis.RedisError), redis.Redis.from_url(self.redis_url, socket_timeout=2) as client:
                client.flushall()  # it may just be starting again, and is empty then
            return
        self.groups[name].kill()
        self.groups[name].start()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., System]]:
    with ExitStack() as stack:

        def start(latency: Latency, *, web: bool, validators: int = 1) -> System:
            script = Script(rules=[], latency=latency, otherwise=Reply(echo=True, text="nothing"))
            model = stack.enter_context(ScriptedModel(script))
            port = free_port()
            redis_url = f"redis://127.0.0.1:{port}/0"
            environment = _environment(tmp_path, model.url, redis_url)
            server = shutil.which("redis-server") or "redis-server"
            groups = {"redis": Group([server, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], environment)}
            for name, queue, more in (
                ("generate", "generate", ["--pool=threads", "-c", "2", "-B", "-s", str(tmp_path / "beat")]),
                ("generate 2", "generate", ["--pool=threads", "-c", "2"]),
                *((f"validate {n}", "validate", ["--pool=threads", "-c", "2"]) for n in range(validators)),
            ):
                celery = [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "mge_project",
                    "worker",
                    "-Q",
                    queue,
                    "-n",
                    f"{port}.{name}",
                ]
                groups[name] = Group([*celery, *more, "--without-mingle", "--without-gossip"], environment)
            if web:
                serve = [sys.executable, "manage.py", "serve", "--port", str(free_port())]
                groups["web"] = Group(serve, environment)
            for group in groups.values():
                stack.callback(group.kill)
                group.start()
            return System(groups=groups, model=model, redis_url=redis_url)

        yield start


def _private_postgres() -> bool:
    """Whether the server is one that was started for these tests alone (see services.py), on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return "/mge-pg-" in str(cursor.fetchone()[0])


def _restart_postgres() -> None:
    """Kill the process of our own session: the server ends all others, recovers, and lets everybody in again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while True:
        connection.close()
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _environment(folder: Path, model_url: str, redis_url: str) -> dict[str, str]:
    database = connection.settings_dict
    where = f"{database['HOST']}:{database['PORT'] or 5432}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{where}/{database['NAME']}",
        "MGE_REDIS_URL": redis_url,
        "MGE_DATA_DIR": str(folder),
        "MGE_LEASE_SECONDS": "5",
        "MGE_SWEEP_SECONDS": "2",
        "ANTHROPIC_BASE_URL": model_url,
        "ANTHROPIC_API_KEY": "test-key",
    }


def _run(plan: Masterplan, *, width: int, off: set[str] = OFF) -> ExecutionRun:
    frozen = {
        "model": MODEL, "max_attempts": 3, "suite_timeout": 300, "suite_memory_mib": 1024, "review_share": 0.18,
        "switches": {name: name not in off for name in SWITCHES},
    }  # fmt: skip
    return ExecutionRun.objects.create(
        masterplan=plan, mode="hybrid", policy="regenerate", settings=frozen, max_inflight=width
    )


def _until(run: ExecutionRun, done: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not done():
        run.refresh_from_db()
        assert run.status in ("pending", "running", "completed"), (run.status, run.error)
        if time.monotonic() > until:
            counts = Counter(RunAtom.objects.filter(run=run).values_list("status", "stage"))
            pytest.fail(f"still {run.status} in {run.phase!r}: {counts}")
        time.sleep(0.1)


def _passed(run: ExecutionRun) -> int:
    return RunAtom.objects.filter(run=run, status="passed").count()


def _has(run: ExecutionRun, share: int) -> bool:
    return _passed(run) >= share or run.status == "completed"


def _wreak(system: System, run: ExecutionRun, *, kills: int, atoms: int, seconds: float) -> None:
    """Kill something whenever the next share of the atoms is done, each kind in turn and then at random."""
    chance = random.Random(5)
    names = [*system.groups, "postgres", "redis flush", *(["postgres restart"] if _private_postgres() else [])]
    for number in range(kills):
        share = atoms * (number + 1) // (kills + 2)
        _until(run, partial(_has, run, share), seconds)
        system.kill(names[number % len(names)] if number < len(names) else chance.choice(names))
        time.sleep(chance.uniform(0.0, 0.5))
    _until(run, lambda: run.status == "completed", seconds)


def _check(system: System, run: ExecutionRun, atoms: int) -> dict[str, int]:
    rows = RunAtom.objects.filter(run=run)
    assert set(rows.values_list("status", flat=True)) == {"passed"}
    assert rows.count() == run.atoms_total >= atoms
    tries = Counter(AtomRetryHistory.objects.filter(run=run, success=True).values_list("atom_id", flat=True))
    asked = rows.filter(attempts__gt=0).count()
    assert set(tries.values()) == {1}
    decided: Counter[str] = Counter()
    for event in RunEvent.objects.filter(run=run, type="atoms.status"):
        decided.update(a["atom_id"] for a in event.data["atoms"] if a["status"] == "passed")
    assert set(decided.values()) == {1}, "an atom was decided twice"
    book, calls = system.model.book(), LlmCall.objects.filter(run_id=run.pk)
    received = {c.key: c for c in calls.filter(state="received")}
    assert len(received) >= asked
    for call in calls:
        stored = received.get(call.key)
        assert stored is None or stored.received_at is None or call.sent_at <= stored.received_at, "paid again"
    extra = book["paid"] - asked
    assert 0 <= extra <= sum(system.in_flight_at_kills), (extra, system.in_flight_at_kills)
    usage = Usage(**{name: book[name] for name in Usage.__slots__})
    assert sum(c.cost_micro or 0 for c in calls) >= (cost_micro(usage, profile_for(MODEL)) or 0)
    assert calls.exclude(state__in=["error"]).count() >= book["paid"]
    return {"paid": book["paid"], "extra": extra, "booked": calls.count(), "in_flight_max": book["in_flight_max"]}


def _plan(folder: Path, import_folder: Callable[..., Masterplan], *, atoms: int, depth: int) -> Masterplan:
    folder.mkdir()
    write_plan(folder, atoms=atoms, depth=depth, seed=3)
    return import_folder(folder)


def test_one_kill_of_each_kind_loses_nothing_and_pays_nothing_twice(
    begin: Callable[..., System], tmp_path: Path, import_folder: Callable[..., Masterplan]
) -> None:
    plan = _plan(tmp_path / "plan", import_folder, atoms=60, depth=3)
    system = begin(Latency(seconds=0.4), web=False)
    run = _run(plan, width=10)
    _wreak(system, run, kills=7, atoms=60, seconds=60)
    _check(system, run, 60)


@pytest.mark.drill
@pytest.mark.timeout(1500)
def test_a_hundred_kills_of_everything(
    begin: Callable[..., System], tmp_path: Path, import_folder: Callable[..., Masterplan],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    kills = int(os.environ.get("CHAOS_KILLS", "100"))
    plan = _plan(tmp_path / "plan", import_folder, atoms=800, depth=8)
    system = begin(Latency(median=1.0, by_symbol=True), web=True)
    run = _run(plan, width=100)
    began = time.monotonic()
    _wreak(system, run, kills=kills, atoms=800, seconds=180)
    found = _check(system, run, 800) | {"kills": kills, "seconds": round(time.monotonic() - began)}
    record_property("chaos", found)
    sys.stderr.write(f"chaos: {found}\n")


def _descendants(pid: int) -> dict[int, str]:
    """What a process has started, and what that has: the command line of each that lives."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            number, row = int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()
            if row[0] != "Z":
                parents.setdefault(int(row[1]), []).append(number)
    found: dict[int, str] = {}
    todo = [pid]
    while todo:
        for child in parents.get(todo.pop(), ()):
            with suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            todo.append(child)
    return found


def _judging(run: ExecutionRun) -> bool:
    return RunAtom.objects.filter(run=run, status="running", stage="validate").exists()


def _in_sandbox(group: Group) -> bool:
    assert group.process is not None
    return any("/.mge/" in command for command in _descendants(group.process.pid).values())


def _kill_a_validator(groups: list[Group], run: ExecutionRun, chance: random.Random) -> bool:
    """Kill a worker, and nothing but it, while it has sandboxes and replies are judged; True where that was so.

    The sandboxes must end without anybody's help.
    """
    ready: list[Group] = []

    def found() -> bool:
        ready[:] = [group for group in groups if _judging(run) and _in_sandbox(group)]
        return bool(ready) or run.status == "completed"

    _until(run, found, 240)
    if not ready:
        return False
    time.sleep(chance.uniform(0.0, 0.3))
    process = ready[0].process
    assert process is not None
    left = _descendants(process.pid)
    inside = _judging(run) and any("/.mge/" in command for command in left.values())
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    until = time.monotonic() + 15
    while alive := {pid: command for pid, command in left.items() if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < until, f"outlived their worker: {alive}"
        time.sleep(0.1)
    ready[0].start()
    return inside


@pytest.mark.drill
@pytest.mark.sandbox
@pytest.mark.timeout(900)
def test_workers_killed_while_they_judge_pay_nothing_again_and_leave_no_sandbox_behind(
    begin: Callable[..., System], tmp_path: Path, import_folder: Callable[..., Masterplan],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    kills, chains, chance = int(os.environ.get("CHAOS_KILLS", "10")), 8, random.Random(11)
    folder = tmp_path / "plan"
    folder.mkdir()
    write_plan(folder, atoms=chains * 3, depth=3, seed=3)
    (folder / "tests").mkdir()
    for number in range(chains):
        body = "".join(f"\n\ndef test_f{n}():\n    assert c{number}_f{n}(1) > 0\n" for n in range(3))
        names = ", ".join(f"c{number}_f{n}" for n in range(3))
        (folder / "tests" / f"test_chain{number}.py").write_text(f"from chain{number} import {names}\n{body}")
    plan = import_folder(folder, tests=(str(folder / "tests"),))
    system = begin(Latency(seconds=0.2), web=False, validators=2)
    run = _run(plan, width=6, off=OFF - {"ENABLE_HIERARCHICAL_VALIDATION"})
    workers = [system.groups[f"validate {n}"] for n in range(2)]
    killed = inside = 0
    while killed < kills and run.status != "completed":
        inside += _kill_a_validator(workers, run, chance)
        killed += 1
    _until(run, lambda: run.status == "completed", 240)
    assert inside >= min(3, kills), "hardly any worker was judging when it died"
    found = _check(system, run, chains * 3) | {"kills": killed, "inside": inside}
    assert found["extra"] == 0, "whoever judges pays for nothing"
    record_property("validation kills", found)
    sys.stderr.write(f"kills while judging: {found}\n")
