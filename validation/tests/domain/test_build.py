"""A build fails for what does not compile, was not written, or has type errors that the drafts had not."""

import pytest

from validation.domain.build import build_check
from validation.domain.model import Finding, Status
from validation.domain.static import Family, StaticCheck, StaticReport, ToolRun, locate
from validation.tests.projects import project

WORKSPACE = project({"a.py": "x = 1\n", "b.ts": "const x: string = 1;\n", "c.js": "f(1);\n"})
RUNS = {(check, family): ToolRun(ran=True) for check in StaticCheck for family in Family}


def report(check: StaticCheck | None = None, path: str = "b.ts") -> StaticReport:
    found = [Finding(tool="tsc", code="TS2322", message="no", path=path, line=1)] if check else []
    findings = {check: locate(found, WORKSPACE.files)} if check else {}
    return StaticReport(digest="", findings=findings, runs=RUNS)


def test_new_type_errors_of_typescript_fail_and_old_ones_are_shown() -> None:
    typed = report(StaticCheck.TYPES)
    new, old = build_check(WORKSPACE, typed, drafts=report()), build_check(WORKSPACE, typed, drafts=typed)
    assert (new.status, new.evidence.exit_code) == (Status.FAILED, 1)
    assert (old.status, old.findings[0].severity) == (Status.PASSED, "warning")
    assert "1 errors, all of them in the drafts too" in old.reason
    assert build_check(WORKSPACE, report(StaticCheck.TYPES, "c.js"), drafts=report()).status is Status.PASSED
    assert build_check(WORKSPACE, report(StaticCheck.SYNTAX, "c.js")).status is Status.FAILED
    assert build_check(WORKSPACE, report(), missing=["d.py"]).status is Status.FAILED


@pytest.mark.parametrize("gone", [(StaticCheck.SYNTAX, Family.PYTHON), (StaticCheck.TYPES, Family.SCRIPT)])
def test_without_a_compiler_nothing_was_built(gone: tuple[StaticCheck, Family]) -> None:
    runs = {**RUNS, gone: ToolRun(ran=False, reason="not installed")}
    check = build_check(WORKSPACE, StaticReport(digest="", runs=runs))
    assert (check.status, check.reason) == (Status.NOT_RUN, "not installed")
    assert build_check(WORKSPACE, None).status is Status.NOT_RUN
    assert build_check(project({"x.txt": ""}), report()).status is Status.NOT_APPLICABLE
