"""The rival that most would write first: a Celery chord per wave, whose body starts the next.

``python -m bench.scheduler.rival_celery`` reads waves from stdin as JSON and writes seconds: a process of its own, for
Celery's results unsubscribe when the process that asked for them ends, which must be before Redis does.
"""

import json
import os
import sys
import time

from celery import Celery, chord

from bench.scheduler.rivals import call

REDIS = os.environ.get("RIVAL_REDIS", "redis://127.0.0.1:6379/0")
app = Celery("rival", broker=REDIS, backend=REDIS)
app.conf.worker_prefetch_multiplier = 1
PATIENCE_SECONDS = 600


@app.task(name="rival.work")  # type: ignore[untyped-decorator]  # no stubs
def work(name: str) -> str:
    """One call."""
    call(os.environ["RIVAL_MODEL"], name)
    return name


@app.task(name="rival.next_wave")  # type: ignore[untyped-decorator]  # no stubs
def next_wave(_done: list[str], rest: list[list[str]]) -> int:
    """The body of a chord: the header of the next."""
    return start(rest)


def start(waves: list[list[str]]) -> int:
    """Send the first wave."""
    if not waves:
        app.backend.client.set("rival-ended", 1)
        return 0
    chord([work.s(name) for name in waves[0]])(next_wave.s(waves[1:]))
    return len(waves)


def run(waves: list[list[str]]) -> float:
    """Seconds until the last wave has ended."""
    work.delay(waves[0][0]).get(timeout=180)  # the worker is up
    began = time.monotonic()
    start(waves)
    while not app.backend.client.get("rival-ended"):
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TimeoutError("a chord never ended")
        time.sleep(0.05)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.stdout.write(f"{run(json.load(sys.stdin))}\n")
