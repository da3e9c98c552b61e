"""Atoms that pass alone and fail together: the culprits are found and sent back, and nobody else."""

import uuid
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from execution.attempts.models import AtomRetryHistory
from execution.engine import integration
from execution.engine.evidence import Bench
from execution.engine.integration import ProgressiveIntegrationTester
from execution.models import ExecutionRun, RunAtom
from execution.tests.test_dependents import chain
from validation.domain.blame import Blame
from validation.domain.model import SuiteResult, TestCase, TestStatus

pytestmark = pytest.mark.django_db(transaction=True)
TEST = "tests/test_a.py::test_both"


@dataclass
class _State:
    changed: frozenset[str]


@dataclass
class _Stub:
    """Stands for the evidence of the drafts, on which the test passed and reached every atom."""

    atoms: frozenset[str]
    suite: SuiteResult = field(
        default_factory=lambda: SuiteResult(
            digest="", cases=(TestCase(id=TEST, status=TestStatus.PASSED),), coverage={}, ran=True
        )
    )

    @property
    def blame(self) -> Blame:
        return Blame(suspiciousness={}, culprits={}, reaching=dict.fromkeys(self.atoms, (TEST,)))

    @property
    def assembler(self) -> "_Stub":
        return self

    def drafts(self) -> "_Stub":
        return self

    def assembly(self, replacing: Any, *, leaving_out: set[uuid.UUID]) -> _State:
        return _State(changed=self.atoms - {str(atom) for atom in leaving_out})


def accepted(run: ExecutionRun, atoms: list[RunAtom]) -> list[uuid.UUID]:
    for atom in atoms:
        RunAtom.objects.filter(pk=atom.pk).update(status="passed", attempts=1, code="x", pending_deps=0)
        AtomRetryHistory.objects.create(run=run, atom_id=atom.atom_id, attempt_number=1, success=True)
    return [atom.atom_id for atom in atoms]


@pytest.mark.parametrize(("attempts_left", "after"), [(True, "ready"), (False, "failed")])
def test_only_the_pair_that_fails_together_goes_back(
    monkeypatch: pytest.MonkeyPatch, settings: Any, attempts_left: bool, after: str
) -> None:
    settings.ANTHROPIC_BASE_URL = "http://127.0.0.1:9"
    run, atoms = chain(6)
    ended = accepted(run, atoms)
    if not attempts_left:
        RunAtom.objects.filter(run=run).update(allowed_attempts=1)
    guilty = {str(atoms[1].atom_id), str(atoms[4].atom_id)}

    def suite(run: ExecutionRun, state: _State, *, tests: set[str]) -> SuiteResult:
        status = TestStatus.FAILED if guilty <= state.changed else TestStatus.PASSED
        case = TestCase(id=TEST, status=status, message="together they break")
        return SuiteResult(digest="", cases=(case,), coverage={}, ran=True)

    monkeypatch.setattr(integration, "suite_of", suite)
    bench = cast("Bench", _Stub(atoms=frozenset(str(atom.atom_id) for atom in atoms)))
    tester = ProgressiveIntegrationTester(run, bench, every=6)
    tester.note(ended[:5])
    assert not tester.due(last=False)
    tester.note(ended[5:])
    assert tester.due(last=False)

    assert tester.test() is attempts_left

    rows = list(RunAtom.objects.filter(run=run).order_by("position"))
    assert [row.status for row in rows] == ["passed", after, "passed", "passed", after, "passed"]
    told = AtomRetryHistory.objects.get(run=run, atom_id=atoms[1].atom_id)
    assert (told.success, (told.error or {})["category"]) == (False, "test_failure")
    assert "together they break" in (told.error_message or "")
    assert AtomRetryHistory.objects.filter(run=run, success=True).count() == 4
    assert not tester.due(last=True)
