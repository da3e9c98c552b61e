"""WebSockets: who may listen, what is replayed after a gap, and that events of the command line arrive live."""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.test import AsyncClient

from execution.events import publish
from execution.models import ExecutionRun
from execution.webhooks import services as webhooks
from masterplans.models import Masterplan
from mge_project.routing import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)


async def opened(path: str, user: Any) -> WebsocketCommunicator:
    socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), path)
    socket.scope["user"] = user
    accepted, _ = await socket.connect(timeout=5)
    assert accepted
    return socket


@sync_to_async
def make_run(plan: Masterplan) -> ExecutionRun:
    return ExecutionRun.objects.create(masterplan=plan, mode="v2_atoms", status="running")


@sync_to_async
def tell(run: ExecutionRun, topic: str = "run", **data: Any) -> int:
    return publish(topic=topic, type=f"{topic}.status", data=data, run_id=run.pk, masterplan_id=run.masterplan_id)


async def closed_with(socket: WebsocketCommunicator) -> int:
    frame = await socket.receive_output(timeout=5)
    assert frame["type"] == "websocket.close"
    return int(frame["code"])


async def test_a_run_streams_live_and_replays_a_gap(shop: Masterplan, alice: User) -> None:
    run = await make_run(shop)
    first = await tell(run, n=1)
    second = await tell(run, n=2)
    socket = await opened(f"/ws/runs/{run.pk}/?last_id={first}", alice)
    hello = await socket.receive_json_from(timeout=5)
    assert (hello["type"], hello["id"]) == ("hello", second)
    replayed = await socket.receive_json_from(timeout=5)
    assert (replayed["id"], replayed["data"]) == (second, {"n": 2})
    third = await tell(run, n=3)
    live = await socket.receive_json_from(timeout=5)
    assert (live["id"], live["run_id"], live["data"]) == (third, str(run.pk), {"n": 3})
    await socket.disconnect()


async def test_a_storm_of_events_comes_as_few_messages_with_the_latest_state(shop: Masterplan, alice: User) -> None:
    run = await make_run(shop)
    socket = await opened(f"/ws/runs/{run.pk}/", alice)
    assert (await socket.receive_json_from(timeout=5))["type"] == "hello"
    await asyncio.sleep(0.2)
    began = time.monotonic()
    for n in range(200):
        data = {"atoms": [{"atom_id": str(n % 20), "status": "passed" if n >= 180 else "running"}]}
        await sync_to_async(publish)(topic="run", type="atoms.status", data=data, run_id=run.pk)
    messages = 0
    states: dict[str, str] = {}
    while set(states.values()) != {"passed"} or len(states) < 20:
        message = await socket.receive_json_from(timeout=5)
        messages += 1
        for frame in message["data"]["frames"] if message["type"] == "batch" else [message]:
            states.update({row["atom_id"]: row["status"] for row in frame["data"]["atoms"]})
    assert messages <= 10 * (time.monotonic() - began) + 2
    await socket.disconnect()


@contextmanager
def open_transaction(run: ExecutionRun) -> Iterator[tuple[int, Callable[[], None]]]:
    """An event that is written and not committed: its number, and how to commit it."""
    commit, written = threading.Event(), threading.Event()
    numbers: list[int] = []

    def slow() -> None:
        try:
            with transaction.atomic():
                numbers.append(publish(topic="run", type="run.status", data={"n": 1}, run_id=run.pk))
                written.set()
                commit.wait(10)
        finally:
            connection.close()

    def end() -> None:
        commit.set()
        thread.join()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    try:
        yield numbers[0], end
    finally:
        end()


@pytest.mark.production  # SQLite writes one transaction after the other
async def test_a_number_that_commits_late_is_missed_by_no_reader(shop: Masterplan, alice: User) -> None:
    """PostgreSQL gives numbers when rows are written and shows them when they commit: nobody reads past an open one."""
    run = await make_run(shop)
    first = await tell(run, n=0)
    hook = await sync_to_async(webhooks.subscribe)(owner=alice, url="https://hooks.example/")
    client = AsyncClient()
    await client.aforce_login(alice)

    async def polled() -> dict[str, Any]:
        answer = await client.get(f"/api/v2/events?after={first}&run={run.pk}")
        return dict(answer.json())

    async def read(socket: WebsocketCommunicator) -> list[int]:
        message = await socket.receive_json_from(timeout=5)
        return [f["id"] for f in (message["data"]["frames"] if message["type"] == "batch" else [message])]

    listening = await opened(f"/ws/runs/{run.pk}/", alice)
    assert await read(listening) == [first]
    with open_transaction(run) as (low, commit):
        high = [await tell(run, n=n) for n in range(60)][-1]
        assert low < high
        reconnected = await opened(f"/ws/runs/{run.pk}/?last_id={first}", alice)
        assert await read(reconnected) == [first]
        assert await polled() == {"events": [], "last_id": first}
        assert await sync_to_async(webhooks.collect)() == 0
        assert await listening.receive_nothing(timeout=0.3)
        await asyncio.to_thread(commit)
    for socket in (listening, reconnected):
        seen: list[int] = []
        while high not in seen:
            seen += await read(socket)
        assert seen == list(range(low, high + 1))
        await socket.disconnect()
    told = await polled()
    assert (told["events"][0]["id"], told["last_id"]) == (low, high)
    assert await sync_to_async(webhooks.collect)() == high - low + 1
    assert await sync_to_async(hook.deliveries.filter(seq=low).exists)()


async def test_what_cannot_be_replayed_says_resync(shop: Masterplan, alice: User) -> None:
    run = await make_run(shop)
    await tell(run, n=1)
    socket = await opened(f"/ws/runs/{run.pk}/?last_id=999999999", alice)
    assert (await socket.receive_json_from(timeout=5))["type"] == "hello"
    assert (await socket.receive_json_from(timeout=5))["type"] == "resync"
    await socket.disconnect()


async def test_strangers_are_closed_with_a_code_that_says_why(shop: Masterplan, charlie: User) -> None:
    run = await make_run(shop)
    assert await closed_with(await opened(f"/ws/runs/{run.pk}/", AnonymousUser())) == 4401
    assert await closed_with(await opened(f"/ws/runs/{run.pk}/", charlie)) == 4404
    assert await closed_with(await opened(f"/ws/runs/{uuid.uuid4()}/", charlie)) == 4404


async def test_the_review_socket_carries_only_visible_plans(shop: Masterplan, alice: User, charlie: User) -> None:
    run = await make_run(shop)
    hers, his = await opened("/ws/review/", alice), await opened("/ws/review/", charlie)
    for socket in (hers, his):
        assert (await socket.receive_json_from(timeout=5))["type"] == "hello"
    await asyncio.sleep(0.2)
    await tell(run, topic="review", review_id="r")
    frame = await hers.receive_json_from(timeout=5)
    assert frame["data"] == {"review_id": "r"}
    assert await his.receive_nothing(timeout=0.5)
    for socket in (hers, his):
        await socket.disconnect()
