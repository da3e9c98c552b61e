"""From prose to a draft plan, with a scripted model behind real HTTP."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from bench.scripted_model.script import Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from execution.briefs import services
from execution.briefs.models import PlanBrief
from kernel.errors import MgeError
from llm.models import LlmCall
from masterplans.models import Masterplan

FOUND = {
    "domain": "Libraries that lend books.",
    "contexts": [{"name": "lending", "purpose": "Who has which book."}],
    "entities": [{"name": "Loan", "context": "lending", "attributes": ["due: date"], "rules": ["one reader a book"]}],
    "assumptions": ["One library only."],
    "risks": ["Clocks of branches differ."],
}


def task(path: str, *needs: str) -> dict[str, Any]:
    words = {"name": path, "target_path": path, "language": "python", "description": f"What {path} does."}
    return {**words, "acceptance_tests": ["It lends a book once."], "depends_on": list(needs)}


PLAN = {"name": "Library", "description": "Lends books.", "tasks": [task("loan.py"), task("desk.py", "loan.py")]}
CYCLE = {**PLAN, "tasks": [task("a.py", "b.py"), task("b.py", "a.py")]}
Models = Callable[..., ScriptedModel]


@pytest.fixture
def model(settings: Any) -> Iterator[Models]:
    servers: list[ScriptedModel] = []

    def begin(*, discovery: list[Reply], plan: list[Reply]) -> ScriptedModel:
        rules = [Rule(contains="through submit_discovery", replies=discovery)]
        rules.append(Rule(contains="through submit_plan", replies=plan))
        servers.append(ScriptedModel(Script(rules=rules)).__enter__())
        settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = servers[-1].url, "sk-ant-test-0000000000000000"
        return servers[-1]

    settings.ANTHROPIC_BASE_URL = settings.ANTHROPIC_API_KEY = None
    yield begin
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def alice(db: None) -> User:
    user = User.objects.create_user("alice")
    user.groups.add(Group.objects.get_or_create(name="operator")[0])
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_brief_becomes_a_draft_that_a_person_approves(model: Models, alice: User) -> None:
    server = model(discovery=[Reply(tool=FOUND)], plan=[Reply(tool=PLAN)])
    client = signed_in(alice)
    secret = "sk-ant-" + "a" * 30
    answer = client.post("/api/v1/masterplans/brief", {"text": f"A library. Our key is {secret}."}, "application/json")
    assert answer.status_code == 202
    services.work(PlanBrief.objects.get().pk)  # the test's transaction never commits, so nobody was woken
    brief = client.get(f"/api/v1/masterplans/brief/{answer.json()['brief_id']}").json()
    assert (brief["status"], brief["error"]) == ("completed", None)
    assert brief["cost_usd"] > 0
    url = f"/api/v1/masterplans/{brief['masterplan_id']}/"
    plan = client.get(url).json()
    assert (plan["name"], plan["status"], plan["source_kind"]) == ("Library", "draft", "brief")
    assert plan["discovery"] == FOUND
    assert [(t["target_path"], len(t["depends_on"])) for t in plan["tasks"]] == [("loan.py", 0), ("desk.py", 1)]
    assert client.post(f"{url}execute", {}, "application/json").status_code == 409
    assert client.post(f"{url}approve").json()["status"] == "approved"
    assert secret not in json.dumps(server.requests)
    assert secret not in PlanBrief.objects.get().text
    assert set(LlmCall.objects.values_list("purpose", "state")) == {
        ("discovery", "received"),
        ("planning", "received"),
    }


def test_a_refused_plan_is_asked_for_once_more_with_the_reason(model: Models, alice: User) -> None:
    server = model(discovery=[Reply(tool=FOUND)], plan=[Reply(tool=CYCLE), Reply(tool=PLAN)])
    plan = services.plan_now("A library.", owner=alice)
    assert plan.tasks.count() == 2
    asked = server.requests
    assert len(asked) == 3
    assert "Your last answer was refused" in json.dumps(asked[-1])
    assert "a.py" in json.dumps(asked[-1]["messages"])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="I would rather not."),
        Reply(tool={**PLAN, "tasks": [task("../../etc/passwd.py")]}),
        Reply(tool={**PLAN, "budget_usd": 1_000_000}),
        Reply(tool=FOUND, stop_reason="max_tokens"),
    ],
    ids=["prose", "unsafe path", "a budget of its own", "cut off"],
)
def test_two_unusable_answers_end_the_brief_and_store_no_plan(model: Models, alice: User, reply: Reply) -> None:
    server = model(discovery=[Reply(tool=FOUND)], plan=[reply])
    with pytest.raises(services.NoUsablePlan, match="2 tries"):
        services.plan_now("A library.", owner=alice)
    assert len(server.requests) == 3
    assert not Masterplan.objects.exists()
    assert PlanBrief.objects.get().error_code == "no_usable_plan"


def test_what_was_paid_for_before_a_crash_is_not_asked_for_again(model: Models, alice: User) -> None:
    server = model(discovery=[Reply(tool=FOUND)], plan=[Reply(status=400), Reply(tool=PLAN)])
    with pytest.raises(MgeError):
        services.plan_now("A library.", owner=alice)
    PlanBrief.objects.update(status="running", discovery=None, phase="discovery", error_code="", finished_at=None)
    services.work(PlanBrief.objects.get().pk)
    brief = PlanBrief.objects.get()
    assert (brief.status, brief.discovery) == ("completed", FOUND)
    assert len(server.requests) == 3  # discovery once, planning twice
    services.work(brief.pk)
    assert Masterplan.objects.count() == 1


def test_the_budget_stops_before_the_call(model: Models, alice: User) -> None:
    server = model(discovery=[Reply(tool=FOUND)], plan=[Reply(tool=PLAN)])
    with pytest.raises(services.BriefBudgetSpent, match="no room"):
        services.plan_now("A library.", owner=alice, budget_usd=0.01)  # type: ignore[arg-type]  # a float does too
    assert server.requests == []


def test_the_command_prints_the_id_last_and_says_what_was_assumed(
    model: Models, alice: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model(discovery=[Reply(tool=FOUND)], plan=[Reply(tool=PLAN)])
    file = tmp_path / "brief.md"
    file.write_text("A library.", encoding="utf-8")
    call_command("plan_from_brief", str(file), "--owner", "alice", "--name", "Mine")
    out, err = capsys.readouterr()
    assert out == f"{Masterplan.objects.get(name='Mine').pk}\n"
    assert "assumption: One library only." in err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 100_001, None], ids=["empty", "bytes", "long", "none"])
def test_a_file_that_is_no_brief_is_one_line_and_exit_2(
    model: Models, alice: User, tmp_path: Path, content: bytes | None
) -> None:
    server = model(discovery=[], plan=[])
    file = tmp_path / "brief.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError) as raised:
        call_command("plan_from_brief", str(file))
    assert raised.value.returncode == 2
    assert server.requests == []
    assert not PlanBrief.objects.exists()


def test_without_a_model_there_is_one_clear_error(model: Models, alice: User, tmp_path: Path) -> None:
    file = tmp_path / "brief.md"
    file.write_text("A library.", encoding="utf-8")
    with pytest.raises(CommandError, match="no model configured: set ANTHROPIC_API_KEY") as raised:
        call_command("plan_from_brief", str(file))
    assert raised.value.returncode == 2
    answer = signed_in(alice).post("/api/v1/masterplans/brief", {"text": "A library."}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_model_configured")
    assert not PlanBrief.objects.exists()


def test_a_brief_is_its_owners_alone(model: Models, alice: User) -> None:
    model(discovery=[], plan=[])
    charlie = User.objects.create_user("charlie")
    url = "/api/v1/masterplans/brief"
    assert Client().post(url, {"text": "x"}, "application/json").status_code == 401
    assert signed_in(charlie).post(url, {"text": "x"}, "application/json").status_code == 403
    assert signed_in(alice).post(url, {"text": " "}, "application/json").status_code == 400
    brief = services.submit("A library.", owner=alice)
    charlie.groups.add(Group.objects.get_or_create(name="operator")[0])
    assert signed_in(charlie).get(f"{url}/{brief.pk}").status_code == 404
