"""Level 4: the whole workspace. Its suite, the plan's acceptance criteria, the build, production readiness."""

from collections.abc import Mapping, Sequence
from typing import Any

from masterplans.domain.plan_rules import Criterion, criteria
from masterplans.domain.workspace import Workspace
from validation.domain.acceptance import acceptance_check
from validation.domain.build import build_check
from validation.domain.dependencies import dependencies_check
from validation.domain.disagreement import disagrees
from validation.domain.model import Check, Level, LevelResult, Status, SuiteResult, TestCase, TestStatus
from validation.domain.readiness import readiness_check
from validation.domain.static import StaticReport
from validation.domain.timing import Clock, timed, unmeasured


class SystemValidator:
    """Judges the assembled workspace as one thing, scope ``.``."""

    def judge(
        self, suite: SuiteResult | None, workspace: Workspace, plan_rules: Mapping[str, Any] | None = None, *,
        static: StaticReport | None = None, drafts: StaticReport | None = None, drafts_code: Workspace | None = None,
        missing: Sequence[str] = (), acceptance: Sequence[Criterion] | None = None, clock: Clock = unmeasured,
    ) -> LevelResult:  # fmt: skip
        """Return level 4. ``acceptance`` are the criteria; without it those of ``plan_rules``.

        ``drafts`` and ``drafts_code`` are what came in: what they had already is shown and not held against the
        result. ``missing`` are paths of the plan that nobody wrote.
        """
        wanted = criteria(plan_rules or {}) if acceptance is None else acceptance
        checks = (
            suite_check(suite),
            timed(lambda: acceptance_check(suite, wanted), clock),
            timed(lambda: build_check(workspace, static, missing, drafts), clock),
            timed(lambda: readiness_check(workspace, drafts_code), clock),
            timed(lambda: dependencies_check(workspace, static), clock),
        )
        seconds = sum(check.seconds for check in checks)
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
    doubted = [c for c in suite.cases if disagrees(c)]
    if doubted:
        reason = f"{reason} ({len(doubted)} generated tests disagree with the draft: {_names(doubted)})"
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
