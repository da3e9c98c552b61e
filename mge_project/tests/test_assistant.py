"""The assistant's search on the bundled example: repairs that are shown as verified are green."""

import ast
from typing import Any

import pytest
from django.test import Client

from bench.scripted_model.script import Reply, Rule, Script
from execution.dispatchers import local
from execution.models import RunAtom
from llm.models import LlmCall
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from review.models import HumanReviewQueue, ReviewHelp
from review.services import help as search

pytestmark = [pytest.mark.drill, pytest.mark.sandbox, pytest.mark.django_db(transaction=True)]
RIGHT = "def tier_percent(units: int) -> int:\n    return 15\n"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this thread, so that the test sees the end."""
    monkeypatch.setattr(search, "_dispatch", search.work)


def test_a_verified_repair_turns_the_atom_green(shop: Masterplan, run_now: RunNow, as_alice: Client) -> None:
    run = run_now(shop)
    atom = RunAtom.objects.get(run=run, symbol="tier_percent")
    row = HumanReviewQueue.objects.get(run=run, atom_id=atom.atom_id)
    address = f"/api/v2/review/{row.pk}"
    found = as_alice.get(address).json()
    assert found["help"]["state"] is None

    answer = as_alice.post(f"{address}/help", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["state"]) == (202, "done"), answer.json()
    [first, *_] = [item for item in answer.json()["suggestions"] if item["source"] == "repair"]
    assert first["verified"]
    assert "test_each_tier_begins_at_its_number" in first["detail"]
    assert ast.parse(first["code"]), "a whole new text of the atom"
    detail = as_alice.get(address).json()
    assert detail["suggestions"][0] == first
    assert 0 < detail["help"]["tried"] <= detail["help"]["total"]
    as_alice.post(f"{address}/help", {}, content_type="application/json")
    assert ReviewHelp.objects.count() == 1, "what was searched for this text is not searched again"

    taken = as_alice.post(
        "/api/v2/review/edit",
        {"review_id": str(row.pk), "version": row.version, "code": first["code"]},
        content_type="application/json",
    )
    assert taken.status_code == 200, "it passes without a reason to override"
    assert local.join(run.pk, timeout=60)
    assert RunAtom.objects.get(pk=atom.pk).suspiciousness == 0, "no test blames it any more"
    assert as_alice.get(address).json()["failing_tests"] == []

    undone = as_alice.post("/api/v2/review/undo", {"review_id": str(row.pk)}, content_type="application/json")
    assert undone.status_code == 200, undone.content
    assert local.join(run.pk, timeout=60)
    again = as_alice.get(address).json()
    assert [test["id"] for test in found["failing_tests"]] == [test["id"] for test in again["failing_tests"]] != []
    assert again["confidence_terms"] == found["confidence_terms"], "what is shown is what holds for the draft"


def test_the_model_is_asked_once_and_what_it_says_is_tried(
    shop: Masterplan, run_now: RunNow, as_alice: Client, scripted: Any, settings: Any
) -> None:
    run = run_now(shop)
    row = HumanReviewQueue.objects.filter(run=run, atom__symbol="tier_percent").get()
    address = f"/api/v2/review/{row.pk}/help"
    refused = as_alice.post(address, {"with_model": True}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (503, "no_model")

    answer = {
        "issues": [{"line": 3, "severity": "error", "message": "The bound is off by one."}],
        "fix": "def tier_percent(units: int) -> int:\n    return nonsense\n",
        "alternatives": [],
    }
    server = scripted(Script(rules=[Rule(contains="submit_review", replies=[Reply(tool=answer)])]))
    run.settings["model"] = settings.MGE_MODEL
    run.save()
    for _ in range(2):
        told = as_alice.post(address, {"with_model": True}, content_type="application/json").json()
    assert told["note"].startswith(f"{settings.MGE_MODEL} was asked for 0.")
    assert (told["found"], told["model"]) == (len(told["suggestions"]), None), "it was asked about this text"
    fix, issue = [item for item in told["suggestions"] if item["source"] == settings.MGE_MODEL]
    assert (fix["title"], fix["verified"]) == ("The model's fix", False), "what does not pass is not called verified"
    assert issue["title"] == "Line 3: The bound is off by one."
    assert server.book()["paid"] == LlmCall.objects.filter(run_id=run.pk, purpose="review").count() == 1
    run.refresh_from_db()
    assert run.spent_micro == LlmCall.objects.get(run_id=run.pk).cost_micro
