"""WebSockets ``/ws/runs/{run_id}/``, ``/ws/review/``, ``/ws/flags/``: hints from the event log, never the truth."""

import time
import uuid
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model

from execution.domain.coalesce import coalesce, message_of
from execution.events import latest
from execution.live import REPLAY_LIMIT, Frame, read_after, tail
from execution.models import RunEvent
from execution.selectors import get_run
from kernel import telemetry
from kernel.errors import NotFound
from masterplans.selectors import visible_masterplans

NOT_SIGNED_IN = 4401
NOT_VISIBLE = 4404
RECHECK_SECONDS = 5.0  # who may see a plan can change while a socket is open: the next event after this asks again
REMEMBERED = 2 * REPLAY_LIMIT  # ids of frames that were sent, so that none is sent twice


class EventConsumer(AsyncJsonWebsocketConsumer, ABC):  # type: ignore[misc]  # channels has no types
    """Says hello with the newest id, replays what the client missed, then streams."""

    topic: str
    run_id: uuid.UUID | None = None
    _counted = False

    async def connect(self) -> None:
        """Accept, then close with a code that says why where the user may not listen."""
        await self.accept()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(NOT_SIGNED_IN)
            return
        if not await sync_to_async(self.allowed)(user):
            await self.close(NOT_VISIBLE)
            return
        self._checked = time.monotonic()
        telemetry.SOCKET_CLIENTS.labels(topic=self.topic).inc()
        self._counted = True
        self._sent = await sync_to_async(latest)()
        self._delivered: dict[int, None] = {}
        await self._catch_up(user)
        tail().add(self, self.offer, since=self._sent)
        # what came between the snapshot and the listening
        await self.offer(await sync_to_async(read_after)(self._sent, run_id=self.run_id, limit=REPLAY_LIMIT))

    @abstractmethod
    def allowed(self, user: Any) -> bool:
        """Whether the user may listen at all."""

    @abstractmethod
    def wanted(self, item: Frame) -> bool:
        """Whether an event belongs on this socket."""

    async def _catch_up(self, user: Any) -> None:
        asked = parse_qs(self.scope.get("query_string", b"").decode("ascii", "replace")).get("last_id", [""])[0]
        await self.send_json({"id": self._sent, "topic": self.topic, "type": "hello", "data": {}})
        if not asked.isascii() or not asked.isdigit():
            return
        missed = await sync_to_async(self._missed)(int(asked))
        if missed is None:
            await self.send_json({"id": self._sent, "topic": self.topic, "type": "resync", "data": {}})
            return
        for item in missed:
            if self.wanted(item):
                await self.send_json(item)

    def _missed(self, last_id: int) -> list[Frame] | None:
        """Events after ``last_id``; None where they cannot all be replayed."""
        oldest = RunEvent.objects.order_by("seq").values_list("seq", flat=True).first() or 0
        if last_id > self._sent or last_id + 1 < oldest:
            return None
        frames = read_after(last_id, run_id=self.run_id, limit=REPLAY_LIMIT + 1)
        return None if len(frames) > REPLAY_LIMIT else [f for f in frames if f["id"] <= self._sent]

    async def offer(self, items: list[Frame]) -> None:
        """Take what the tail has, each event once, and send it as one message: at most ten a second."""
        fresh = [item for item in items if item["id"] not in self._delivered and await self.takes(item)]
        if not fresh or not await self._still_allowed():
            return
        for item in fresh:
            self._delivered[item["id"]] = None
        while len(self._delivered) > REMEMBERED:
            del self._delivered[next(iter(self._delivered))]
        await self.send_json(message_of(coalesce(fresh), topic=self.topic))

    async def takes(self, item: Frame) -> bool:
        """``wanted``, for consumers that have to look something up first."""
        return self.wanted(item)

    async def _still_allowed(self) -> bool:
        """Whether the user still is one, and may still listen; closes the socket where not."""
        if time.monotonic() - self._checked < RECHECK_SECONDS:
            return True
        self._checked = time.monotonic()
        user = await sync_to_async(self._user_now)()
        if user is not None and await sync_to_async(self.allowed)(user):
            return True
        tail().remove(self)
        await self.close(NOT_SIGNED_IN if user is None else NOT_VISIBLE)
        return False

    def _user_now(self) -> Any:
        return get_user_model().objects.filter(pk=self.scope["user"].pk, is_active=True).first()

    async def disconnect(self, code: int) -> None:
        """Stop listening."""
        tail().remove(self)
        if self._counted:
            telemetry.SOCKET_CLIENTS.labels(topic=self.topic).dec()
            self._counted = False

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Answer a ping, so that a client can tell a quiet line from a dead one. Everything else is ignored."""
        if isinstance(content, dict) and content.get("type") == "ping":
            await self.send_json({"id": self._sent, "topic": self.topic, "type": "pong", "data": {}})


class RunConsumer(EventConsumer):
    """All events of one run."""

    topic = "run"

    def allowed(self, user: Any) -> bool:
        """The run's plan must be visible."""
        try:
            self.run_id = get_run(user, self.scope["url_route"]["kwargs"]["run_id"]).pk
        except NotFound:
            return False
        return True

    def wanted(self, item: Frame) -> bool:
        """Events of this run, whatever their topic."""
        return bool(item["run_id"] == str(self.run_id))


class ReviewConsumer(EventConsumer):
    """Review events of every plan that the user may see."""

    topic = "review"

    def allowed(self, user: Any) -> bool:
        """Everybody signed in; what they see is filtered by plan."""
        self._user = user
        self._visible = {str(pk): True for pk in visible_masterplans(user).order_by().values_list("pk", flat=True)}
        return True

    def wanted(self, item: Frame) -> bool:
        """Review events of plans known to be visible."""
        return item["topic"] == "review" and self._visible.get(str(item["masterplan_id"]), False)

    async def takes(self, item: Frame) -> bool:
        """Learn about the event's plan first."""
        if item["topic"] != "review" or not await self._still_allowed():
            return False
        await self._learn(item)
        return self.wanted(item)

    async def _learn(self, item: Frame) -> None:
        plan_id = str(item["masterplan_id"])
        if plan_id not in self._visible:
            seen = await sync_to_async(visible_masterplans(self._user).filter(pk=item["masterplan_id"]).exists)()
            self._visible[plan_id] = seen


class FlagsConsumer(EventConsumer):
    """Changes of flags and of the rollout, for everybody signed in: they say what changed, never who is on a list."""

    topic = "flags"

    def allowed(self, user: Any) -> bool:
        """Everybody signed in."""
        return True

    def wanted(self, item: Frame) -> bool:
        """Events of this topic."""
        return bool(item["topic"] == "flags")
