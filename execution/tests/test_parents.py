"""An atom that fails again and again in the same way: its whole function is written anew, all of it or nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from bench.scripted_model.script import Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from execution import leases
from execution.assembly import assemble
from execution.attempts.models import AtomRetryHistory
from execution.engine import driver
from execution.engine.outcomes import Ended, Judged, Whole, settle_all
from execution.engine.parents import keep_apart
from execution.models import ExecutionRun, RunAtom
from execution.tests.test_dependents import chain
from execution.tests.test_races import judged
from execution.tests.test_step_boundaries import OFF
from flags.pins import SWITCHES
from masterplans.importers.folder_plan import SourceOptions, plan_of_folder
from masterplans.models import SourceKind
from masterplans.services import create_from_spec
from validation.domain.model import LevelResult

pytestmark = pytest.mark.django_db(transaction=True)
DRAFT = """\
def big(a: int, b: int) -> int:
    total = 0
    for x in range(a):
        if x > b:
            total += x
        else:
            total -= x
    for y in range(b):
        if y:
            total += y
        total += 1
        total += 2
    while total > 100:
        total -= 3
        if total % 2:
            break
    return total
"""
NEW = DRAFT.replace("total", "found")
STALLED = r'name="range">\n    for y'


def drive(folder: Path, rules: list[Rule], settings: Any) -> tuple[ExecutionRun, ScriptedModel]:
    folder.mkdir()
    (folder / "m.py").write_text(DRAFT)
    owner = User.objects.create_user("owner")
    spec = plan_of_folder(SourceOptions(directory=str(folder)))
    plan = create_from_spec(spec, owner=owner, source_kind=SourceKind.SOURCE_TREE)
    frozen = {
        "model": "claude-sonnet-5-5", "max_attempts": 4, "suite_timeout": 60, "suite_memory_mib": 512,
        "review_share": 0.18, "switches": {name: name not in OFF for name in SWITCHES},
    }  # fmt: skip
    run = ExecutionRun.objects.create(
        masterplan=plan, mode="hybrid", policy="regenerate", settings=frozen, max_inflight=4, budget_micro=10**12
    )
    with ScriptedModel(Script(rules=rules, otherwise=Reply(echo=True, text="nothing"))) as server:
        settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY = server.url, "test-key"
        settings.DATA_DIR = folder.parent / "data"
        driver.drive(run.pk)
    run.refresh_from_db()
    return run, server


def test_the_third_equal_error_writes_the_whole_function_anew(tmp_path: Path, settings: Any) -> None:
    rules = [
        Rule(contains="the range is all of big", replies=[Reply(code=NEW)]),
        Rule(pattern=STALLED, replies=[Reply(code="    for y in\n")]),
    ]
    run, model = drive(tmp_path / "plan", rules, settings)

    atoms = list(RunAtom.objects.filter(run=run).order_by("position"))
    assert len(atoms) > 2
    assert {atom.status for atom in atoms} == {"passed"}
    assert assemble(run).workspace.files["m.py"].content.decode() == NEW
    stalled = next(atom for atom in atoms if atom.attempts == 4)
    tries = AtomRetryHistory.objects.filter(run=run, atom_id=stalled.atom_id).order_by("attempt_number")
    assert [row.success for row in tries] == [False, False, False, True]
    siblings = [atom for atom in atoms if atom != stalled]
    assert {(atom.attempts, atom.best_attempt, atom.allowed_attempts) for atom in siblings} == {(2, 2, 5)}
    along = AtomRetryHistory.objects.filter(run=run, attempt_number=2).exclude(atom_id=stalled.atom_id)
    assert {row.llm_cost_usd for row in along} == {0}
    assert {row.feedback_prompt for row in along} == {"Written anew with all of big, by attempt 4 at big."}
    assert model.book()["paid"] == len(siblings) + 4


def test_a_whole_function_that_does_not_parse_changes_no_part_of_it(tmp_path: Path, settings: Any) -> None:
    rules = [
        Rule(contains="the range is all of big", replies=[Reply(code=NEW.replace("while found > 100:", "while"))]),
        Rule(pattern=STALLED, replies=[Reply(code="    for y in\n")]),
    ]
    run, _ = drive(tmp_path / "plan", rules, settings)

    assert assemble(run).workspace.files["m.py"].content.decode() == DRAFT
    failed = RunAtom.objects.get(run=run, status="failed")
    last = AtomRetryHistory.objects.get(run=run, atom_id=failed.atom_id, attempt_number=4)
    assert (last.success, last.score) == (False, None), "a part of it alone is never the best try"
    assert "found = 0" in (last.code_generated or "")


def written(run: ExecutionRun) -> tuple[Ended, list[RunAtom]]:
    """The first atom's reply for all three, judged and about to be settled."""
    atoms = list(RunAtom.objects.filter(run=run).order_by("position"))
    claimed = leases.claim(run.pk, stage="draft", limit=1, among=[atoms[0].atom_id])
    RunAtom.objects.filter(pk__in=[atom.pk for atom in atoms[1:]]).update(status="passed")
    siblings = list(RunAtom.objects.filter(run=run).order_by("position"))[1:]
    codes = {atom.atom_id: f"new {n}" for n, atom in enumerate(siblings)}
    results: dict[Any, LevelResult] = {}
    whole = Whole(symbol="f", text="", texts=codes, codes=codes, siblings=siblings, results=results)
    one = judged(claimed, atoms[0], accepted=True)
    assert isinstance(one.outcome, Judged)
    return replace(one, outcome=replace(one.outcome, whole=whole)), siblings


def codes_of(run: ExecutionRun) -> list[str | None]:
    return list(RunAtom.objects.filter(run=run).order_by("position").values_list("code", flat=True))


def test_all_change_in_one_settlement() -> None:
    run, _ = chain(3)
    one, _ = written(run)
    assert set(settle_all(run, [one]).values()) == set(codes_of(run)) == {"new", "new 0", "new 1"}
    assert settle_all(run, [one]) == {}, "a second settlement of the same claim is fenced off"


@pytest.mark.parametrize("change", [{"version": 7}, {"status": "running", "lease_token": "0" * 32}])
def test_a_sibling_that_moved_has_the_stored_reply_judged_again(change: dict[str, Any]) -> None:
    run, _ = chain(3)
    one, siblings = written(run)
    RunAtom.objects.filter(pk=siblings[1].pk).update(**change)
    assert settle_all(run, [one]) == {}
    assert codes_of(run) == [None, None, None]
    row = RunAtom.objects.get(pk=one.atom.pk)
    assert (row.status, row.stage, row.attempts) == ("retry_wait", "validate", 0)
    assert not AtomRetryHistory.objects.filter(run=run).exists()


def test_what_a_person_decided_meanwhile_stands() -> None:
    run, _ = chain(3)
    one, siblings = written(run)
    RunAtom.objects.filter(pk=siblings[0].pk).update(decided=True, code="hers")
    settle_all(run, [one])
    assert codes_of(run) == [None, "hers", None]
    assert RunAtom.objects.get(pk=one.atom.pk).attempts == 1


def test_of_parts_claimed_together_one_writes_the_whole_and_none_beside_a_part_at_work() -> None:
    run, atoms = chain(3)
    ids = [atom.atom_id for atom in atoms]
    parent: Any = type("Parent", (), {"atom_ids": ids})
    assert keep_apart(run.pk, atoms[:2], {ids[0]: parent, ids[1]: parent}) == {ids[1]}
    RunAtom.objects.filter(pk=atoms[2].pk).update(status="ready", stage="validate")
    assert keep_apart(run.pk, atoms[:2], {ids[0]: parent}) == {ids[0]}
