"""The cast, the bundled example, and runs driven to their end in this process."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from bench.scripted_model.script import Script
from bench.scripted_model.server import ScriptedModel
from execution.dispatchers import local
from execution.models import ExecutionRun
from execution.services import RunOptions, start
from masterplans.importers.folder_plan import SourceOptions, plan_of_folder
from masterplans.importers.plan_on_disk import plan_of_file
from masterplans.models import Masterplan, SourceKind
from masterplans.services import create_from_spec

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"
RunNow = Callable[..., ExecutionRun]


@pytest.fixture(autouse=True)
def _own_data_dir(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def _no_model(settings: Any) -> None:
    settings.ANTHROPIC_API_KEY = settings.ANTHROPIC_BASE_URL = None


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(name, password=f"{name}-secret")
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


@pytest.fixture
def alice(db: None) -> User:
    """Owns the plans, operates and reviews."""
    return person("alice", "operator", "reviewer")


@pytest.fixture
def charlie(db: None) -> User:
    """May do everything with plans of his own, and must see nothing of Alice's."""
    return person("charlie", "operator", "reviewer")


@pytest.fixture
def as_alice(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture
def shop(alice: User) -> Masterplan:
    spec = plan_of_file(str(EXAMPLE / "plan.yaml"))
    return create_from_spec(spec, owner=alice, source_kind=SourceKind.PLAN_FILE)


@pytest.fixture
def pricing(alice: User) -> Masterplan:
    """The example without all but prices: two planted bugs, and no script to start Node for."""
    spec = plan_of_file(str(EXAMPLE / "plan.yaml"))
    kept = {"shop/__init__.py", "shop/money.py", "shop/pricing.py", "tests/test_money.py", "tests/test_pricing.py"}
    spec = replace(
        spec,
        tasks=tuple(task for task in spec.tasks if task.path in kept),
        files=tuple(file for file in spec.files if file.path in kept),
    )
    return create_from_spec(spec, owner=alice, source_kind=SourceKind.PLAN_FILE)


@pytest.fixture
def import_folder(alice: User) -> Callable[..., Masterplan]:
    def load(root: Path, **options: Any) -> Masterplan:
        spec = plan_of_folder(SourceOptions(directory=str(root), **options))
        return create_from_spec(spec, owner=alice, source_kind=SourceKind.SOURCE_TREE)

    return load


@pytest.fixture
def run_now() -> RunNow:
    """Start a run and wait until nobody drives it any more."""

    def run(plan: Masterplan, **options: Any) -> ExecutionRun:
        started = start(plan, RunOptions(**{"mode": "v2_atoms", **options}))
        assert local.join(started.pk, timeout=90), "the run did not end in time"
        started.refresh_from_db()
        return started

    return run


@pytest.fixture
def scripted(settings: Any) -> Iterator[Callable[[Script], ScriptedModel]]:
    """Start a scripted Messages server and configure the product to use it."""
    servers: list[ScriptedModel] = []

    def begin(script: Script) -> ScriptedModel:
        server = ScriptedModel(script).__enter__()
        servers.append(server)
        settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = server.url, "test-key"
        return server

    yield begin
    for server in servers:
        server.__exit__(None, None, None)
