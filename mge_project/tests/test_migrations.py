"""Migrations go up and down: on SQLite always, on PostgreSQL in the production run."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from execution.models import ExecutionRun
from masterplans.models import Masterplan, SourceKind

pytestmark = pytest.mark.django_db(transaction=True)

SEVEN = {
    "atomic_units",
    "atom_dependencies",
    "dependency_graphs",
    "execution_waves",
    "validation_results",
    "atom_retry_history",
    "human_review_queue",
}
STAYING = {
    "masterplans",
    "masterplan_tasks",
    "masterplan_subtasks",
    "masterplan_files",
    "execution_runs",
    "run_atoms",
    "event_log",
    "llm_calls",
    "flag_changes",
    "rollout_comparisons",
    "run_feedback",
    "rollout_bugs",
}
OURS = ("rollout", "review", "attempts", "validation", "graphs", "atoms", "execution", "masterplans", "flags", "llm")


def migrate(*argv: str) -> None:
    call_command("migrate", *argv, verbosity=0, stdout=StringIO())


def tables() -> set[str]:
    return set(connection.introspection.table_names())


@pytest.fixture
def up_again() -> Iterator[None]:
    yield
    migrate()


def test_nothing_is_left_to_migrate() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0, stdout=StringIO())


def test_the_seven_tables_go_away_and_come_back(up_again: None) -> None:
    owner = User.objects.create_user("alice")
    plan = Masterplan.objects.create(name="Kept", owner=owner, source_kind=SourceKind.PLAN_FILE)
    before = tables()
    assert before >= SEVEN

    migrate("atoms", "zero")

    assert not SEVEN & tables()
    assert tables() >= STAYING
    assert Masterplan.objects.get() == plan
    assert not ExecutionRun.objects.exists()  # the table answers
    migrate()
    assert tables() == before


def test_every_app_goes_down_and_all_come_up_again(up_again: None) -> None:
    before = tables()
    models = [model for label in OURS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    own = {model._meta.db_table for model in models}
    assert own <= before
    MigrationExecutor(connection).migrate([(label, None) for label in OURS])  # one way down: each start costs a second
    assert not own & tables()
    migrate()
    assert tables() == before
