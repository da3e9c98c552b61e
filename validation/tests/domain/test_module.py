"""Level 2: calls and imports by what the type checkers say, for Python and for scripts, beside the drafts."""

import pytest

from validation.domain.model import Check, Finding, Status
from validation.domain.module import ModuleValidator
from validation.domain.scopes import ModuleScope
from validation.domain.static import Family, StaticCheck, StaticReport, ToolRun, locate
from validation.tests.projects import project

WORKSPACE = project(dict.fromkeys(("shop/m.py", "shop/s.py", "shop/s.pyi", "m.ts", "m.js"), "one\ntwo\nthree\n"))
RUNS = {(check, family): ToolRun(ran=True) for check in StaticCheck for family in Family}
CALL, EXPORT = "calls", "exports"
FAILED, PASSED = Status.FAILED, Status.PASSED


def report(*found: Finding, kind: StaticCheck = StaticCheck.TYPES) -> StaticReport:
    return StaticReport(digest="", findings={kind: locate(found, WORKSPACE.files)}, runs=RUNS)


def judged(
    static: StaticReport, path: str, drafts: StaticReport | None = None, *, first: int = 1, last: int = 9
) -> dict[str, Check]:
    scope = ModuleScope(scope=path, path=path, first=first, last=last)
    validator = ModuleValidator(
        scopes=[scope], static=static, drafts=report() if drafts is None else drafts, suite=None, files=WORKSPACE.files
    )
    return {check.name: check for check in validator.judge(scope).checks}


def said(code: str, path: str, message: str = "no", severity: str = "error", line: int = 2) -> Finding:
    return Finding(tool="t", code=code, message=message, path=path, line=line, severity=severity)


@pytest.mark.parametrize(
    ("check", "finding"),
    [
        (CALL, said("missing-argument", "shop/m.py")), (CALL, said("bad-keyword-argument", "shop/m.py")),
        (CALL, said("unused-coroutine", "shop/m.py")), (CALL, said("TS2554", "m.ts")),
        (CALL, said("TS2554", "m.js", "Expected 1", "warning")),
        (CALL, said("dropped-promise", "m.js", "await it", "warning")),
        (CALL, said("TS2365", "m.ts", "Operator + on 'Promise<number>'")),
        (CALL, said("unsupported-operation", "shop/m.py", "`+` between `Coroutine[int]` and `int`")),
        (EXPORT, said("missing-module-attribute", "shop/m.py", "Could not import `x` from `shop.n`")),
        (EXPORT, said("missing-attribute", "shop/m.py", "No attribute `gone` in module `shop.n`")),
        (EXPORT, said("missing-import", "shop/m.py", "Cannot find module `shop.n`", "warning")),
        (EXPORT, said("TS2305", "m.ts", "Module './n' has no exported member 'x'")),
        (EXPORT, said("TS2307", "m.js", "Cannot find module './n' or its", "warning")),
        (EXPORT, said("TS2339", "m.js", "Property 'x' does not exist on type 'typeof import(\"/work/n\")'", "warning")),
    ],
)  # fmt: skip
def test_new_findings_fail_their_check_and_no_other(check: str, finding: Finding) -> None:
    checks = judged(report(finding), finding.path)
    other = EXPORT if check is CALL else CALL
    assert (checks[check].status, checks[other].status) == (FAILED, PASSED)
    assert checks[check].findings == (finding,)


def test_what_is_no_fault_of_the_module_passes() -> None:
    for finding in (
        said("missing-import", "shop/m.py", "Cannot find module `numpy`", "warning"),
        said("TS2307", "m.ts", "Cannot find module 'react' or its", "warning"),
        said("missing-attribute", "shop/m.py", "Object of class `K` has no attribute `q`"),
        said("TS2345", "m.js", "Argument of type", "warning"),
    ):
        checks = judged(report(finding), finding.path)
        assert {checks[CALL].status, checks[EXPORT].status} == {PASSED}, finding


def test_old_calls_are_shown_and_missing_modules_of_its_own_always_count() -> None:
    old = report(said("TS2554", "m.ts"))
    check = judged(old, "m.ts", old)[CALL]
    assert (check.status, len(check.findings)) == (PASSED, 1)
    gone = report(said("missing-import", "shop/m.py", "Cannot find module `shop.n`", "warning"))
    assert judged(gone, "shop/m.py", gone)[EXPORT].status is FAILED
    foreign = report(said("missing-module-attribute", "shop/m.py", "Could not import `x` from `numpy`"))
    assert judged(foreign, "shop/m.py", foreign)[EXPORT].status is PASSED


def test_what_a_stub_leaves_out_may_stand_in_the_module_beside_it() -> None:
    private = report(said("missing-module-attribute", "shop/m.py", "Could not import `_x` from `shop.s`"))
    assert judged(private, "shop/m.py", private)[EXPORT].status is PASSED
    assert judged(private, "shop/m.py")[EXPORT].status is FAILED
    bare = report(said("missing-module-attribute", "shop/m.py", "Could not import `_x` from `shop.m`"))
    assert judged(bare, "shop/m.py", bare)[EXPORT].status is FAILED


def test_a_part_of_a_file_answers_for_its_lines() -> None:
    found = report(said("TS2554", "m.ts", line=3))
    assert judged(found, "m.ts", first=1, last=2)[CALL].status is PASSED
    assert judged(found, "m.ts", first=3, last=9)[CALL].status is FAILED


def test_without_a_tool_or_a_parse_nothing_is_known() -> None:
    missing = StaticReport(digest="", runs={})
    assert {judged(missing, "m.ts")[name].status for name in (CALL, EXPORT)} == {Status.NOT_RUN}
    broken = report(said("TS1005", "m.ts"), kind=StaticCheck.SYNTAX)
    assert "does not parse: line 2" in judged(broken, "m.ts")[CALL].reason
