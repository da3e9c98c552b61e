"""Atoms over HTTP: cut without storing, cut and store, and the page of one atom."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from atoms.models import AtomicUnit
from atoms.services import decompose
from graphs.domain.model import Ordering
from graphs.models import DependencyGraph
from graphs.services import build
from kernel.states import PlanStatus
from masterplans.models import Masterplan, MasterplanTask, SourceKind

pytestmark = pytest.mark.django_db

CODE = (
    "import os\n\n\ndef half(x: int, seen: list) -> int:\n    if x % 2:\n        raise ValueError(x)\n"
    "    seen.append(x)\n    return x // 2\n\n\ndef twice():\n    return half(4, []) * 2\n"
)
ANALYZE, DECOMPOSE = "/api/v2/atomization/analyze", "/api/v2/atomization/decompose"


@pytest.fixture
def plan() -> Masterplan:
    made = Masterplan.objects.create(
        name="plan", owner=User.objects.create_superuser("alice"), source_kind=SourceKind.PLAN_FILE
    )
    MasterplanTask.objects.create(
        masterplan=made, task_number=1, name="a", target_path="a.py", place="a.py", language="python",
        draft=CODE.encode(),
    )  # fmt: skip
    return made


@pytest.fixture
def alice(plan: Masterplan) -> Client:
    made = Client()
    made.force_login(plan.owner)
    return made


@pytest.fixture
def charlie() -> Client:
    made = Client()
    made.force_login(User.objects.create_user("charlie"))
    return made


def post(client: Client, url: str, **body: Any) -> Any:
    return client.post(url, body, content_type="application/json")


def ids() -> dict[str, Any]:
    return {atom.symbol: atom.pk for atom in AtomicUnit.objects.all()}


def test_code_is_cut_with_contract_criteria_and_needs_and_nothing_is_stored(charlie: Client) -> None:
    answer = post(charlie, ANALYZE, code=CODE, path="a.py")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    half = next(atom for atom in body["atoms"] if atom["symbol"] == "half")
    assert half["contract"]["signature"] == "def half(x: int, seen: list) -> int"
    assert (half["contract"]["raises"], half["contract"]["mutates"]) == (["ValueError"], ["seen"])
    assert half["contract"]["pure"] is False
    assert len(half["criteria_detail"]) == 10
    assert all(row["measures"] and row["raise_by"] for row in half["criteria_detail"])
    assert {"name": "ValueError", "kind": "definition", "resolved_by": "builtin"} in half["needs"]
    twice = next(atom for atom in body["atoms"] if atom["symbol"] == "twice")
    assert (twice["id"], half["id"]) in {(edge["from"], edge["to"]) for edge in body["edges"]}
    assert sum(map(len, body["waves"])) == len(body["atoms"])
    assert body["unresolved"] == []
    assert not AtomicUnit.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"code": "x"}, 400),
        ({"code": "x", "language": "cobol"}, 400),
        ({"code": "x", "path": "a.txt"}, 400),
        ({"task_id": "nonsense"}, 400),
        ({"task_id": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"code": "\ud800", "path": "a.py"}, 400),
        ({"code": "", "path": "a.py"}, 200),
        ({"code": "def f(:\n", "path": "a.py"}, 200),
    ],
)
def test_bad_input_is_refused_in_one_form(charlie: Client, body: dict[str, Any], status: int) -> None:
    answer = post(charlie, ANALYZE, **body)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert set(answer.json()) == {"code", "message", "data"}


def test_a_plan_is_cut_and_stored_and_what_stays_keeps_its_id(alice: Client, plan: Masterplan) -> None:
    first = post(alice, DECOMPOSE, masterplan_id=str(plan.pk))
    assert first.status_code == 200, first.content
    before = ids()
    build(plan.pk, decompose(plan.pk), ordering=Ordering.INTERFACE)
    task = plan.tasks.get()
    plan.tasks.update(draft=CODE.replace("* 2\n", "* 3\n\n\ndef new():\n    return 0\n").encode())
    again = post(alice, DECOMPOSE, task_id=str(task.pk)).json()
    after = ids()
    assert {name: after[name] for name in before} == before
    assert str(after["new"]) in [atom["atom_id"] for atom in again["atoms"]]
    assert DependencyGraph.objects.get().total_atoms == len(after)


def test_decompose_is_for_operators_of_plans_they_see_and_not_while_a_run_lives(
    alice: Client, charlie: Client, plan: Masterplan
) -> None:
    task = str(plan.tasks.get().pk)
    assert post(Client(), DECOMPOSE, task_id=task).status_code in (401, 403)
    assert post(charlie, DECOMPOSE, task_id=task).status_code == 403
    assert post(charlie, ANALYZE, task_id=task).status_code == 404
    assert post(alice, DECOMPOSE).status_code == 400
    Masterplan.objects.update(status=PlanStatus.IN_PROGRESS)
    assert post(alice, DECOMPOSE, task_id=task).status_code == 409
    assert not AtomicUnit.objects.exists()


def test_the_page_of_an_atom_has_its_pack_and_asks_a_bounded_number_of_questions(
    alice: Client, charlie: Client, plan: Masterplan, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    build(plan.pk, decompose(plan.pk), ordering=Ordering.INTERFACE)
    url = f"/api/v2/atoms/{ids()['twice']}"
    with django_assert_max_num_queries(12):
        body = alice.get(url).json()
    pack = body["context_pack"]
    assert pack["code"].startswith("def twice")
    assert pack["uses"] == [{"name": "half", "place": "a.py:4", "contract": "def half(x: int, seen: list) -> int"}]
    assert pack["contract"]["signature"] == "def twice()"
    assert [row["symbol"] for row in pack["place"]] == ["half"]
    assert pack["tokens"] <= pack["limit"]
    called = alice.get(f"/api/v2/atoms/{ids()['half']}").json()
    assert called["context_pack"]["callers"] == [{"place": "a.py:12", "line": "return half(4, []) * 2"}]
    assert [edge["symbol"] for edge in called["edges"]["needed_by"]] == ["twice"]
    assert charlie.get(url).status_code == 404
