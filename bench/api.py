"""How fast the API answers with 10,000 reviews in the queue: one reviewer alone, and fifty at once.

The real server (``manage.py serve``) on the loopback address, on the database that ``DATABASE_URL`` names (SQLite in a
folder of its own without it), filled by ``bench.api_seed``. Reviewers read the queue and an item, claim it, approve it,
and think a while in between. Times are a client's; the client runs on the same machine.
"""

import argparse
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.api_client import Reviewer, Timing
from kernel.errors import InvalidInput, Unavailable

ROOT = Path(__file__).parent.parent
START_SECONDS = 60.0
THINK = (10.0, 20.0)  # seconds that one reviewer looks at one item: the pace of people
QUEUE, REVIEW = "/api/v2/review/queue", "/api/v2/review"


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure with ``--items`` in the queue, ``--reviewers`` for ``--seconds``."""
    parser = argparse.ArgumentParser(prog="bench api")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument(
        "--think", type=float, nargs=2, default=THINK, metavar=("LEAST", "MOST"), help="seconds spent on one item"
    )
    parser.add_argument("--alone", type=int, default=60, help="requests of each kind by one reviewer alone")
    options = parser.parse_args(argv)
    if options.items < 100 or not 1 <= options.reviewers <= 500:
        raise InvalidInput("Give at least 100 items, and 1 to 500 reviewers.")
    if not 0 <= options.think[0] <= options.think[1]:
        raise InvalidInput("Give the thinking time as two numbers of seconds, the smaller first.", option="think")
    with tempfile.TemporaryDirectory(prefix="mge-bench-") as folder, _environment(folder) as env:
        began = time.perf_counter()
        told = _run(env, "-m", "bench.api_seed", str(options.items), str(options.reviewers))
        known = json.loads(told.splitlines()[-1])
        sys.stderr.write(f"seeded {options.items} items in {time.perf_counter() - began:.0f} s\n")
        with _server(env) as port:
            alone = _alone(port, known["tokens"][0], options.alone)
            events = _events(port, env, known)
            crowd, many = _crowd(port, known["tokens"], options.seconds, options.think)
    kinds = sorted({name for name, _, _ in crowd})
    return {
        "database": "postgresql" if env.get("DATABASE_URL", "").startswith("postgres") else "sqlite",
        "items": options.items,
        "queue_p95_ms": _p95(alone, "queue"),
        "detail_p95_ms": _p95(alone, "detail"),
        "event_p95_ms": events,
        "reviewers": options.reviewers,
        "think_seconds": list(options.think),
        "requests_a_second": round(len(crowd) / options.seconds, 1),
        "queue_p95_ms_crowd": _p95(crowd, "queue"),
        "detail_p95_ms_crowd": _p95(crowd, "detail"),
        "any_p95_ms_crowd": {name: _p95(crowd, name) for name in kinds},
        "slowest_ms_crowd": round(1000 * max((seconds for _, seconds, _ in crowd), default=0.0)),
        "errors": many,
    }


@contextmanager
def _environment(folder: str) -> Iterator[dict[str, str]]:
    """The server's environment, with a database of its own that is gone afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MGE_REDIS_URL")}
    own = {"MGE_DATA_DIR": folder, "MGE_DISPATCHER": "local", "MGE_LOG_LEVEL": "ERROR", "MGE_SEARCH_ON_CLAIM": "false"}
    own |= {"MGE_DB_POOL": "40"}  # as the service `web` of docker-compose has it
    if not url.startswith("postgres"):
        yield {**kept, **own}
        return
    import psycopg  # noqa: PLC0415 - only where there is a PostgreSQL

    name = f"mge_bench_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**kept, **own, "DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{' '.join(words)} failed: {done.stderr.strip()[-400:]}")
    return done.stdout


@contextmanager
def _server(env: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise Unavailable("the server did not start")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=5):
            return True
    except OSError:
        return False


def _alone(port: int, token: str, count: int) -> list[Timing]:
    """One reviewer: pages of the queue, deep ones too, and items."""
    reviewer = Reviewer(port, token)
    ids: list[str] = []
    cursor = ""
    for _ in range(count + 3):
        page = reviewer.get("queue", f"{QUEUE}?limit=100{f'&cursor={cursor}' if cursor else ''}")
        ids += [row["review_id"] for row in page["results"]]
        cursor = page["next"] or ""
    for review_id in random.Random(1).sample(ids, count + 3):
        reviewer.get("detail", f"{REVIEW}/{review_id}")
    return [t for name in ("queue", "detail") for t in [t for t in reviewer.timings if t[0] == name][3:]]  # warmed up


def _events(port: int, env: dict[str, str], known: dict[str, Any]) -> float | None:
    """From the commit of an event in another process to its frame in a socket, 95th percentile in ms."""
    told = _run(env, "-m", "bench.api_events", str(port), known["run_id"], known["masterplan_id"])
    waits = json.loads(told.splitlines()[-1])
    return _percentile(waits) if waits else None


def _crowd(port: int, tokens: Sequence[str], seconds: float, think: Sequence[float]) -> tuple[list[Timing], int]:
    """Every reviewer in a thread, thinking between items; all requests, and how many failed but for conflicts."""
    people = [Reviewer(port, token) for token in tokens]
    ends = time.monotonic() + seconds
    threads = [threading.Thread(target=_review, args=(p, n, ends, think), daemon=True) for n, p in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    timings = [timing for person in people for timing in person.timings]
    return timings, sum(status == 0 or status >= 500 for _, _, status in timings)


def _review(person: Reviewer, number: int, ends: float, think: Sequence[float]) -> None:
    """One reviewer: they come one after another, and look at each item for as long as they think."""
    chance = random.Random(number)
    time.sleep(chance.uniform(0, think[1] / 2))
    while time.monotonic() < ends:
        person.get("queue", f"{QUEUE}?limit=100")
        row = person.post("claim", f"{REVIEW}/claim", {"next": True})
        if row is not None:
            person.get("detail", f"{REVIEW}/{row['review_id']}")
            time.sleep(min(chance.uniform(*think), max(0.0, ends - time.monotonic())))
            if time.monotonic() >= ends:
                return  # no crowd decides within the same instant
            body = {"review_id": row["review_id"], "version": row["version"], "active_ms": 1000}
            person.post("approve", f"{REVIEW}/approve", body)
            person.get("stats", f"{REVIEW}/stats")
        else:
            time.sleep(think[0] / 4)


def _p95(timings: Sequence[Timing], name: str) -> float | None:
    found = [seconds * 1000 for kind, seconds, status in timings if kind == name and status]
    return _percentile(found) if found else None


def _percentile(values: Sequence[float], share: float = 0.95) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
