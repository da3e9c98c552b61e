"""What works here: database, broker, workers, model, sandbox. Each part says what it saw, nothing is assumed."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models.functions import Now

from execution.models import ExecutionRun
from flags.routing import current
from kernel.states import ExecutionMode
from llm.client import configured
from validation.sandbox import selftest


def health() -> dict[str, Any]:
    """The object of ``GET /api/v1/health``. ``degraded`` where a part that runs need is away."""
    parts = {"database": _database(), "broker": _broker(), "workers": _workers(), "sandbox": _sandbox()}
    return {
        **_routing(parts["database"]["ok"]),
        **parts,
        "model": _model(),
        "version": settings.VERSION,
        "status": "ok" if all(part["ok"] for part in parts.values()) else "degraded",
    }


def _routing(database_ok: bool) -> dict[str, Any]:
    if not database_ok:
        return {"execution_mode": ExecutionMode.MVP.value, "v2_percentage": 0}
    routing = current()
    share = 0 if routing.killed or not routing.enabled else routing.percentage
    mode = ExecutionMode.V2_ATOMS if share == 100 else ExecutionMode.MVP
    return {"execution_mode": mode.value, "v2_percentage": share}


def _database() -> dict[str, Any]:
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "vendor": connection.vendor, "detail": type(error).__name__}
    return {"ok": True, "vendor": connection.vendor, "detail": f"{(time.monotonic() - began) * 1000:.1f} ms"}


def _broker() -> dict[str, Any]:
    if settings.DISPATCHER != "celery":
        return {"ok": True, "kind": "embedded", "detail": "threads of this process"}
    return _seen("redis", _ping_redis)


def _ping_redis() -> str:
    import redis  # noqa: PLC0415 - embedded processes never need it

    client = redis.Redis.from_url(str(settings.REDIS_URL), socket_timeout=2, socket_connect_timeout=2)
    client.ping()
    return "answers"


def _seen(kind: str, probe: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "kind": kind, "detail": probe()}
    except Exception as error:  # noqa: BLE001 - a broker fails in many ways, and each of them means: not there
        return {"ok": False, "kind": kind, "detail": type(error).__name__}


def _workers() -> dict[str, Any]:
    """Embedded: this process drives. Celery: the workers that hold a run now, and those that answer."""
    try:
        driving = ExecutionRun.objects.filter(driver_until__gt=Now()).count()
    except DatabaseError:
        return {"ok": False, "kind": settings.DISPATCHER, "count": 0, "detail": "the database is away"}
    if settings.DISPATCHER != "celery":
        return {"ok": True, "kind": "local", "count": 1, "detail": f"{driving} runs driven"}
    from mge_project.celery import app  # noqa: PLC0415 - embedded processes never need it

    try:
        answers = app.control.inspect(timeout=1.0).ping() or {}
    except Exception as error:  # noqa: BLE001 - no broker, no answer: whatever the reason, no worker was seen
        return {"ok": False, "kind": "celery", "count": 0, "detail": type(error).__name__}
    return {"ok": bool(answers), "kind": "celery", "count": len(answers), "detail": f"{driving} runs driven"}


def _model() -> dict[str, Any]:
    if not configured():
        return {"configured": False, "name": None, "detail": "set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL"}
    return {"configured": True, "name": settings.MGE_MODEL, "detail": "not called until a run needs it"}


def _sandbox() -> dict[str, Any]:
    test = selftest.check()
    return {"ok": test.ok, "detail": test.reason or "all checks held"}
