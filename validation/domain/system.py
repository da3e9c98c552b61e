"""Level 4: the whole workspace. Its suite, the plan's acceptance criteria, the build, production readiness."""

from collections.abc import Mapping, Sequence
from typing import Any

from masterplans.domain.workspace import FileRole, Workspace
from validation.domain.dependencies import dependencies_check
from validation.domain.model import Check, Evidence, Level, LevelResult, Status, SuiteResult, TestCase, TestStatus
from validation.domain.readiness import readiness_findings
from validation.domain.static import Family, StaticCheck, StaticReport, family_of

SHOWN = 50


class SystemValidator:
    """Judges the assembled workspace as one thing, scope ``.``."""

    def judge(
        self, suite: SuiteResult | None, workspace: Workspace, plan_rules: Mapping[str, Any] | None = None, *,
        static: StaticReport | None = None, missing: Sequence[str] = (),
    ) -> LevelResult:  # fmt: skip
        """Return level 4. ``plan_rules["acceptance"]`` lists criteria: texts, or ``{text, tests: [ids or files]}``.

        ``missing`` are paths of the plan that nobody wrote.
        """
        checks = (
            suite_check(suite),
            acceptance_check(suite, list((plan_rules or {}).get("acceptance") or ())),
            build_check(workspace, static, missing),
            readiness_check(workspace),
            dependencies_check(workspace, static),
        )
        seconds = suite.seconds if suite else 0.0
        return LevelResult(level=Level.SYSTEM, scope=".", atom_id=None, checks=checks, seconds=seconds)


def suite_check(suite: SuiteResult | None) -> Check:
    """Passed only where tests ran and every one that counts passed; a test that never reported is not a pass."""
    if suite is None or not suite.ran:
        return Check(name="suite", status=Status.NOT_RUN, reason=suite.reason if suite else "the suite was not run")
    counted = suite.counted
    red = [c for c in counted if c.status in (TestStatus.FAILED, TestStatus.ERROR)]
    missing = [c for c in counted if c.status is TestStatus.MISSING]
    passed = len(counted) - len(red) - len(missing)
    reason = f"{passed} of {len(counted)} passed, {len(suite.cases) - len(counted)} not run"
    flaky = [c for c in suite.cases if c.status is TestStatus.SKIPPED and c.message.startswith("flaky: ")]
    if flaky:
        reason = f"{reason} ({len(flaky)} flaky: {_names(flaky)})"
    status = Status.PASSED
    if red:
        status, reason = Status.FAILED, f"{reason}; failed: {_names(red)}"
    elif missing:
        status, reason = Status.NOT_RUN, f"{reason}; never reported: {_names(missing)}; {suite.reason}".rstrip("; ")
    elif not counted:
        status, reason = Status.NOT_RUN, "no test ran"
    return Check(
        name="suite", status=status, reason=reason, evidence=suite.evidence, seconds=suite.seconds,
        value=suite.precision, forgeable=True,
    )  # fmt: skip


def _names(cases: Sequence[TestCase]) -> str:
    shown = ", ".join(case.id for case in cases[:5])
    return f"{shown} and {len(cases) - 5} more" if len(cases) > 5 else shown


def acceptance_check(suite: SuiteResult | None, criteria: Sequence[Any]) -> Check:
    """Criteria that name tests are met when all of those passed; a criterion in words waits for a person."""
    if not criteria:
        return Check(name="acceptance", status=Status.NOT_APPLICABLE, reason="the plan has no acceptance criteria")
    states = [_criterion(suite, c.get("tests") if isinstance(c, Mapping) else None) for c in criteria]
    unmet = states.count(Status.FAILED)
    if unmet:
        return Check(name="acceptance", status=Status.FAILED, reason=f"{unmet} of {len(criteria)} criteria are not met")
    unknown = states.count(Status.NOT_RUN)
    if unknown:
        reason = f"{unknown} of {len(criteria)} criteria name no test that ran: a person has to judge them"
        return Check(name="acceptance", status=Status.NOT_RUN, reason=reason)
    return Check(name="acceptance", status=Status.PASSED, reason=f"{len(criteria)} criteria met by their tests")


def _criterion(suite: SuiteResult | None, tests: object) -> Status:
    if suite is None or not suite.ran or not isinstance(tests, list) or not tests:
        return Status.NOT_RUN
    statuses: list[TestStatus] = []
    for test in tests:
        own = [c.status for c in suite.counted if c.id == test or c.id.startswith((f"{test}::", f"{test}["))]
        if not own:
            return Status.NOT_RUN
        statuses += own
    if TestStatus.FAILED in statuses or TestStatus.ERROR in statuses:
        return Status.FAILED
    return Status.PASSED if all(s is TestStatus.PASSED for s in statuses) else Status.NOT_RUN


def build_check(workspace: Workspace, static: StaticReport | None, missing: Sequence[str] = ()) -> Check:
    """Every source file compiles: Python by its compiler, scripts by TypeScript's parser."""
    sources = [f for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path)]
    if missing:
        return Check(name="build", status=Status.FAILED, reason=f"never written: {', '.join(missing[:5])}")
    if not sources:
        return Check(name="build", status=Status.NOT_APPLICABLE, reason="no source files")
    if static is None:
        return Check(name="build", status=Status.NOT_RUN, reason="the static tools were not run")
    broken = [one.finding for found in static.findings.get(StaticCheck.SYNTAX, {}).values() for one in found]
    if broken:
        files = len({finding.path for finding in broken})
        return Check(name="build", status=Status.FAILED, reason=f"{files} files do not compile",
                     findings=tuple(broken[:SHOWN]))  # fmt: skip
    for family in sorted({family for f in sources if (family := family_of(f.path))}):
        run = static.runs.get((StaticCheck.SYNTAX, Family(family)))
        if run is None or not run.ran:
            return Check(name="build", status=Status.NOT_RUN, reason=run.reason if run else f"no tool for {family}")
    evidence = Evidence(command=f"compile {len(sources)} source files")
    return Check(name="build", status=Status.PASSED, reason=f"{len(sources)} files compile", evidence=evidence)


def readiness_check(workspace: Workspace) -> Check:
    """Secrets and debugger calls fail; marks of unfinished work are shown."""
    findings = readiness_findings(workspace.of_role(FileRole.SOURCE))
    errors = [finding for finding in findings if finding.severity == "error"]
    status = Status.FAILED if errors else Status.PASSED
    reason = f"{errors[0].message}: {errors[0].path}:{errors[0].line}" if errors else ""
    return Check(name="production_readiness", status=status, reason=reason, findings=(*errors, *findings)[:SHOWN])
