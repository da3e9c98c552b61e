"""Among several changed atoms bisection names the guilty ones, by running the failing test without the others."""

import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from execution.assembly import Assembly
from execution.engine import confirm
from execution.engine.evidence import Bench, Evidence
from execution.models import ExecutionRun
from masterplans.domain.workspace import Workspace
from validation.domain.blame import Blame
from validation.domain.model import SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport

ATOMS = [str(uuid.UUID(int=n)) for n in range(6)]
BAD = {ATOMS[4]}
RUN = ExecutionRun()


def suite(status: TestStatus) -> SuiteResult:
    return SuiteResult(digest="", cases=(TestCase(id="t", status=status),), coverage={}, ran=True)


def evidence(status: TestStatus, changed: list[str]) -> Evidence:
    blame = Blame(suspiciousness={ATOMS[0]: 1.0}, culprits={ATOMS[0]: ("t",)}, reaching=dict.fromkeys(ATOMS, ("t",)))
    assembly = Assembly(workspace=Workspace(), spans={}, changed=frozenset(changed))
    return Evidence(assembly=assembly, static=StaticReport(digest=""), suite=suite(status), blame=blame)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """What was left out at each run; the test fails as long as a guilty atom is in."""
    left_out: list[set[str]] = []

    def suite_of(_run: object, assembly: set[str], *, tests: set[str]) -> SuiteResult:
        assert tests == {"t"}
        return suite(TestStatus.PASSED if assembly >= BAD else TestStatus.FAILED)

    monkeypatch.setattr(confirm, "suite_of", suite_of)
    return left_out


def bench(left_out: list[set[str]]) -> Bench:
    def assembly(_codes: object, *, leaving_out: set[uuid.UUID]) -> Any:
        left_out.append({str(one) for one in leaving_out})
        return left_out[-1]

    drafts = evidence(TestStatus.PASSED, [])
    return cast("Bench", SimpleNamespace(drafts=lambda: drafts, assembler=SimpleNamespace(assembly=assembly)))


def test_the_guilty_one_of_many_is_named(runs: list[set[str]]) -> None:
    found = confirm.confirmed_blame(RUN, bench(runs), evidence(TestStatus.FAILED, ATOMS))
    assert found.culprits == {ATOMS[4]: ("t",)}
    assert 0 < len(runs) <= 12


def test_one_changed_atom_is_guilty_without_a_run_and_nothing_changed_blames_as_before(runs: list[set[str]]) -> None:
    alone = confirm.confirmed_blame(RUN, bench(runs), evidence(TestStatus.FAILED, [ATOMS[2]]))
    assert (alone.culprits, runs) == ({ATOMS[2]: ("t",)}, [])
    same = evidence(TestStatus.FAILED, [])
    assert confirm.confirmed_blame(RUN, bench(runs), same) is same.blame
    green = evidence(TestStatus.PASSED, ATOMS)
    assert confirm.confirmed_blame(RUN, bench(runs), green).culprits == green.blame.culprits


def test_without_runs_left_suspicion_stands(runs: list[set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "MAX_RUNS", 1)
    red = evidence(TestStatus.FAILED, ATOMS)
    assert confirm.confirmed_blame(RUN, bench(runs), red).culprits == red.blame.culprits
    assert len(runs) == 1
    missing = replace(red, suite=suite(TestStatus.MISSING))
    assert confirm.confirmed_blame(RUN, bench(runs), missing).culprits == red.blame.culprits
