"""A client of ``/api/v1`` that does everything once and notes what it was answered, without the values."""

import time
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

PLAN = {
    "name": "Contract",
    "tasks": [{"name": "double", "target_path": "double.py", "code": "def double(x):\n    return 2 * x\n"}],
}
WAIT_SECONDS = 60.0
Answers = dict[str, dict[str, Any]]


def shape(value: Any) -> Any:
    """The form of a JSON value: keys and kinds; of a list the form of its first element."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    kinds: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string"))
    return next((word for kind, word in kinds if isinstance(value, kind)), None)


def play(password: str) -> Answers:
    """Sign in as Alice and go through the API. ``{step: {status, type, body}}``."""
    answers: Answers = {}
    client = Client()

    def note(step: str, response: Any) -> Any:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        body = response.json() if kind == "application/json" and response.content else None
        answers[step] = {"status": response.status_code, "type": kind, "body": shape(body)}
        return body

    def post(url: str, body: Any = None) -> Any:
        return client.post(f"/api/v1/{url}", body, content_type="application/json")

    def get(url: str) -> Any:
        return client.get(f"/api/v1/{url}")

    note("health", get("health"))
    note("plans, not signed in", get("masterplans/"))
    note("sign in, wrong", post("session", {"username": "alice", "password": "no"}))
    note("sign in", post("session", {"username": "alice", "password": password}))
    note("session", get("session"))
    note("token", post("token", {"username": "alice", "password": password}))
    note("create, bad", post("masterplans/", {"name": ""}))
    plan = note("create", post("masterplans/", PLAN))["masterplan_id"]
    upload = SimpleUploadedFile("plan.yaml", b"name: Y\ntasks: [{name: a, target_path: a.py, code: 'a = 1'}]")
    other = note("import", client.post("/api/v1/masterplans/import", {"file": upload}))["masterplan_id"]
    note("list", get("masterplans/?limit=1"))
    note("list, bad", get("masterplans/?limit=x"))
    note("schema", get("masterplans/plan.schema.json"))
    note("detail", get(f"masterplans/{plan}/"))
    note("detail, unknown", get("masterplans/00000000-0000-0000-0000-000000000000/"))
    note("approve, twice", post(f"masterplans/{plan}/approve"))
    note("reject", post(f"masterplans/{other}/reject"))
    note("status, before", get(f"masterplans/{plan}/status"))
    note("execute, bad", post(f"masterplans/{plan}/execute", {"mode": "v3"}))
    note("execute", post(f"masterplans/{plan}/execute", {}))
    _wait(lambda: get(f"masterplans/{plan}/status").json()["status"] == "completed")
    note("status", get(f"masterplans/{plan}/status"))
    note("detail, run", get(f"masterplans/{plan}/"))
    note("export, zip", get(f"masterplans/{plan}/export?format=zip"))
    note("export, patch", get(f"masterplans/{plan}/export?format=patch"))
    note("export, bad", get(f"masterplans/{plan}/export?format=tar"))
    note("sign out", client.delete("/api/v1/session"))
    return answers


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < until, "the run did not end"
        time.sleep(0.05)


def difference(recorded: Any, actual: Any, place: str = "") -> str | None:
    """Where an answer leaves the contract; None where it keeps it.

    A field may be null, states may be counted, and what is new breaks nobody.
    """
    if recorded is None or actual is None:
        return None
    if isinstance(recorded, dict) and isinstance(actual, dict):
        if place.endswith(("/by_status", "/tests/properties")):
            return None
        if lost := sorted(recorded.keys() - actual.keys()):
            return f"{place}: {lost}"
        return next((d for key in recorded if (d := difference(recorded[key], actual[key], f"{place}/{key}"))), None)
    if isinstance(recorded, list) and isinstance(actual, list):
        return difference(recorded[0], actual[0], f"{place}[]") if recorded and actual else None
    return None if recorded == actual else f"{place}: {recorded!r} became {actual!r}"
