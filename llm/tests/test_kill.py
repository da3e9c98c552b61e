"""kill -9 with calls in flight: no stored reply is paid for again, and the book is never below the bill."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.scripted_model.script import Latency, Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from llm.messages import Usage
from llm.prices import cost_micro
from llm.profiles import profile_for
from llm.tests.conftest import PROFILE

COUNT, THREADS = 30, 10
ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_process_loses_no_reply_and_no_payment(tmp_path: Path, settings: Any) -> None:
    settings.MGE_MODEL_PROFILES = {"scripted": PROFILE}
    file = tmp_path / "ledger.sqlite3"
    script = Script(rules=[Rule(replies=[Reply(code="a = 1")])], latency=Latency(seconds=0.25))
    with ScriptedModel(script) as model, _start(file, model.url) as process:
        assert process.stdout is not None
        first = int(process.stdout.readline())
        while model.book()["paid"] < THREADS + 3:  # replies are stored, and calls are in flight
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(first, signal.SIGKILL)
        assert process.wait(timeout=60) == 0
        bill = model.book()

    received, unknown = _rows(file, "received"), _rows(file, "unknown")
    at_first = {key for key, resend, _ in received if resend == 0}
    assert len(received) == COUNT
    assert len(at_first) == COUNT - len(unknown) >= COUNT - THREADS
    assert all(bill["by_key"][key]["paid"] == 1 for key in at_first)
    assert COUNT <= bill["paid"] <= COUNT + THREADS
    usage = Usage(**{name: bill[name] for name in Usage.__slots__})
    assert sum(cost for *_, cost in received + unknown) >= (cost_micro(usage, profile_for("scripted")) or 0)


def _start(file: Path, url: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{file}",
        "ANTHROPIC_BASE_URL": url,
        "MGE_MODEL_PROFILES": json.dumps({"scripted": PROFILE}),
    }
    command = [sys.executable, "-m", "llm.tests.caller", str(COUNT), str(THREADS)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)


def _rows(file: Path, state: str) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT key, resend, cost_micro FROM llm_calls WHERE state = ?", [state]).fetchall()
