"""``GET /api/v2/metrics``: each figure from rows, with its sample; what was not measured says so."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from execution.models import ExecutionRun, RunAtom
from kernel.states import AtomStatus, ExecutionMode, RunStatus
from llm.models import LlmCall
from masterplans.models import Masterplan, SourceKind
from rollout.success.models import EnteredFigure

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(name)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


@pytest.fixture
def alice() -> User:
    return person("alice", "operator")


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def plan(alice: User) -> Masterplan:
    return Masterplan.objects.create(name="shop", owner=alice, source_kind=SourceKind.PLAN_FILE)


def a_run(plan: Masterplan, *, mode: str = ExecutionMode.V2_ATOMS, seconds: float = 60, **fields: Any) -> ExecutionRun:
    ended = fields.pop("finished_at", NOW)
    return ExecutionRun.objects.create(
        masterplan=plan, mode=mode, started_at=ended - timedelta(seconds=seconds), finished_at=ended,
        **{"status": RunStatus.COMPLETED, **fields},
    )  # fmt: skip


def an_atom(run: ExecutionRun, status: AtomStatus, attempts: int) -> None:
    RunAtom.objects.create(
        run=run, atom_id=uuid4(), task_id=uuid4(), position=0, path="a.py", symbol="f", kind="function",
        start_line=1, end_line=2, loc=2, wave_number=1, status=status, attempts=attempts,
    )  # fmt: skip


def metrics(client: Client, **query: str) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v2/metrics", query)
    assert answer.status_code == 200, answer.content
    return {row["key"]: row for row in answer.json()["metrics"]}


def test_it_requires_login() -> None:
    assert Client().get("/api/v2/metrics").status_code == 401


def test_an_empty_house_measures_nothing(client: Client) -> None:
    found = metrics(client)
    assert {row["value"] for row in found.values()} == {None}
    assert {row["met"] for row in found.values()} == {None}
    assert all(row["reason"] for row in found.values())


def test_precision_weighs_tests_and_not_runs(client: Client, plan: Masterplan) -> None:
    a_run(plan, precision=1.0, tests_passed=90, tests_total=90)
    a_run(plan, precision=0.5, tests_passed=5, tests_total=10)
    a_run(plan, mode=ExecutionMode.MVP, precision=0.1, tests_passed=1, tests_total=10)
    row = metrics(client)["precision"]
    assert (row["value"], row["n"], row["met"]) == (0.95, 100, False)
    modes = {row["mode"]: row for row in client.get("/api/v2/metrics").json()["modes"]}
    assert (modes["mvp"]["precision"], modes["v2_atoms"]["runs"], modes["hybrid"]["precision"]) == (0.1, 2, None)


def test_attempts_count_only_what_the_model_was_asked_for(client: Client, plan: Masterplan) -> None:
    run = a_run(plan)
    for status, attempts in (("passed", 0), ("passed", 1), ("passed", 1), ("passed", 3), ("failed", 3), ("failed", 0)):
        an_atom(run, AtomStatus(status), attempts)
    found = metrics(client)
    assert (found["first_attempt"]["value"], found["first_attempt"]["n"]) == (0.5, 4)
    assert found["retry_success"]["value"] == 0.75


def test_a_run_with_an_unknown_price_is_not_cheap(client: Client, plan: Masterplan) -> None:
    a_run(plan, spent_micro=4_000_000)
    a_run(plan, spent_micro=0, unpriced_calls=3)
    row = metrics(client)["cost_usd"]
    assert (row["value"], row["n"]) == (4.0, 1)
    assert [r["cost_usd"] for r in client.get("/api/v2/metrics").json()["runs"]].count(None) == 1


def test_the_most_calls_at_once(client: Client, plan: Masterplan) -> None:
    run = a_run(plan)
    for n, (begin, end) in enumerate(((0, 10), (1, 4), (3, 9), (20, 21))):
        LlmCall.objects.create(
            key=str(n), run_id=run.pk, purpose="generate", model="m", state="received", request={}, response={},
            request_sha="", sent_at=NOW + timedelta(seconds=begin), received_at=NOW + timedelta(seconds=end),
        )  # fmt: skip
    row = metrics(client)["parallel_atoms"]
    assert (row["value"], row["met"]) == (3, False)


def test_a_shadow_pair_is_worth_the_time_it_saves(client: Client, plan: Masterplan, settings: Any) -> None:
    settings.MGE_HOURLY_RATE_USD = 50.0
    mvp = a_run(plan, mode=ExecutionMode.MVP, seconds=7200, spent_micro=1_000_000)
    a_run(plan, seconds=3600, spent_micro=3_500_000, parent_run=mvp)
    row = metrics(client)["saving_usd"]
    assert (row["value"], row["n"]) == (pytest.approx(47.5), 1)


def test_a_period_and_a_run_narrow_it(client: Client, plan: Masterplan) -> None:
    old = a_run(plan, seconds=100, finished_at=NOW - timedelta(days=9))
    a_run(plan, seconds=300)
    assert metrics(client)["run_seconds"]["value"] == 200
    week = (NOW - timedelta(days=7)).isoformat()
    assert metrics(client, since=week)["run_seconds"]["value"] == 300
    assert metrics(client, until=week)["run_seconds"]["value"] == 100
    assert metrics(client, run=str(old.pk))["run_seconds"]["value"] == 100


def test_others_see_nothing_of_it(client: Client, plan: Masterplan) -> None:
    run = a_run(plan)
    charlie = Client()
    charlie.force_login(person("charlie", "operator"))
    assert metrics(charlie)["run_seconds"]["n"] == 0
    assert charlie.get("/api/v2/metrics", {"run": str(run.pk)}).status_code == 404


@pytest.mark.parametrize(
    "query", [{"run": "x"}, {"since": "yesterday"}, {"since": "2026-02-02T00:00:00Z", "until": "2026-02-01T00:00:00Z"}]
)
def test_bad_input_is_one_clear_error(client: Client, query: dict[str, str]) -> None:
    answer = client.get("/api/v2/metrics", query)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_input"


def test_an_admin_enters_what_no_row_holds(client: Client) -> None:
    EnteredFigure.objects.create(metric="support_tickets", value=12, on=NOW.date(), source="desk")
    EnteredFigure.objects.create(metric="support_tickets", value=7, on=NOW.date(), source="desk, corrected")
    row = metrics(client)["support_tickets"]
    assert (row["value"], row["met"], row["by_hand"]) == (7, True, True)


def test_it_takes_a_fixed_number_of_queries(
    client: Client, plan: Masterplan, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        an_atom(a_run(plan), AtomStatus.PASSED, 1)
    with django_assert_max_num_queries(40):
        metrics(client)
