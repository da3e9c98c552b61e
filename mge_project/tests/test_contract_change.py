"""A person's edit that breaks a contract opens its callers again; one of the body alone checks them anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bench.scripted_model.script import Reply, Rule, Script
from execution.attempts.models import AtomRetryHistory
from execution.dispatchers import local
from execution.models import ExecutionRun, RunAtom
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from review.models import HumanReviewQueue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]

SHAPES = """\
def area(width: int, height: int) -> int:
    return width * height - 1


def floor(width: int) -> int:
    return area(width, width)


def sign(text: str) -> str:
    return text.upper()
"""
TESTS = """\
from shapes import area, floor, sign


def test_area():
    assert area(height=3, width=2) == 6


def test_floor():
    assert floor(2) == 4


def test_sign():
    assert sign("a") == "A"
"""
MENDED = "def area(width: int, height: int) -> int:\n    return width * height\n"
KEYWORDS = "def area(*, width: int, height: int) -> int:\n    return width * height\n"


@pytest.fixture
def run(tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow) -> ExecutionRun:
    (tmp_path / "shapes.py").write_text(SHAPES)
    (tmp_path / "test_shapes.py").write_text(TESTS)
    return run_now(import_folder(tmp_path))


def edit(client: Client, run: ExecutionRun, symbol: str, code: str) -> dict[str, Any]:
    """Put code in by the API; returns the impact that was told before."""
    row = HumanReviewQueue.objects.get(run=run, atom__symbol=symbol, status="pending")
    told = client.post(
        "/api/v2/review/check", {"review_id": str(row.pk), "code": code}, content_type="application/json"
    ).json()
    asked = {"review_id": str(row.pk), "version": row.version, "code": code, "override_reason": "as it must be"}
    answer = client.post("/api/v2/review/edit", asked, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert local.join(run.pk, timeout=60)
    impact: dict[str, Any] = told["impact"]
    return impact


def atom(run: ExecutionRun, symbol: str) -> RunAtom:
    return RunAtom.objects.get(run=run, symbol=symbol)


@pytest.mark.drill
def test_another_body_only_checks_the_caller_again(run: ExecutionRun, as_alice: Client) -> None:
    before = atom(run, "floor")
    impact = edit(as_alice, run, "area", MENDED)
    after = atom(run, "floor")
    assert (impact["contract_changed"], impact["reopen"]) == (False, 0)
    assert (after.status, after.stage, after.allowed_attempts) == ("passed", before.stage, before.allowed_attempts)
    assert after.suspiciousness < before.suspiciousness


def test_another_contract_opens_the_caller_again_and_nothing_else(run: ExecutionRun, as_alice: Client) -> None:
    untouched = atom(run, "sign").version
    impact = edit(as_alice, run, "area", KEYWORDS)
    caller = atom(run, "floor")
    assert (impact["contract_changed"], impact["reopen"]) == (True, 1)
    assert caller.status == "failed"
    assert (caller.last_error or {})["message"].startswith("area in shapes.py has another contract now: ")
    rows = HumanReviewQueue.objects.filter(run=run, atom=caller.atom_id).order_by("created_at")
    assert [(row.status, row.decision) for row in rows] == [("regenerated", "withdrawn"), ("pending", None)]
    assert (atom(run, "sign").status, atom(run, "sign").version) == ("passed", untouched)
    run.refresh_from_db()
    assert run.status == "completed"


@pytest.mark.drill
def test_a_caller_that_fits_the_new_contract_passes_unpaid(run: ExecutionRun, as_alice: Client) -> None:
    more = "def area(width: int, height: int, depth: int = 1) -> int:\n    return width * height * depth\n"
    impact = edit(as_alice, run, "area", more)
    caller = atom(run, "floor")
    assert (impact["contract_changed"], impact["reopen"]) == (True, 1)
    assert (caller.status, caller.attempts, caller.stage, caller.last_error) == ("passed", 0, "draft", None)


def test_the_model_mends_what_no_longer_fits(run: ExecutionRun, as_alice: Client, scripted: Any, settings: Any) -> None:
    fits = "def floor(width: int) -> int:\n    return area(width=width, height=width)\n"
    scripted(Script(rules=[Rule(symbol="floor", replies=[Reply(code=fits)])]))
    ExecutionRun.objects.filter(pk=run.pk).update(settings=run.settings | {"model": settings.MGE_MODEL})
    edit(as_alice, run, "area", KEYWORDS)
    caller = atom(run, "floor")
    assert (caller.status, caller.attempts) == ("passed", 1)
    tried = AtomRetryHistory.objects.get(run=run, atom=caller.atom_id, attempt_number=1)
    assert "another contract now" in (tried.feedback_prompt or "")
    run.refresh_from_db()
    assert run.spent_micro > 0
