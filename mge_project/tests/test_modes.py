"""The same plan in every mode; phases switched off one by one; and what happens when the engine itself breaks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atoms.services import decompose
from bench.scripted_model.script import Reply, Rule, Script
from execution import phases
from execution.engine import v2
from execution.export import collect
from execution.models import ExecutionRun, RunAtom, RunEvent
from execution.report import report
from flags import routing
from flags.pins import SWITCHES
from graphs.models import AtomDependency
from llm.models import LlmCall
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from review.models import HumanReviewQueue
from validation.models import ValidationResult

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]
BASE = "class Base:\n    limit = 3\n"
CALC = (
    "from base import Base\n\n\nclass Calc(Base):\n    def add(self, a: int, b: int) -> int:\n        return a {} b\n"
)
TESTS = "from calc import Calc\n\n\ndef test_add() -> None:\n    assert Calc().add(2, 3) == 5\n"
FIX = "        return a + b\n"


@pytest.fixture
def plan(tmp_path: Path, import_folder: Callable[..., Masterplan]) -> Masterplan:
    """Two files, of which one is wrong, and a test that says so."""
    files = {"base.py": BASE, "calc.py": CALC.format("-"), "tests/test_calc.py": TESTS}
    for name, text in files.items():
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return import_folder(tmp_path / "p")


@pytest.fixture
def switched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def switch(*off: str) -> None:
        monkeypatch.setattr("execution.services.switches", lambda: {name: name not in off for name in SWITCHES})

    return switch


def mend(scripted: Any) -> Any:
    """A model that mends whatever part of calc.py it is asked for, in every engine's words."""
    whole = CALC.format("+")
    rules = [
        Rule(pattern=r"\nSymbol: part 1\n", replies=[Reply(code=whole)]),
        Rule(symbol="Calc.add", replies=[Reply(code="    def add(self, a: int, b: int) -> int:\n" + FIX)]),
        Rule(symbol="Calc", replies=[Reply(code="class Calc(Base):\n")]),
        Rule(contains="\nFile: calc.py\nLanguage: python\nPart:", replies=[Reply(code=whole)]),
        Rule(contains="\nFile: base.py\nLanguage: python\nPart:", replies=[Reply(code=BASE)]),
    ]
    return scripted(Script(rules=rules, otherwise=Reply(status=400)))


def test_the_same_plan_ends_in_every_mode_with_comparable_reports(
    plan: Masterplan, run_now: RunNow, switched: Any
) -> None:
    switched(*SWITCHES)
    reports = {mode: report(run_now(plan, mode=mode)) for mode in ("mvp", "v2_atoms")}
    switched()
    reports["hybrid"] = report(run_now(plan, mode="hybrid"))

    assert {r["status"] for r in reports.values()} == {"completed"}
    assert len({tuple(sorted(r)) for r in reports.values()}) == 1, "the same keys"
    assert {(r["precision"], r["tests_total"], r["cost_usd"], r["calls"]) for r in reports.values()} == {
        (0.0, 1, 0.0, 0)
    }
    assert reports["hybrid"]["by_status"] == reports["v2_atoms"]["by_status"]
    assert reports["hybrid"]["levels"] == reports["v2_atoms"]["levels"]
    assert [a["mode"] for a in reports.values()] == list(reports)
    assert reports["v2_atoms"]["review_queue"], "an explicit v2_atoms ignores the switches"
    assert reports["v2_atoms"]["by_status"]["failed"]
    assert {r["fell_back_at"] for r in reports.values()} == {None}, "failed atoms are no reason to fall back"


@pytest.mark.drill
def test_with_every_phase_off_hybrid_is_the_mvp_over_parts(plan: Masterplan, run_now: RunNow, switched: Any) -> None:
    decompose(plan.pk)
    before = set(plan.atoms.values_list("pk", flat=True))
    switched(*SWITCHES)

    run = run_now(plan, mode="hybrid")

    assert run.status == "completed"
    atoms = RunAtom.objects.filter(run=run)
    assert set(atoms.values_list("kind", "status")) == {("subtask", "passed")}, "both parse, and nothing more is asked"
    assert not AtomDependency.objects.filter(graph=plan.graph).exists()
    assert ValidationResult.objects.filter(run_id=run.pk).exclude(level=1).count() == 0
    checks = {c["name"]: c["status"] for r in ValidationResult.objects.filter(run_id=run.pk) for c in r.checks_run}
    assert (checks["syntax"], checks["names"], checks["tests"]) == ("passed", "not_run", "not_run")
    assert not HumanReviewQueue.objects.filter(run=run).exists()
    assert (run.precision, phases.width_of(run)) == (0.0, 3)
    assert before <= set(plan.atoms.values_list("pk", flat=True)), "the atoms of the earlier run stay"
    assert collect(plan, run).after.files["calc.py"].content == CALC.format("-").encode()


