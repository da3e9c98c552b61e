"""Who sees a plan: its owner (Alice), her team (Bob), admins (Ada), and nobody else (Charlie), on every address.

The addresses are read from the URL configuration, so that one that is added later is tried too.
"""

import asyncio
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from execution import consumers
from execution.models import ExecutionRun, RunAtom
from graphs.models import AtomDependency, DependencyGraph, ExecutionWave
from masterplans.models import Masterplan, Team
from mge_project.tests.conftest import person
from mge_project.tests.test_sockets import closed_with, opened, tell
from review.models import HumanReviewQueue
from review.tests.world import make_atoms, make_plan, make_review, make_run

SECRET = "a plan that Charlie must not know"
Ids = dict[str, uuid.UUID]
_NOT_OF_PLANS = ("schema", "docs", "flags", "rollout", "auth", "session", "plan.schema.json", "health")


@pytest.fixture
def team(alice: User) -> Team:
    """Alice and Bob. Charlie is in another."""
    team = Team.objects.create(name="blue")
    team.members.set([alice, person("bob", "operator", "reviewer")])
    Team.objects.create(name="red").members.set([person("eve")])
    return team


@pytest.fixture
def world(alice: User, charlie: User, team: Team) -> Ids:
    """Alice's plan with one of everything, shared with her team."""
    plan = make_plan(alice, SECRET)
    Masterplan.objects.filter(pk=plan.pk).update(team=team)
    run = make_run(plan, suite_timeout=60, suite_memory_mib=512)
    first, second = make_atoms(run, 2)
    graph = DependencyGraph.objects.create(
        masterplan=plan, total_atoms=2, total_edges=1, max_depth=1, total_waves=1, edges_json=[],
        nodes_json=[{"atom_id": str(a.atom_id), "wave": 1, "depth": 0, "unit": None} for a in (first, second)],
        topological_order=[second.atom_id, first.atom_id],
    )  # fmt: skip
    AtomDependency.objects.create(
        graph=graph, from_atom_id=first.atom_id, to_atom_id=second.atom_id, dependency_type="control", weight="0.50",
        reasons=[],
    )  # fmt: skip
    wave = ExecutionWave.objects.create(
        graph=graph, run_id=run.pk, wave_number=1, atom_ids=[first.atom_id], atom_count=1
    )
    return {
        "masterplan_id": plan.pk, "run_id": run.pk, "atom_id": first.atom_id, "task_id": first.task_id,
        "graph_id": graph.pk, "wave_id": wave.pk, "review_id": make_review(first).pk,
    }  # fmt: skip


def addresses(ids: Ids) -> Iterator[str]:
    """Every address of the API, with the ids of Alice's things in place."""
    for pattern in sorted(_patterns(get_resolver().url_patterns, "")):
        if not pattern.startswith("api/") or any(f"/{word}" in pattern for word in _NOT_OF_PLANS):
            continue
        path = f"/{pattern}"
        for converter in ("uuid", "str"):
            for name, value in ids.items():
                path = path.replace(f"<{converter}:{name}>", str(value))
        if "<" not in path:
            yield path


def _patterns(entries: Any, prefix: str) -> Iterator[str]:
    for entry in entries:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path


def as_user(user: User) -> Client:
    """A signed-in browser."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def body_of(answer: Any) -> str:
    """The whole body as text."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(content).decode("utf-8", "replace")


def test_charlie_sees_nothing_on_any_address(world: Ids, charlie: User) -> None:
    client, tried = as_user(charlie), 0
    everything = {name: str(value) for name, value in world.items()}
    sent = {**everything, "version": 1, "code": "x = 1\n", "reason_code": "other", "level": 1}
    before = list(HumanReviewQueue.objects.values()), list(RunAtom.objects.values()), ExecutionRun.objects.count()
    for path in addresses(world):
        named = any(str(value) in path for value in world.values())
        for answer in (
            client.get(path, {"masterplan": everything["masterplan_id"]} if not named else {}),
            client.get(path),
            client.post(path, json.dumps(sent), content_type="application/json"),
        ):
            tried += 1
            where = f"{answer.request['REQUEST_METHOD']} {path}: {answer.status_code}"
            assert answer.status_code < 500, where
            assert not named or answer.status_code in (403, 404, 405), where
            assert SECRET not in (text := body_of(answer)), where
            if answer.status_code < 400:
                assert not [name for name, value in everything.items() if value in text], where
    assert tried > 100, "the addresses were found"
    after = list(HumanReviewQueue.objects.values()), list(RunAtom.objects.values()), ExecutionRun.objects.count()
    assert after == before


def test_the_team_and_admins_see_what_the_owner_sees(world: Ids, alice: User, team: Team) -> None:
    hers = as_user(alice)
    bob, ada = as_user(team.members.get(username="bob")), as_user(person("ada", "admin"))
    same = 0
    for path in addresses(world):
        if hers.get(path).status_code == 200 and any(str(value) in path for value in world.values()):
            same += 1
            assert [client.get(path).status_code for client in (bob, ada)] == [200, 200], path
    assert same >= 10
    for client in (hers, bob, ada):
        [row] = client.get("/api/v2/review/queue").json()["results"]
        assert row["review_id"] == str(world["review_id"])
        [plan] = client.get("/api/v1/masterplans/").json()["results"]
        assert (plan["name"], plan["team"]) == (SECRET, "blue")
    taken = bob.post("/api/v2/review/claim", {"next": True}, content_type="application/json")
    assert (taken.status_code, taken.json()["assigned_to"]) == (200, "bob")


def test_who_leaves_the_team_sees_nothing_more(world: Ids, team: Team) -> None:
    bob = team.members.get(username="bob")
    client = as_user(bob)
    assert client.get(f"/api/v2/review/{world['review_id']}").status_code == 200
    team.members.remove(bob)
    assert client.get(f"/api/v2/review/{world['review_id']}").status_code == 404
    assert client.get("/api/v2/review/queue").json()["results"] == []


@pytest.mark.django_db(transaction=True)
async def test_sockets_follow_the_team(
    world: Ids, alice: User, charlie: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.0)
    run = await ExecutionRun.objects.aget(pk=world["run_id"])
    bob = await team.members.aget(username="bob")
    paths = (f"/ws/runs/{run.pk}/", "/ws/review/")
    runs, reviews = [await opened(path, bob) for path in paths]
    his = await opened("/ws/review/", charlie)
    for socket in (runs, reviews, his):
        assert (await socket.receive_json_from(timeout=5))["type"] == "hello"
    assert await closed_with(await opened(paths[0], charlie)) == 4404
    await asyncio.sleep(0.2)
    await tell(run, topic="review", n=1)
    for socket in (runs, reviews):
        assert (await socket.receive_json_from(timeout=5))["data"] == {"n": 1}
    assert await his.receive_nothing(timeout=0.3)

    await sync_to_async(team.members.remove)(bob)
    await sync_to_async(team.members.add)(charlie)
    await tell(run, topic="review", n=2)

    assert await closed_with(runs) == 4404, "the run is not Bob's to see any more"
    assert await reviews.receive_nothing(timeout=0.5)
    assert (await his.receive_json_from(timeout=5))["data"] == {"n": 2}, "but Charlie's now"
    await _close(runs, reviews, his)


async def _close(*sockets: WebsocketCommunicator) -> None:
    for socket in sockets:
        await socket.disconnect()
