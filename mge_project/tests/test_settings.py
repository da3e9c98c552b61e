"""A malformed setting stops start-up and names itself; what is well formed is taken."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "mge_project" / "settings.py"


def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **variables: str) -> dict[str, Any]:
    """The settings as a fresh process with these variables would see them."""
    for name in [name for name in os.environ if name.startswith(("MGE_", "DATABASE_URL", "ANTHROPIC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MGE_DATA_DIR", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MGE_DEBUG", "maybe"),
        ("MGE_HTTPS", "2"),
        ("DATABASE_URL", "nonsense://x"),
        ("DATABASE_URL", "postgres://host:port/x"),
        ("MGE_DISPATCHER", "threads"),
        ("MGE_DISPATCHER", "celery"),  # without MGE_REDIS_URL
        ("MGE_CONCURRENCY", "0"),
        ("MGE_CONCURRENCY", "many"),
        ("MGE_MAX_ATTEMPTS", "-1"),
        ("MGE_REVIEW_SHARE", "0.5"),
        ("MGE_REVIEW_SHARE", "nan"),
        ("MGE_REQUEST_TIMEOUT_SECONDS", "soon"),
        ("MGE_MODEL_PROFILES", "{"),
        ("MGE_LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        read(monkeypatch, tmp_path, **{name: value})


def test_a_malformed_value_stops_every_command(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "MGE_DATA_DIR": str(tmp_path), "MGE_CONCURRENCY": "many"}
    command = [sys.executable, "manage.py", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "MGE_CONCURRENCY='many' is not valid: expected a whole number of at least 1" in done.stderr
    assert not (tmp_path / "mge.sqlite3").exists()


@pytest.mark.django_db
def test_a_pinned_switch_refuses_the_command_of_waffle_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FF_ENABLE_WAVE_EXECUTION", "true")
    monkeypatch.setattr(sys, "argv", ["manage.py", "waffle_switch", "ENABLE_WAVE_EXECUTION", "on", "--create"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (2, 1)
    assert "FF_ENABLE_WAVE_EXECUTION" in said


def test_with_nothing_set_it_runs_embedded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = read(monkeypatch, tmp_path)
    assert found["DISPATCHER"] == "local"
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "mge.sqlite3")
    assert "InMemory" in found["CHANNEL_LAYERS"]["default"]["BACKEND"]
    key = tmp_path / "secret_key"
    assert key.read_text() == found["SECRET_KEY"]
    assert key.stat().st_mode & 0o077 == 0
    assert read(monkeypatch, tmp_path)["SECRET_KEY"] == found["SECRET_KEY"]


def test_of_processes_that_begin_together_one_makes_the_secret_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker read the file that the server beside it had just made and not yet written: an empty key."""
    keep_first = read(monkeypatch, tmp_path, MGE_SECRET_KEY="given")["_keep_first"]
    key = tmp_path / "keys" / "secret_key"
    key.parent.mkdir()
    keep_first(key, "the first")
    keep_first(key, "too late")
    assert [path.name for path in key.parent.iterdir()] == ["secret_key"]
    assert key.read_text() == "the first"
    assert key.stat().st_mode & 0o077 == 0


def test_redis_and_postgresql_make_it_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = "postgres://mge:secret@db/mge"
    found = read(monkeypatch, tmp_path, DATABASE_URL=url, MGE_REDIS_URL="redis://queue/0")
    assert found["DISPATCHER"] == "celery"
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert "Redis" in found["CHANNEL_LAYERS"]["default"]["BACKEND"]
