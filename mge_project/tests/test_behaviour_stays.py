"""A reply that answers otherwise than a good draft, where no test looks, is refused; its next try is not.

A person's edit is never refused for it: the differences are shown.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.scripted_model.script import Reply, Rule, Script
from execution import changes
from execution.attempts.models import AtomRetryHistory
from execution.models import RunAtom
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from validation.domain.model import Status
from validation.models import SuiteRun, ValidationResult

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]

CODE = (
    'def discount(amount, kind):\n    if kind == "bulk" and amount >= 50:\n        return amount / 10\n    return 0\n'
)
TESTS = "from prices import discount\n\n\ndef test_discount():\n    assert discount(10, 'plain') == 0\n"


def test_calls_recorded_over_the_drafts_judge_what_the_model_writes(
    tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow, scripted: Callable[[Script], Any]
) -> None:
    (tmp_path / "prices.py").write_text(CODE)
    (tmp_path / "test_prices.py").write_text(TESTS)
    other, same = CODE.replace(">= 50", "> 50"), CODE.replace("amount >= 50", "not amount < 50")
    scripted(Script(rules=[Rule(symbol="discount", replies=[Reply(code=other), Reply(code=same)])]))
    run = run_now(import_folder(tmp_path), policy="regenerate")
    assert bytes(SuiteRun.objects.get(run_id=run.pk, purpose="baseline").calls)
    atom = RunAtom.objects.get(run=run, symbol="discount")
    assert (atom.status, atom.attempts, atom.code) == ("passed", 2, same)
    refused = AtomRetryHistory.objects.get(run=run, atom=atom.atom_id, attempt_number=1)
    assert "discount(amount=50, kind='bulk') gives 0, the draft 5.0" in str(refused.error_message)
    row = ValidationResult.objects.get(run_id=run.pk, atom_id=atom.atom_id, superseded=False)
    [check] = [check for check in row.checks_run if check["name"] == "generated_tests"]
    assert (check["status"], check["generated"], check["forgeable"]) == ("passed", True, True)
    assert "inputs answered as the draft did" in check["reason"]

    edit = changes.check_edit(run.pk, atom.atom_id, other)  # a person may want it so, and is told
    [shown] = [check for check in edit.checks if check.name == "generated_tests"]
    assert (edit.status is Status.FAILED, shown.status) == (False, Status.NOT_RUN)
    assert shown.findings
    assert {one.severity for one in shown.findings} == {"warning"}
    assert any("discount(amount=50, kind='bulk') gives 0, the draft 5.0" in one.message for one in shown.findings)
