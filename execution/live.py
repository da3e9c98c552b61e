"""The event log as a stream: one tail a process reads the table and hands new events to every open socket."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from execution.models import RunEvent

POLL_SECONDS = 0.1
REPLAY_LIMIT = 2000  # more than this, and a client had better read everything anew
RECENT = 1000  # numbers: so many are looked for, at most
LATE_SECONDS = 60.0  # no transaction of ours is open for longer after it told something
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


def latest() -> int:
    """The newest sequence number, 0 for an empty log."""
    return RunEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def read_after(seq: int, *, run_id: uuid.UUID | None = None, topic: str | None = None, limit: int) -> list[Frame]:
    """Events after a sequence number, oldest first."""
    events = RunEvent.objects.filter(seq__gt=seq)
    if run_id is not None:
        events = events.filter(run_id=run_id)
    if topic is not None:
        events = events.filter(topic=topic)
    return [frame(event) for event in events.order_by("seq")[:limit]]


def read_before(seq: int, *, run_id: uuid.UUID, limit: int) -> list[Frame]:
    """The newest events of a run before a sequence number, oldest first."""
    events = RunEvent.objects.filter(run_id=run_id, seq__lt=seq).order_by("-seq")[:limit]
    return [frame(event) for event in reversed(events)]


def _poll(seq: int, missing: Collection[int]) -> list[Frame]:
    """Events after ``seq``, and those of ``missing`` that are there by now."""
    close_old_connections()
    late = RunEvent.objects.filter(seq__in=missing).order_by("seq") if missing else ()
    return [*map(frame, late), *read_after(seq, limit=500)]


def _missing_before(seq: int) -> list[int]:
    """Numbers up to ``seq`` that no event has (yet), of the last few."""
    first = max(1, seq - RECENT + 1)
    there = set(RunEvent.objects.filter(seq__gte=first, seq__lte=seq).values_list("seq", flat=True))
    return [number for number in range(first, seq + 1) if number not in there]


class Tail:
    """Polls the log while anybody listens.

    PostgreSQL commits numbers out of order, so one that was passed over is looked for until its transaction must have
    ended. What was rolled back never comes.
    """

    def __init__(self) -> None:
        self._listeners: dict[object, Listener] = {}
        self._task: asyncio.Task[None] | None = None
        self._missing: dict[int, float] = {}  # until when to look for it

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
        started = False
        while self._listeners:
            try:
                if not started:
                    self._missing.clear()
                    self._look_for(await sync_to_async(_missing_before)(position))
                    started = True
                frames = await sync_to_async(_poll)(position, list(self._missing))
            except Exception:  # the database may be away for a moment; sockets stay open and catch up
                log.warning("event_tail_failed", exc_info=True)
                await asyncio.sleep(1.0)
                continue
            if frames:
                position = self._note(position, [item["id"] for item in frames])
                await self._hand_out(frames)
            self._give_up()
            await asyncio.sleep(POLL_SECONDS)

    def _note(self, position: int, numbers: list[int]) -> int:
        """Remember what was passed over; returns the new position."""
        newest = max(position, *numbers)
        found = set(numbers)
        for number in found & self._missing.keys():
            del self._missing[number]
        first = max(position + 1, newest - RECENT)
        self._look_for([number for number in range(first, newest) if number not in found])
        return newest

    def _look_for(self, numbers: Collection[int]) -> None:
        until = time.monotonic() + LATE_SECONDS
        self._missing.update(dict.fromkeys(numbers, until))

    def _give_up(self) -> None:
        now = time.monotonic()
        for number in [number for number, until in self._missing.items() if until < now]:
            del self._missing[number]

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
