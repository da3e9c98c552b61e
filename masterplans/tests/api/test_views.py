"""Plans over HTTP: who may, who sees, what comes back, and what bad input says."""

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from masterplans.models import Masterplan, Team
from masterplans.tests.conftest import PLAN

LIST = "/api/v1/masterplans/"
IMPORT = "/api/v1/masterplans/import"


pytestmark = pytest.mark.urls("masterplans.tests.api.urls")


def upload(client: APIClient, filename: str, content: bytes, **fields: str) -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(filename, content), **fields}, format="multipart")


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def test_list_shows_own_plans_and_nobody_elses(
    client: APIClient, alice: User, charlie: User, ada: User, plan: Masterplan
) -> None:
    seen = {}
    for user in (alice, charlie, ada):
        client.force_authenticate(user)
        seen[user.username] = [row["name"] for row in client.get(LIST).json()["results"]]
    assert seen == {"alice": ["greeter"], "charlie": [], "ada": ["greeter"]}


def test_list_requires_login(client: APIClient, db: None) -> None:
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_list_pages_and_filters_with_few_queries(
    client: APIClient, alice: User, plan: Masterplan, django_assert_max_num_queries: Any
) -> None:
    client.force_authenticate(alice)
    for number in range(4):
        assert client.post(LIST, {"name": f"plan {number}", "tasks": [{"target_path": "a.ts"}]}).status_code == 201
    with django_assert_max_num_queries(2):
        first = client.get(LIST, {"limit": 3}).json()
    second = client.get(LIST, {"limit": 3, "cursor": first["next"]}).json()
    names = [row["name"] for row in first["results"] + second["results"]]
    assert names == ["plan 3", "plan 2", "plan 1", "plan 0", "greeter"]
    assert second["next"] is None
    assert first["results"][0]["languages"] == ["typescript"]
    assert [row["name"] for row in client.get(LIST, {"q": "HELLO says"}).json()["results"]] == ["greeter"]
    assert client.get(LIST, {"status": "draft"}).json()["results"] == []


@pytest.mark.parametrize(
    "query", [{"status": "nope"}, {"limit": "0"}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "cD14"}]
)
def test_list_handles_bad_queries(client: APIClient, alice: User, plan: Masterplan, query: dict[str, str]) -> None:
    client.force_authenticate(alice)
    answer = client.get(LIST, query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_detail_shows_tasks(client: APIClient, alice: User, plan: Masterplan) -> None:
    client.force_authenticate(alice)
    detail = client.get(f"{LIST}{plan.pk}/").json()
    words, greet = detail["tasks"]
    assert (detail["owner"], detail["tasks_total"], detail["tests_total"]) == ("alice", 2, 1)
    assert (detail["budget_usd"], detail["languages"], detail["status"]) == (1.5, ["python"], "approved")
    assert (words["has_draft"], greet["has_draft"], greet["depends_on"]) == (True, False, [words["task_id"]])
    assert greet["acceptance_tests"][1] == {"description": "by a test", "test": "tests/test_greet.py::test_it"}


@pytest.mark.parametrize("action", ["", "approve", "reject"])
def test_a_plan_of_somebody_else_does_not_exist(
    client: APIClient, charlie: User, plan: Masterplan, action: str
) -> None:
    client.force_authenticate(charlie)
    call = client.post if action else client.get
    for name in (plan.pk, uuid.uuid4(), "nonsense", "%00"):
        answer = call(f"{LIST}{name}/{action}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_writing_needs_the_operator(client: APIClient, bob: User, plan: Masterplan) -> None:
    Masterplan.objects.filter(pk=plan.pk).update(owner=bob)
    client.force_authenticate(bob)
    assert client.get(f"{LIST}{plan.pk}/").status_code == 200
    for answer in (
        client.post(LIST, {}),
        upload(client, "plan.yaml", PLAN),
        client.post(f"{LIST}{plan.pk}/approve"),
        client.post(f"{LIST}{plan.pk}/reject"),
    ):
        assert answer.status_code == 403
        assert "operator" in answer.json()["message"]


def test_reject_then_approve(client: APIClient, alice: User, plan: Masterplan) -> None:
    client.force_authenticate(alice)
    assert client.post(f"{LIST}{plan.pk}/approve").json()["code"] == "conflict"
    assert client.post(f"{LIST}{plan.pk}/reject").json()["status"] == "cancelled"
    assert client.post(f"{LIST}{plan.pk}/reject").status_code == 409
    assert client.post(f"{LIST}{plan.pk}/approve").json()["status"] == "approved"


def test_create_takes_json_and_yaml(client: APIClient, alice: User) -> None:
    client.force_authenticate(alice)
    by_json = client.post(LIST, {"name": "j", "tasks": [{"target_path": "a.py", "code": "x = 1\n"}]})
    by_yaml = client.post(LIST, PLAN, content_type="application/yaml")
    assert (by_json.status_code, by_yaml.status_code) == (201, 201)
    assert by_yaml.json()["tasks_total"] == 2


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"{", "invalid_plan", "line 1"),
        (b"", "invalid_plan", "$: None is not of type 'object'"),
        (json.dumps({"name": "x", "tasks": []}).encode(), "invalid_plan", "$.tasks: it is empty"),
        (json.dumps({"name": "x", "tasks": [{"target_path": "../a.py"}]}).encode(), "unsafe_path", "leads outside"),
        (
            json.dumps({"name": "x", "tasks": [{"target_path": "a.py", "code_file": "b"}]}).encode(),
            "invalid_plan",
            "disk",
        ),
    ],
)
def test_create_handles_bad_plans(client: APIClient, alice: User, body: bytes, code: str, says: str) -> None:
    client.force_authenticate(alice)
    answer = client.post(LIST, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert says in answer.json()["message"]
    assert not Masterplan.objects.exists()


def test_import_of_a_plan_file(client: APIClient, alice: User) -> None:
    client.force_authenticate(alice)
    answer = upload(client, "plan.yaml", PLAN, name="renamed")
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["source_kind"]) == ("renamed", "plan_file")


