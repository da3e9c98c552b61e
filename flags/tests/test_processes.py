"""A change reaches other processes within two seconds, without a restart."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from flags.models import FlagChange
from flags.services import change

LIMIT_SECONDS = 2.0
READER = """
import django; django.setup()
import sys, time
from django.contrib.auth.models import User
from flags.routing import explain
user = User.objects.get(username="alice")
old = None
while True:
    mode = explain(user).mode.value
    if mode != old:
        print(mode, flush=True)
        old = mode
    time.sleep(0.05)
"""


def database_url() -> str:
    """Where the database of this test is, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    at = f"{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{at}/{given['NAME']}"


@pytest.fixture
def readers(transactional_db: None, tmp_path: Path) -> Iterator[list["subprocess.Popen[str]"]]:
    """Two processes that print the mode of Alice whenever it changes."""
    User.objects.create_user("alice")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FF_")},
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "mge_project.settings",
        "MGE_DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", READER]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.drill
def test_two_processes_follow_a_change_within_two_seconds(readers: list["subprocess.Popen[str]"]) -> None:
    def said() -> list[str]:
        return [(process.stdout.readline() if process.stdout else "").strip() for process in readers]

    assert said() == ["mvp", "mvp"]
    for fields, mode in (
        ({"enabled": True, "percentage": 100}, "hybrid"),  # no phase is on
        ({"kill_latch": True}, "mvp"),
    ):
        began = time.monotonic()
        change("ENABLE_V2", fields, reason="drill", source=FlagChange.Source.COMMAND)
        assert said() == [mode, mode]
        assert time.monotonic() - began < LIMIT_SECONDS
