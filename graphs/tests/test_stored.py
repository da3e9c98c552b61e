"""A stored graph: what the API says of it, whom a change touches, and what accepted code really needs."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from atoms.models import AtomicUnit
from atoms.services import decompose
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.model import Ordering
from graphs.models import DependencyGraph, EdgeReconciliation
from graphs.selectors import impact_of
from graphs.services import build, reconcile_run
from masterplans.models import Masterplan, MasterplanTask, SourceKind

pytestmark = pytest.mark.django_db

BASE = b"class Base:\n    kind = 1\n\n\ndef help_out():\n    return 2\n\n\ndef other():\n    return 3\n"
MAIN = (
    b"from base import Base, help_out, other\n\n\nclass Child(Base):\n    pass\n\n\ndef run():\n    return help_out()\n"
)


@pytest.fixture
def graph() -> DependencyGraph:
    owner = User.objects.create_user("alice", password="x")
    plan = Masterplan.objects.create(name="plan", owner=owner, source_kind=SourceKind.PLAN_FILE)
    for number, (path, draft) in enumerate({"base.py": BASE, "main.py": MAIN}.items(), start=1):
        MasterplanTask.objects.create(
            masterplan=plan, task_number=number, name=path, target_path=path, place=path, language="python", draft=draft
        )
    row, _ = build(plan.pk, decompose(plan.pk), ordering=Ordering.INTERFACE)
    return row


@pytest.fixture
def client(graph: DependencyGraph) -> Client:
    made = Client()
    made.force_login(graph.masterplan.owner)
    return made


def atom(graph: DependencyGraph, symbol: str) -> uuid.UUID:
    found: uuid.UUID = (
        AtomicUnit.objects.filter(masterplan=graph.masterplan_id, symbol=symbol).earliest("atom_number").pk
    )
    return found


def read(client: Client, graph: DependencyGraph, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v2/graphs/{graph.pk}{query}")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_api_says_who_waits_and_where_everybody_stands(graph: DependencyGraph, client: Client) -> None:
    body = read(client, graph)
    waves: dict[int, list[int]] = {}
    for node in body["nodes"]:
        waves.setdefault(node["wave"], []).append(node["place"])
    assert all(sorted(rows) == list(range(len(rows))) for rows in waves.values()), "one row for each atom of a wave"
    waiting = {(e["from"], e["to"]) for e in body["edges"] if e["orders"]}
    assert (str(atom(graph, "Child")), str(atom(graph, "Base"))) in waiting
    assert body["critical_path"][0] == str(atom(graph, "Base"))
    assert len(body["critical_path"]) == body["max_depth"]
    assert all((b, a) in waiting for a, b in zip(body["critical_path"], body["critical_path"][1:], strict=False))
    assert [c["scope"] for c in body["components"]] == ["."]
    assert [m["scope"] for m in body["modules"]] == ["base.py", "main.py"]
    assert body["reconciliation"] is None


def test_a_drawing_is_bounded_and_may_be_a_part(
    graph: DependencyGraph, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphs.api.graphs.MAX_DRAWN_ATOMS", 4)
    refused = client.get(f"/api/v2/graphs/{graph.pk}/visualize?format=dot")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
    assert "atom=ID" in refused.json()["message"]
    part = client.get(f"/api/v2/graphs/{graph.pk}/visualize?format=mermaid&depth=1&atom={atom(graph, 'help_out')}")
    text = part.json()["text"]
    assert "help_out" in text
    assert "other" not in text
    for query in ("format=svg", "atom=x", f"atom={uuid.uuid4()}", f"atom={atom(graph, 'run')}&depth=0", "depth=²"):
        answer = client.get(f"/api/v2/graphs/{graph.pk}/visualize?{query}")
        assert answer.status_code in (400, 404), query


def test_a_contract_reopens_whom_a_body_only_checks_again(graph: DependencyGraph, client: Client) -> None:
    target = atom(graph, "help_out")
    url = f"/api/v2/atoms/{target}/impact"
    body, contract = client.get(url).json(), client.get(f"{url}?change=contract").json()
    assert str(atom(graph, "run")) in [row["atom_id"] for row in body["revalidate"]]
    assert (body["reopen_total"], body["reopen"]) == (0, [])
    assert str(atom(graph, "run")) in [row["atom_id"] for row in contract["reopen"]]
    assert str(atom(graph, "run")) in impact_of(graph.masterplan_id, target, contract_changed=True).reopen
    assert client.get(f"{url}?change=soul").status_code == 400
    User.objects.create_user("charlie", password="x")
    stranger = Client()
    stranger.login(username="charlie", password="x")
    assert stranger.get(url).status_code == 404
    assert stranger.get(f"/api/v2/graphs/{graph.pk}").status_code == 404


def test_accepted_code_is_compared_with_the_plan(
    graph: DependencyGraph, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, plan = uuid.uuid4(), graph.masterplan_id
    unit = AtomicUnit.objects.get(pk=atom(graph, "run"))
    reconcile_run(plan, run, {unit.pk: b"def run():\n    x = 1\n    return other() + x\n"})
    found = read(client, graph)["reconciliation"]
    pair = {kind: [(e["from"], e["to"]) for e in found[kind]] for kind in ("unplanned", "unwired")}
    assert pair["unplanned"] == [(str(unit.pk), str(atom(graph, "other")))]
    assert pair["unwired"] == [(str(unit.pk), str(atom(graph, "help_out")))]
    assert found["unplanned"][0]["late"] is False
    assert (found["unplanned"][0]["symbol"], found["unplanned"][0]["line"]) == ("other", 10)

    reconcile_run(plan, run, {unit.pk: b"def run(:\n"})
    broken = read(client, graph, f"?run={run}")["reconciliation"]
    assert (broken["unparsed"], broken["unplanned_total"], broken["unwired_total"]) == (["main.py"], 0, 0)

    reconcile_run(plan, run, {unit.pk: b"def run(:\n"})
    monkeypatch.setattr(DependencyAnalyzer, "analyze", None)
    reconcile_run(plan, run, {unit.pk: MAIN[MAIN.index(b"def run") :]})
    assert EdgeReconciliation.objects.get(run_id=run).unparsed == [], "the plan's own code needs no analysis"

    reconcile_run(plan, run, {})
    same = EdgeReconciliation.objects.get(run_id=run)
    assert (same.changed_atoms, same.unplanned, same.unwired, same.unparsed) == (0, [], [], [])


def test_code_that_orders_too_late_is_named(graph: DependencyGraph) -> None:
    base = atom(graph, "Base")
    code = b"from main import Child\n\n\nclass Base(Child):\n    kind = 1\n"
    reconcile_run(graph.masterplan_id, run := uuid.uuid4(), {base: code})
    [late] = [e for e in EdgeReconciliation.objects.get(run_id=run).unplanned if e["late"]]
    assert late["from"] == str(base)
