"""Uploads that a worker imports: the same answers as without one, and progress for who does not wait."""

import time
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from masterplans import imports, services
from masterplans.models import Masterplan, MasterplanTask, PlanImport
from masterplans.tests.conftest import PLAN

IMPORT = "/api/v1/masterplans/import"
pytestmark = [pytest.mark.urls("masterplans.tests.api.urls"), pytest.mark.django_db(transaction=True)]
NAME = str(yaml.safe_load(PLAN)["name"])
BAD = b"name: 3\ntasks: nothing"


def body(client: APIClient, content: bytes, **words: Any) -> Any:
    return client.post("/api/v1/masterplans/", data=content, content_type="application/yaml", **words)


def upload(client: APIClient, content: bytes, **words: Any) -> Any:
    file = SimpleUploadedFile("plan.yaml", content)
    return client.post(IMPORT, {"file": file, "name": "uploaded"}, format="multipart", **words)


@pytest.mark.parametrize("send", [upload, body])
def test_with_workers_a_plan_is_answered_as_without(
    client: APIClient, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch, send: Any
) -> None:
    client.force_authenticate(alice)
    named = send(client, PLAN).json()["name"]
    refused = send(client, BAD)
    settings.DISPATCHER = "celery"
    monkeypatch.setattr(imports, "_wake", lambda _: None)  # no worker hears it
    monkeypatch.setattr(imports, "PATIENCE_SECONDS", 0.0)
    made, again = send(client, PLAN), send(client, BAD)
    assert (made.status_code, made.json()["name"]) == (201, named)
    assert (again.status_code, again.json()) == (refused.status_code, refused.json())
    assert refused.status_code == 400
    rows = PlanImport.objects.values_list("status", "content")
    assert sorted((status, bytes(content)) for status, content in rows) == [("completed", b""), ("failed", b"")]


@pytest.mark.parametrize("send", [upload, body])
def test_who_does_not_wait_finds_the_plan_or_what_was_wrong(
    client: APIClient, alice: User, charlie: User, send: Any
) -> None:
    client.force_authenticate(alice)
    for content in (PLAN, BAD):
        sent = send(client, content, headers={"Prefer": "respond-async"})
        assert (sent.status_code, sent.headers["Preference-Applied"]) == (202, "respond-async")
        where = sent.headers["Location"]
        until = time.monotonic() + 10
        while (found := client.get(where).json())["finished_at"] is None and time.monotonic() < until:
            time.sleep(0.02)
        if content is PLAN:
            assert (found["status"], found["error"]) == ("completed", None)
            assert Masterplan.objects.get(pk=found["masterplan_id"]).name == ("uploaded" if send is upload else NAME)
        else:
            assert (found["status"], found["masterplan_id"]) == ("failed", None)
            assert found["error"]["code"] == "invalid_plan"
    client.force_authenticate(charlie)
    assert client.get(where).status_code == 404


def test_an_import_whose_lease_was_lost_leaves_no_second_plan(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_wake", lambda _: None)
    row = imports.submit(PLAN, filename="plan.yaml", owner=alice)
    real = services.create_from_spec

    def taken_over(*args: Any, **words: Any) -> Masterplan:
        PlanImport.objects.filter(pk=row.pk).update(lease_token=row.pk)
        plan: Masterplan = real(*args, **words)
        return plan

    monkeypatch.setattr(services, "create_from_spec", taken_over)
    imports.work(row.pk)
    assert not Masterplan.objects.exists()
    assert imports.work(row.pk) is None, "somebody else has it"


def test_a_plan_of_thousands_is_stored_by_a_few_statements(
    client: APIClient, alice: User, django_assert_max_num_queries: Any
) -> None:
    """Two hundred rows to a statement, with a queryset each, were most of what a large plan cost its request."""
    client.force_authenticate(alice)
    tasks = [
        {"target_path": f"a/m{i}.py", "code": f"x = {i}\n", "depends_on": ["a/m0.py"] * (i > 0)} for i in range(2500)
    ]
    with django_assert_max_num_queries(20):
        made = client.post("/api/v1/masterplans/", data={"name": "large", "tasks": tasks}, format="json")
    assert (made.status_code, made.json()["tasks_total"]) == (201, 2500)
    rows = list(MasterplanTask.objects.order_by("task_number"))
    assert [(row.target_path, bytes(row.draft or b"")) for row in rows[-1:]] == [("a/m2499.py", b"x = 2499\n")]
    assert rows[7].depends_on == [rows[0].task_id]
