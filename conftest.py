"""What all our tests share: a database of their own for each process, and the rules for tests that cannot run here.

``drill`` runs only when asked for (``-m drill``). ``production`` runs where ``make test-production`` or ``make drills``
gave it services. Under ``CI=true`` nothing may be skipped: a skip there fails the whole run.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from kernel import env

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

REDIS_FOR_TESTS = "MGE_TEST_REDIS_URL"


def pytest_configure() -> None:
    """Passwords are hashed hundreds of times here, and none of them guards anything."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MGE_SEARCH_ON_CLAIM = False  # a search outlives the test that began it
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
    # Laws, not measurements: a busy machine may take its time.
    patient = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.register_profile("patient", patient)
    hypothesis_settings.load_profile("patient")


def _has_services() -> bool:
    on_postgres = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    return on_postgres and env.optional(REDIS_FOR_TESTS) is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what was not asked for, and what has no services."""
    left_out = set() if "drill" in config.getoption("markexpr") else {"drill"}
    if not _has_services():
        left_out.add("production")
    kept = [item for item in items if not left_out & {mark.name for mark in item.iter_markers()}]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a missing installation."""
    reporter: TerminalReporter | None = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and env.flag("CI", default=False) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: "TerminalReporter") -> None:
    """Say why CI fails although every test that ran has passed."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and env.flag("CI", default=False):
        terminalreporter.write_line(f"CI=true, and {len(skipped)} tests were skipped: that fails the run.", red=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """A database of this process: several test runs in one tree, and xdist's workers, never meet."""
    database = settings.DATABASES["default"]
    database.setdefault("TEST", {})
    if database["ENGINE"] != "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = f"test_mge_{os.getpid()}"
        yield
        return
    with tempfile.TemporaryDirectory(prefix="mge-test-", ignore_cleanup_errors=True) as folder:
        database["TEST"]["NAME"] = str(Path(folder) / "test.sqlite3")
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> Iterator[None]:
    """Between tests with real transactions: DELETE takes milliseconds where TRUNCATE makes new files for each table.

    Our foreign keys are checked at the commit, so the order does not matter. Types and permissions stay: Django would
    write the same again after every flush.
    """
    operations = type(connection.ops)
    stay = {"django_content_type", "auth_permission"}

    def delete(self: Any, style: Any, tables: list[str], **_: Any) -> list[str]:
        emptied = (self.quote_name(table) for table in tables if table not in stay)
        return [f"DELETE FROM {table};" for table in emptied]  # noqa: S608 - names of our own tables

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", delete)
        yield
