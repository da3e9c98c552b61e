"""The cast of the API tests, and a run whose rows are written by hand: no engine, no sandbox, no thread."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from execution.models import ExecutionRun, RunAtom
from graphs.models import DependencyGraph, ExecutionWave
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.models import Masterplan, SourceKind
from masterplans.services import create_from_spec

PLAN = b"""
name: greeter
tasks:
  - {target_path: words.py, code: "HELLO = 'hello'\\nBYE = 'bye'\\n"}
  - {target_path: greet.py, depends_on: [words.py]}
"""


NO_GRAPH = {"total_atoms": 0, "total_edges": 0, "max_depth": 0, "nodes_json": [], "edges_json": []}


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(name)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _no_model_and_no_driver(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ANTHROPIC_API_KEY = settings.ANTHROPIC_BASE_URL = None
    for module in ("execution.changes", "execution.services"):
        monkeypatch.setattr(f"{module}.wake", lambda run_id: None)


@pytest.fixture
def with_model(settings: Any) -> None:
    """A model that would be called if anything here were driven; its prices are known."""
    settings.ANTHROPIC_API_KEY = "sk-ant-test-0000000000000000"
    settings.ANTHROPIC_BASE_URL = "http://127.0.0.1:9"


@pytest.fixture
def alice(db: None) -> User:
    return person("alice", "operator")


@pytest.fixture
def charlie(db: None) -> Client:
    """May do everything with plans of his own, and must see nothing of Alice's."""
    return signed_in(person("charlie", "operator"))


@pytest.fixture
def bob(db: None) -> Client:
    """An admin's eyes without the operator's hands: he reviews."""
    return signed_in(person("bob", "reviewer"))


@pytest.fixture
def client(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def plan(alice: User) -> Masterplan:
    return create_from_spec(parse_plan(PLAN, name="plan.yaml"), owner=alice, source_kind=SourceKind.PLAN_FILE)


@pytest.fixture
def make_run(plan: Masterplan) -> Callable[..., ExecutionRun]:
    """A run with one atom for each given status, all in wave 1 but the last, which is wave 2."""

    def make(*statuses: str, **fields: Any) -> ExecutionRun:
        given = {"mode": "v2_atoms", "status": "completed", "phase": "done", "settings": {"model": "claude-sonnet-5-5"}}
        run = ExecutionRun.objects.create(masterplan=plan, **{**given, **fields}, atoms_total=len(statuses))
        graph, _ = DependencyGraph.objects.get_or_create(
            masterplan=plan, defaults={**NO_GRAPH, "total_waves": 2, "topological_order": []}
        )
        task = plan.tasks.order_by("task_number")[0]
        last = len(statuses) - 1
        RunAtom.objects.bulk_create(
            RunAtom(
                run=run,
                atom_id=uuid.uuid4(),
                task_id=task.pk,
                position=n,
                path="words.py",
                symbol=f"s{n}",
                kind="constant",
                start_line=n,
                end_line=n,
                loc=1,
                wave_number=2 if n == last and last else 1,
                status=status,
                attempts=3 if status == "failed" else 0,
                lease_token=uuid.uuid4() if status == "running" else None,
            )
            for n, status in enumerate(statuses)
        )
        for number in (1, 2):
            ids = list(RunAtom.objects.filter(run=run, wave_number=number).values_list("atom_id", flat=True))
            ExecutionWave.objects.create(
                graph=graph, run_id=run.pk, wave_number=number, atom_ids=ids, atom_count=len(ids)
            )
        return run

    return make