def test_import_of_a_zip_keeps_bytes_and_package(client: APIClient, alice: User) -> None:
    client.force_authenticate(alice)
    content = {"algo/__init__.py": b"", "algo/core.py": b"\xff\r\n", "algo/tests/test_core.py": b"pass"}
    answer = upload(client, "whatever.zip", zipped(content), root_package="net.algo")
    assert answer.status_code == 201, answer.json()
    plan = Masterplan.objects.get()
    task = plan.tasks.get(target_path="core.py")
    assert (bytes(task.draft or b""), task.place) == (b"\xff\r\n", "net/algo/core.py")
    assert (task.problem or {})["message"] == "byte 0xff is not utf-8"
    assert plan.files.get().place == "net/algo/tests/test_core.py"


def test_an_upload_is_shared_with_a_team_of_ones_own(client: APIClient, alice: User) -> None:
    team = Team.objects.create(name="blue")
    client.force_authenticate(alice)
    stranger = upload(client, "plan.yaml", PLAN, team="blue")
    assert (stranger.status_code, stranger.json()["code"]) == (400, "invalid_input")
    team.members.add(alice)
    assert upload(client, "plan.yaml", PLAN, team="blue").json()["team"] == "blue"
    assert upload(client, "plan.yaml", PLAN).json()["team"] is None


def test_the_owner_says_which_team_sees_a_plan(
    client: APIClient, alice: User, charlie: User, ada: User, plan: Masterplan
) -> None:
    address = f"{LIST}{plan.pk}/"
    blue, green = Team.objects.create(name="blue"), Team.objects.create(name="green")
    blue.members.add(alice, charlie)

    def share(user: User, team: str | None) -> Any:
        client.force_authenticate(user)
        return client.patch(address, {"team": team}, format="json")

    assert share(charlie, "blue").status_code in (403, 404), "a stranger does not even see it"
    shared = share(alice, "blue").json()
    assert (shared["team"], shared["team_choices"]) == ("blue", ["blue"])
    charlie.groups.add(*alice.groups.all())
    assert (share(charlie, None).status_code, client.get(address).json()["team_choices"]) == (403, None)
    assert share(alice, "green").status_code == 400
    assert share(ada, "green").json()["team_choices"] == ["blue", "green"]
    client.force_authenticate(charlie)
    assert client.get(address).status_code == 404, "the other team is no longer shown it"
    assert share(alice, None).json()["team"] is None
    assert green.masterplans.count() == 0


def test_import_handles_bad_uploads(client: APIClient, alice: User) -> None:
    client.force_authenticate(alice)
    answers = {
        "no file": client.post(IMPORT, {}, format="multipart"),
        "ending": upload(client, "plan.exe", b"x"),
        "not a zip": upload(client, "a.zip", b"PK nothing"),
        "no code": upload(client, "a.zip", zipped({"readme.md": b"hello"})),
        "zip slip": upload(client, "a.zip", zipped({"../evil.py": b"x = 1"})),
        "package": upload(client, "a.zip", zipped({"a.py": b""}), root_package="not-a-name"),
        "package of a plan": upload(client, "plan.yaml", PLAN, root_package="a"),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert "leads outside" in answers["zip slip"].json()["message"]
    assert not Masterplan.objects.exists()


def test_schema_is_public(client: APIClient) -> None:
    assert client.get(f"{LIST}plan.schema.json").json()["title"] == "Plan file"
