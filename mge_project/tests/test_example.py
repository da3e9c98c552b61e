"""The bundled example: what it plants is found, a person or the model mends it, and the export carries the fix."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bench.scripted_model.script import Reply, Rule, Script
from execution.attempts.models import AtomRetryHistory
from execution.dispatchers import local
from execution.export import as_patch, collect, write
from execution.models import RunAtom
from execution.report import report
from llm.models import LlmCall
from masterplans.models import Masterplan
from mge_project.tests.conftest import EXAMPLE, RunNow
from review.models import HumanReviewQueue
from validation.models import SuiteRun, ValidationResult

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]
PLANTED = {"tier_percent", "find_coupon", "Inventory.to_order", "Inventory.__init__", "Cart.priceOrNull"}


def solution(path: str) -> str:
    return (EXAMPLE / "solutions" / path).read_text()


def piece(text: str, start: str, end: str) -> str:
    """The lines of a mended file from the one that holds ``start`` up to the one that holds ``end``."""
    return text[text.index(start) : text.index(end, text.index(start))]


def hollow(text: str) -> tuple[str, dict[str, str]]:
    """A file with its function bodies made holes, and the bodies."""
    lines, bodies = text.splitlines(keepends=True), {}
    for node in reversed([n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]):
        first, last = node.body[1].lineno, node.body[-1].end_lineno
        bodies[node.name] = "".join(lines[first - 1 : last])
        lines[first - 1 : last] = [f'    raise NotImplementedError("hole: {node.name}")\n']
    return "".join(lines), bodies


def test_without_a_model_every_planted_bug_is_found_and_queued(shop: Masterplan, run_now: RunNow) -> None:
    run = run_now(shop)

    result = report(run)
    assert (result["status"], result["calls"], result["cost_usd"]) == ("completed", 0, 0)
    queued = set(RunAtom.objects.filter(run=run, atom_id__in=result["review_queue"]).values_list("symbol", flat=True))
    assert queued >= PLANTED
    hole = RunAtom.objects.get(run=run, path="shop/receipt.py")
    assert (hole.status, hole.code) == ("failed", None)
    assert hole.last_error is not None
    assert "no model configured" in hole.last_error["message"]
    assert set(result["by_status"]) == {"passed", "failed"}
    assert result["levels"]["4"] == {"passed": 0, "failed": 1, "not_run": 0, "not_applicable": 0}
    assert sum(result["levels"]["1"].values()) == result["atoms_total"]
    history = AtomRetryHistory.objects.filter(run=run)
    drafts = RunAtom.objects.filter(run=run, is_hole=False).count()
    assert set(history.values_list("attempt_number", flat=True)) == {0}
    assert history.count() == drafts
    assert not RunAtom.objects.filter(run=run, code__isnull=False).exists()


def test_an_edit_turns_the_run_green_and_the_export_carries_it(
    shop: Masterplan, run_now: RunNow, as_alice: Client, tmp_path: Path
) -> None:
    run = run_now(shop)
    before = ValidationResult.objects.get(run_id=run.pk, level=4, superseded=False)
    fixed = solution("shop/pricing.py")
    edits = {
        "tier_percent": piece(fixed, "def tier_percent", "\n\n\n"),
        "find_coupon": piece(fixed, "def find_coupon", "\n\n\n"),
    }
    for symbol, code in edits.items():
        _edit(as_alice, run, symbol, code)
        assert local.join(run.pk, timeout=60)

    run.refresh_from_db()
    assert run.status == "completed"
    assert run.precision is not None
    assert run.precision_reviewed is not None
    assert run.precision_reviewed > run.precision
    after = ValidationResult.objects.get(run_id=run.pk, level=4, superseded=False)
    assert after.pk != before.pk
    write(collect(shop, run), tmp_path / "out")
    exported = tmp_path / "out"
    assert "def tier_percent" in (exported / "shop/pricing.py").read_text()
    tests = subprocess.run(
        [sys.executable, "-c", "import shop.pricing as p; print(p.tier_percent(10), p.tier_percent(50))"],
        cwd=exported, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert tests.stdout.split() == ["5", "15"]
    for path in ("shop/inventory.py", "shop/money.py", "web/cart.ts", "web/slug.js", "tests/test_money.py"):
        source = EXAMPLE / ("drafts" if not path.startswith("tests") else ".") / path
        assert (exported / path).read_bytes() == source.read_bytes()
    decisions = {a["symbol"]: a["decision"] for a in json.loads((exported / "report.json").read_text())["atoms"]}
    assert decisions["tier_percent"] == "edit"


def _edit(client: Client, run: Any, symbol: str, code: str) -> None:
    atom = RunAtom.objects.get(run=run, symbol=symbol)
    row = HumanReviewQueue.objects.get(run=run, atom_id=atom.atom_id)
    claimed = client.post("/api/v2/review/claim", {"review_id": str(row.pk)}, content_type="application/json")
    assert claimed.status_code == 200, claimed.content
    answer = client.post(
        "/api/v2/review/edit",
        {"review_id": str(row.pk), "version": claimed.json()["version"], "code": code},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content


def test_the_model_fills_the_hole_and_mends_what_failed_after_feedback(
    shop: Masterplan, run_now: RunNow, scripted: Any, tmp_path: Path
) -> None:
    pricing, (skeleton, bodies) = solution("shop/pricing.py"), hollow(solution("shop/receipt.py"))
    right = {
        "tier_percent": piece(pricing, "def tier_percent", "\n\n\n") + "\n",
        "find_coupon": piece(pricing, "def find_coupon", "\n\n\n") + "\n",
    }
    wrong = right["tier_percent"].replace(">=", ">")
    rules = [
        Rule(contains="submit_skeleton", replies=[Reply(tool={"code": skeleton, "tests": ""})]),
        Rule(symbol="tier_percent", attempt=1, replies=[Reply(code=wrong)]),
        Rule(symbol="tier_percent", attempt=2, replies=[Reply(code=right["tier_percent"])]),
        Rule(symbol="find_coupon", replies=[Reply(code=right["find_coupon"])]),
        *(Rule(symbol=s, replies=[Reply(code=code)]) for s, code in bodies.items()),
    ]
    server = scripted(Script(rules=rules))

    run = run_now(shop)

    tier = RunAtom.objects.get(run=run, symbol="tier_percent")
    assert (tier.status, tier.attempts, tier.code) == ("passed", 2, right["tier_percent"] + "\n\n")
    stands = ValidationResult.objects.get(run_id=run.pk, atom_id=tier.atom_id, level=1, superseded=False)
    checks = {check["name"]: check for check in stands.checks_run}
    assert not checks["tests"]["forgeable"], checks["tests"]
    assert "judged the strict way by" in checks["tests"]["reason"]
    assert (checks["forgery"]["status"], checks["forgery"]["findings"]) == ("passed", [])
    told = AtomRetryHistory.objects.get(run=run, atom_id=tier.atom_id, attempt_number=2).feedback_prompt or ""
    assert "test_each_tier_begins_at_its_number" in told
    holes = RunAtom.objects.filter(run=run, path="shop/receipt.py", is_hole=True)
    assert holes.exists()
    assert set(holes.values_list("status", flat=True)) == {"passed"}
    calls = LlmCall.objects.filter(run_id=run.pk)
    assert run.spent_micro == sum(call.cost_micro or 0 for call in calls)
    assert run.reserved_micro == 0
    assert server.book()["paid"] == calls.filter(state="received").count()
    write(collect(shop, run), tmp_path / "out")
    suite = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/test_receipt.py", "tests/test_pricing.py",
         "-p", "no:cacheprovider", "-p", "no:django", "-c", "/dev/null", "--rootdir", "."],
        cwd=tmp_path / "out", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert suite.returncode == 0, suite.stdout


def test_a_fix_clears_what_was_blamed_in_its_place(shop: Masterplan, run_now: RunNow, as_alice: Client) -> None:
    run = run_now(shop)
    blamed = RunAtom.objects.filter(run=run, path="shop/inventory.py", status="failed").exclude(
        symbol__in=["Inventory.__init__", "Inventory.to_order"]
    )
    innocent = list(blamed.values_list("symbol", flat=True))
    before = dict(RunAtom.objects.filter(run=run, path="shop/inventory.py").values_list("symbol", "status"))
    _, _, fixed = solution("shop/inventory.py").partition("class Inventory")
    _edit(as_alice, run, "Inventory.__init__", piece(fixed, "    def __init__", "\n\n") + "\n")
    assert local.join(run.pk, timeout=60)

    after = dict(RunAtom.objects.filter(run=run, path="shop/inventory.py").values_list("symbol", "status"))
    assert {symbol: after[symbol] for symbol in innocent} == dict.fromkeys(innocent, "passed")
    assert after["Inventory.to_order"] == "failed", "its own bug is still there"
    run.refresh_from_db()
    assert run.precision_reviewed is not None
    assert run.precision_reviewed > (run.precision or 0)
    baseline = SuiteRun.objects.filter(run_id=run.pk, purpose="baseline")
    assert baseline.count() == 1, "the drafts were run once, and not again for the edit"

    row = HumanReviewQueue.objects.get(run=run, decision="edit")
    undone = as_alice.post("/api/v2/review/undo", {"review_id": str(row.pk)}, content_type="application/json")
    assert undone.json()["revalidating"], undone.content
    assert local.join(run.pk, timeout=60)
    again = dict(RunAtom.objects.filter(run=run, path="shop/inventory.py").values_list("symbol", "status"))
    assert again == before
    run.refresh_from_db()
    assert (run.status, run.precision_reviewed) == ("completed", run.precision), "as if the edit had never been"
    assert as_patch(collect(shop, run)) == b""
