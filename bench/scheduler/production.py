"""The same run in production: PostgreSQL, Redis, a Celery worker a queue with beat, and the web process.

Processor time is read from the operating system for the processes themselves, without their children, while the run
executes: beat is a child of its worker and is not counted.
"""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from kernel.errors import MgeError
from mge_project.tests.services import free_port, postgres_answers, redis_answers

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = "postgres://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/14"


class NotRun(MgeError):
    """A service is missing, or the run did not end as it should."""

    code = "bench_not_run"


def overhead(source: Path, environment: dict[str, str], width: int) -> dict[str, Any]:
    """Milliseconds an atom of worker and web; ``not_run`` where a service is missing."""
    postgres, redis_url = os.environ.get("BENCH_POSTGRES", POSTGRES), os.environ.get("BENCH_REDIS", REDIS)
    if not postgres_answers(f"{postgres}/postgres") or not redis_answers(redis_url):
        return {"not_run": f"PostgreSQL at {postgres} and Redis at {redis_url} must answer"}
    with tempfile.TemporaryDirectory(prefix="mge-bench-") as folder, _database(postgres) as url, ExitStack() as stack:
        known = environment | {"DATABASE_URL": url, "MGE_REDIS_URL": redis_url, "MGE_DATA_DIR": folder}
        _do(known, "manage.py", "migrate", "--verbosity", "0")
        processes = [stack.enter_context(_process(known, *command)) for command in _commands(folder)]
        pids = ",".join(str(process.pid) for process in processes)
        found = _do(known, "-m", "bench.scheduler.drive", str(source), "--width", str(width), "--watch", pids)
    ran = json.loads(found.strip().splitlines()[-1])
    if ran["status"] != "completed" or set(ran["by_status"]) != {"passed"}:
        raise NotRun(f"the run in production ended {ran['status']} with {ran['by_status']}: {ran['error']}")
    names = ("generate", "validate", "web")
    each = {name: round(1000 * seconds / ran["calls"], 3) for name, seconds in zip(names, ran["watched"], strict=True)}
    return {"ms_per_atom": round(sum(each.values()), 3), "by_process": each, "makespan_s": round(ran["span"], 3)}


def _commands(folder: str) -> list[list[str]]:
    worker = ["-m", "celery", "-A", "mge_project", "worker", "--pool=threads", "-c", "2", "-l", "ERROR"]
    worker += ["--without-mingle", "--without-gossip"]
    return [
        [*worker, "-n", "bench.generate", "-Q", "generate", "-B", "-s", f"{folder}/beat"],
        [*worker, "-n", "bench.validate", "-Q", "validate"],
        ["manage.py", "serve", "--port", str(free_port())],
    ]


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"mge_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _process(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            yield process
        finally:
            process.terminate()


def _do(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotRun(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-600:]}")
    return done.stdout
