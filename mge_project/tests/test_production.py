"""The production set-up as it is run: PostgreSQL, Redis, a Celery worker as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django_celery_results.models import TaskResult

from execution.models import ExecutionRun, RunAtom
from kernel.errors import MgeError
from masterplans import imports
from masterplans.models import Masterplan
from mge_project.settings import _database

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def environment(db: None, tmp_path: Path) -> dict[str, str]:
    """What a process of the same installation has: our test database, a Redis, its own folder."""
    database = connection.settings_dict
    where = f"{database['HOST']}:{database['PORT'] or 5432}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{where}/{database['NAME']}",
        "MGE_REDIS_URL": os.environ["MGE_TEST_REDIS_URL"],
        "MGE_DATA_DIR": str(tmp_path),
        "MGE_LEASE_SECONDS": "5",
        "MGE_SWEEP_SECONDS": "2",
    }


@pytest.fixture
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = _worker(environment)
    yield process
    _kill(process)


def _worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "-A", "mge_project", "worker", "-Q", "generate,validate", "-B"]
    options = ["--pool=threads", "-c", "2", "--without-mingle", "--without-gossip", "-l", "WARNING"]
    schedule = ["-s", f"{environment['MGE_DATA_DIR']}/beat"]
    return subprocess.Popen([*command, *options, *schedule], cwd=ROOT, env=environment, start_new_session=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """At once and without a word, its beat too: a process of the worker's own that would outlive it."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def _wait_for(run: ExecutionRun, *statuses: str, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run.refresh_from_db()
        if run.status in statuses:
            return
        time.sleep(0.2)
    pytest.fail(f"the run is still {run.status} in the phase {run.phase!r}")


@pytest.mark.usefixtures("worker")
def test_a_worker_process_drives_what_the_command_line_starts(shop: Masterplan, environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "run_masterplan", str(shop.pk), "--mode", "v2_atoms", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["status"] == "completed"
    assert result["levels"]["4"]["failed"] == 1
    run = ExecutionRun.objects.get(pk=result["run_id"])
    assert run.driver_token is None
    assert set(RunAtom.objects.filter(run=run).values_list("status", flat=True)) == {"passed", "failed"}
    swept = TaskResult.objects.filter(task_name="execution.tasks.sweep", status="SUCCESS")
    assert swept.exists(), "the admin sees the sweeps by their name"


@pytest.mark.usefixtures("worker")
def test_a_worker_imports_what_was_uploaded_and_the_admin_sees_how_it_ended(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_wake", lambda _: None)  # the message is lost; the sweep sends another
    monkeypatch.setattr(imports, "PATIENCE_SECONDS", 60.0)
    plan = b'{"name": "sent", "tasks": [{"target_path": "a.py"}]}'
    assert imports.finished(imports.submit(plan, filename="plan.json", owner=alice)).name == "sent"
    with pytest.raises(MgeError) as refused:
        imports.finished(imports.submit(b"{", filename="plan.json", owner=alice))
    assert (refused.value.code, refused.value.http_status) == ("invalid_plan", 400)
    results = TaskResult.objects.filter(task_name="masterplans.tasks.import_plan")
    until = time.monotonic() + 10
    while set(results.values_list("status", flat=True)) != {"SUCCESS", "FAILURE"} and time.monotonic() < until:
        time.sleep(0.1)  # the worker stores its result after the row has ended
    assert refused.value.message in results.get(status="FAILURE").result


@pytest.mark.usefixtures("worker")
def test_quick_messages_do_not_wait_for_the_next_second(environment: dict[str, str]) -> None:
    """Prefetching is off: the worker's loop has to be told that a slot is free."""
    send = (
        "from uuid import uuid4; from execution.tasks import validate_run\n"
        "for _ in range(60): validate_run.delay(str(uuid4()))"
    )
    command = [sys.executable, "-c", f"import mge_project.celery, django; django.setup()\n{send}"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)

    def wait_for(most: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := broker.llen("validate")) > most:
            assert time.monotonic() < until, f"{left} messages wait"
            time.sleep(0.05)

    with redis.Redis.from_url(environment["MGE_REDIS_URL"]) as broker:
        wait_for(55, 60.0)  # the worker may just be starting
        wait_for(0, 15.0)


def test_a_killed_worker_is_replaced_and_nothing_is_lost(shop: Masterplan, environment: dict[str, str]) -> None:
    """Race bug 6: the dispatcher restarts before anyone claims, and the run is stuck for ever."""
    run = ExecutionRun.objects.create(masterplan=shop, mode="v2_atoms", status="pending", settings=_frozen())
    first = _worker(environment)
    try:
        _wait_for(run, "running", "completed")
    finally:
        _kill(first)
    second = _worker(environment)
    try:
        _wait_for(run, "completed")
    finally:
        _kill(second)
    atoms = RunAtom.objects.filter(run=run)
    assert set(atoms.values_list("status", flat=True)) == {"passed", "failed"}
    assert atoms.count() == run.atoms_total == atoms.values("atom_id").distinct().count()


def _frozen() -> dict[str, object]:
    return {"model": None, "max_attempts": 3, "suite_timeout": 300, "suite_memory_mib": 1024, "review_share": 0.18}


def test_a_kept_connection_is_lent_again_and_replaced_when_it_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: PLC0415 - asks for psycopg

    database = connection.settings_dict
    where = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
    monkeypatch.setenv("DATABASE_URL", f"postgres://{where}/{database['NAME']}")
    monkeypatch.setenv("MGE_DB_POOL", "1")  # of two either may be lent
    kept = DatabaseWrapper({**database, **_database()}, alias="kept")

    def backend() -> int:
        with kept.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found = int(cursor.fetchone()[0])
        kept.close()
        return found

    try:
        first = backend()
        assert backend() == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [first])
        assert backend() != first
    finally:
        kept.close_pool()
