"""The commands of the whole: users, the example, the server, the schema."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from execution.models import ExecutionRun
from kernel.roles import Role, roles_of
from masterplans.models import Masterplan
from masterplans.services import default_owner
from mge_project.management.commands.ensure_users import ensure_users, passwords_path
from mge_project.management.commands.openapi import first_difference
from mge_project.tests.services import free_port
from review.selectors.access import visible_reviews

ROOT = Path(__file__).resolve().parents[2]


def said(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.mark.django_db
class TestUsers:
    def test_they_can_sign_in_with_what_is_printed(self) -> None:
        lines = said("ensure_users").splitlines()[1:]
        assert {line.split()[0] for line in lines} == {"operator", "reviewer", "admin"}
        for line in lines:
            name, password, *roles = line.replace(",", "").split()
            user = User.objects.get(username=name)
            assert user.check_password(password)
            assert set(roles) <= roles_of(user)
        assert User.objects.get(username="admin").is_superuser
        assert Role.OPERATOR not in roles_of(User.objects.get(username="reviewer"))

    def test_a_second_start_prints_the_same(self) -> None:
        assert said("ensure_users") == said("ensure_users")

    def test_nobody_else_can_read_the_passwords(self) -> None:
        ensure_users()
        assert stat.S_IMODE(passwords_path().stat().st_mode) == 0o600

    def test_a_changed_password_stays_and_is_not_claimed_to_be_ours(self) -> None:
        ensure_users()
        user = User.objects.get(username="reviewer")
        user.set_password("my own words")
        user.save()
        assert {u.username: u.password is None for u in ensure_users()} == {
            "operator": False,
            "reviewer": True,
            "admin": False,
        }
        user.refresh_from_db()
        assert user.check_password("my own words")

    def test_the_owner_of_imports_gets_a_password(self) -> None:
        owner = default_owner()
        assert not owner.has_usable_password()
        (operator, *_) = ensure_users()
        owner.refresh_from_db()
        assert owner.check_password(operator.password or "")

    def test_a_spoiled_file_is_one_clear_line(self) -> None:
        passwords_path().write_text("[1]")
        with pytest.raises(CommandError, match=r"demo_users\.json does not hold passwords"):
            said("ensure_users")
        assert not User.objects.exists()


@pytest.mark.sandbox
@pytest.mark.django_db(transaction=True)
def test_the_demo_runs_once_and_says_what_it_found() -> None:
    first = said("demo", url="http://127.0.0.1:9")
    run = ExecutionRun.objects.get()
    assert (run.mode, run.status) == ("v2_atoms", "completed")
    assert "shop/pricing.py tier_percent failed" in first
    assert "http://127.0.0.1:9/review" in first
    assert f"http://127.0.0.1:9/runs/{run.pk}" in first

    reviewer = User.objects.get(username="reviewer")
    assert visible_reviews(reviewer).exists(), "the reviewer of a fresh installation finds something to do"

    second = said("demo", url="http://127.0.0.1:9")
    assert first.endswith(second)
    assert (Masterplan.objects.count(), ExecutionRun.objects.count()) == (1, 1)


class TestSchema:
    def test_what_was_written_is_found_current(self, tmp_path: Path) -> None:
        path = tmp_path / "openapi.json"
        said("openapi", file=path)
        said("openapi", file=path, check=True)
        assert "/api/v1/health" in json.loads(path.read_text())["paths"]

    def test_drift_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "openapi.json"
        said("openapi", file=path)
        schema = json.loads(path.read_text())
        del schema["paths"]["/api/v1/health"]
        path.write_text(json.dumps(schema))
        errors = StringIO()
        with pytest.raises(SystemExit):
            call_command("openapi", file=path, check=True, stdout=StringIO(), stderr=errors)
        assert "differs from the API at /paths//api/v1/health" in errors.getvalue()

    def test_the_first_difference_is_found_in_lists_too(self) -> None:
        assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == "/a/1/b"
        assert first_difference({"a": [1]}, {"a": [1, 2]}) == "/a"
        assert first_difference({"a": [1]}, {"a": [1]}) is None


class TestServe:
    def test_a_taken_port_is_one_line(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(CommandError, match=r"Cannot listen on 127\.0\.0\.1") as caught:
                said("serve", port=taken.getsockname()[1])
        assert "\n" not in str(caught.value)

    def test_it_serves_and_ctrl_c_stops_it(self, tmp_path: Path) -> None:
        port = free_port()
        environment = {"PATH": os.environ["PATH"], "MGE_DATA_DIR": str(tmp_path)}
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        log = (tmp_path / "log").open("wb")
        command = [*manage, "serve", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            health = _wait(f"http://127.0.0.1:{port}/api/v1/health")
            assert health["database"]["vendor"] == "sqlite"
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=20) == 0
        finally:
            server.kill()
        assert "Traceback" not in (tmp_path / "log").read_text()


def _wait(url: str) -> Any:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return json.load(answer)
        except OSError:
            assert time.monotonic() < until, "the server did not answer"
            time.sleep(0.2)
