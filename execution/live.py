"""The event log as a stream: one tail a process reads the table and hands new events to every open socket."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from execution.events import latest
from execution.models import RunEvent

POLL_SECONDS = 0.1
REPLAY_LIMIT = 2000  # more than this, and a client had better read everything anew
Frame = dict[str, Any]
Listener = Callable[[list[Frame]], Awaitable[None]]
log = structlog.get_logger(__name__)


def frame(event: RunEvent) -> Frame:
    """One event as it goes over the wire."""
    return {
        "id": event.seq,
        "topic": event.topic,
        "type": event.type,
        "at": event.at.isoformat(),
        "run_id": str(event.run_id) if event.run_id else None,
        "masterplan_id": str(event.masterplan_id) if event.masterplan_id else None,
        "data": event.data,
    }


def read_after(seq: int, *, run_id: uuid.UUID | None = None, topic: str | None = None, limit: int) -> list[Frame]:
    """Events after a sequence number, oldest first; none before which another may still appear."""
    events = RunEvent.objects.filter(seq__gt=seq, seq__lte=latest(beyond=seq))
    if run_id is not None:
        events = events.filter(run_id=run_id)
    if topic is not None:
        events = events.filter(topic=topic)
    return [frame(event) for event in events.order_by("seq")[:limit]]


def read_before(seq: int, *, run_id: uuid.UUID, limit: int) -> list[Frame]:
    """The newest events of a run before a sequence number, oldest first."""
    events = RunEvent.objects.filter(run_id=run_id, seq__lt=seq).order_by("-seq")[:limit]
    return [frame(event) for event in reversed(events)]


def _poll(seq: int) -> list[Frame]:
    close_old_connections()
    return read_after(seq, limit=500)


class Tail:
    """Polls the log while anybody listens."""

    def __init__(self) -> None:
        self._listeners: dict[object, Listener] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, key: object, listener: Listener, *, since: int) -> None:
        """Hand every event after ``since`` to ``listener``, some of them perhaps twice, at most ten times a second.

        Where others listen already, the tail may be ahead: the listener reads what lies between by itself.
        """
        self._listeners[key] = listener
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(since))

    def remove(self, key: object) -> None:
        """Stop handing events to this listener."""
        self._listeners.pop(key, None)

    async def _run(self, position: int) -> None:
        while self._listeners:
            try:
                frames = await sync_to_async(_poll)(position)
            except Exception:  # the database may be away for a moment; sockets stay open and catch up
                log.warning("event_tail_failed", exc_info=True)
                await asyncio.sleep(1.0)
                continue
            if frames:
                position = frames[-1]["id"]
                await self._hand_out(frames)
            await asyncio.sleep(POLL_SECONDS)

    async def _hand_out(self, items: list[Frame]) -> None:
        for key, listener in list(self._listeners.items()):
            try:
                await listener(items)
            except Exception:  # a socket that broke must not stop the others
                log.info("socket_dropped", exc_info=True)
                self.remove(key)


_tails: dict[int, Tail] = {}


def tail() -> Tail:
    """The tail of the running event loop."""
    return _tails.setdefault(id(asyncio.get_running_loop()), Tail())