@pytest.mark.drill
def test_without_atomization_parts_go_through_graph_levels_and_feedback(
    plan: Masterplan, run_now: RunNow, switched: Any, scripted: Any
) -> None:
    switched("ENABLE_AST_ATOMIZATION")
    mend(scripted)

    run = run_now(plan, mode="hybrid")

    assert (run.status, run.precision) == ("completed", 1.0)
    part = RunAtom.objects.get(run=run, path="calc.py")
    assert (part.kind, part.status, part.code, part.attempts) == ("subtask", "passed", CALC.format("+"), 1)
    edge = AtomDependency.objects.get(graph=plan.graph)
    assert (edge.from_atom_id, float(edge.weight)) == (part.atom_id, 1.0), "the base class orders, also between parts"
    assert run.waves_total == 2


@pytest.mark.drill
def test_without_feedback_the_one_retry_is_blind(
    plan: Masterplan, run_now: RunNow, switched: Any, scripted: Any
) -> None:
    switched("ENABLE_RETRY_FEEDBACK")
    server = scripted(Script(rules=[], otherwise=Reply(code="        return a - b\n")))

    run = run_now(plan, mode="hybrid")

    failed = RunAtom.objects.get(run=run, status="failed")
    assert failed.attempts == 2
    assert "The last attempt failed" not in str(server.requests[-1])


def test_a_broken_engine_falls_back_and_pays_nothing_twice(
    plan: Masterplan, run_now: RunNow, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mend(scripted)

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("planted")

    monkeypatch.setattr(v2, "judge_whole", broken)
    run = run_now(plan)

    assert (run.status, run.mode, run.precision) == ("completed", "v2_atoms", 1.0)
    assert run.fallback_reason == "RuntimeError: planted"
    assert run.fell_back_at is not None
    assert server.book()["paid"] == LlmCall.objects.filter(run_id=run.pk).count() == 1
    assert RunAtom.objects.get(run=run, symbol="Calc.add", code__isnull=False).status == "passed"
    told = RunEvent.objects.filter(run=run, type="run.status", data__fallback_reason=run.fallback_reason)
    assert told.count() == 1


@pytest.mark.drill
def test_a_reply_that_was_paid_before_the_engine_broke_is_used_by_the_mvp(
    plan: Masterplan, run_now: RunNow, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mend(scripted)
    monkeypatch.setattr("execution.engine.judgement.judge_code", lambda *a, **k: 1 / 0)

    run = run_now(plan, policy="regenerate")

    assert run.status == "completed"
    assert "ZeroDivisionError" in run.fallback_reason
    bill = server.book()
    assert all(call["paid"] <= 1 for call in bill["by_key"].values())
    generated = set(LlmCall.objects.filter(run_id=run.pk, purpose="generate", state="received").values_list("atom_id"))
    again = set(LlmCall.objects.filter(run_id=run.pk, purpose="mvp").values_list("atom_id"))
    assert generated
    assert not generated & again


@pytest.mark.drill
def test_an_engine_that_breaks_before_it_has_atoms_hands_over_whole_tasks(
    plan: Masterplan, run_now: RunNow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v2, "lay_out", lambda run: 1 / 0)
    run = run_now(plan)
    assert (run.status, run.mode, run.units) == ("completed", "v2_atoms", "subtasks")
    assert set(RunAtom.objects.filter(run=run).values_list("kind", "status")) == {("subtask", "passed")}
    assert set(report(run)["levels"]) == set()


def test_without_the_switch_a_broken_engine_is_a_failed_run(
    plan: Masterplan, run_now: RunNow, switched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched("FALLBACK_TO_MVP_ON_ERROR")
    monkeypatch.setattr(v2, "lay_out", lambda run: 1 / 0)
    run = run_now(plan)
    assert (run.status, run.fell_back_at) == ("failed", None)
    assert "ZeroDivisionError" in run.error


@pytest.mark.drill
def test_a_user_of_v2_gets_hybrid_while_a_phase_is_off(
    plan: Masterplan, run_now: RunNow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SWITCHES:
        monkeypatch.setenv(f"FF_{name}", "false")
    monkeypatch.setenv("FF_V2_WHITELIST_USERS", plan.owner.get_username())
    assert routing.mode_for(plan.owner) == "hybrid"
    run: ExecutionRun = run_now(plan, mode=None)
    assert (run.mode, run.status) == ("hybrid", "completed")
    assert phases.width_of(run) == 3
