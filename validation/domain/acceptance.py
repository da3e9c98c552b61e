"""The acceptance criteria of a plan: met by the tests that prove them, or waiting for a person."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from masterplans.domain.plan_rules import Criterion, matches
from validation.domain.model import Check, Evidence, Finding, Status, SuiteResult, TestCase, TestStatus

NAME = "acceptance"
SHOWN = 50
_SEVERITY = {Status.PASSED: "info", Status.NOT_RUN: "warning", Status.FAILED: "error"}


def acceptance_check(suite: SuiteResult | None, criteria: Sequence[Criterion]) -> Check:
    """Failed where a test of a criterion failed; passed only where tests prove every one; each is told by a finding."""
    if not criteria:
        return Check(name=NAME, status=Status.NOT_APPLICABLE, reason="the plan has no acceptance criteria")
    judged = [(criterion, *_judge(suite, criterion)) for criterion in criteria]
    states = [status for _, status, _ in judged]
    findings = tuple(
        Finding(tool=NAME, code=status.value, message=f"{criterion.text}: {said}", path=".", line=1,
                severity=_SEVERITY[status])
        for criterion, status, said in sorted(judged, key=lambda one: list(_SEVERITY).index(one[1]), reverse=True)
    )  # fmt: skip
    evidence = Evidence(
        command=f"{len(criteria)} criteria beside the results of the suite",
        output="\n".join(f"{f.code.replace('_', ' ')}: {f.message}" for f in findings[:10]),
    )
    unmet, open_ = states.count(Status.FAILED), states.count(Status.NOT_RUN)
    if unmet:
        status, reason = Status.FAILED, f"{unmet} of {len(criteria)} criteria are not met"
    elif open_:
        in_words = sum(not c.tests for c in criteria)
        told = f"{in_words} in words need a person" if in_words else "their tests did not run"
        status, reason = Status.NOT_RUN, f"{open_} of {len(criteria)} criteria are not proven: {told}"
    else:
        status, reason = Status.PASSED, f"{len(criteria)} criteria met by their tests"
    return Check(name=NAME, status=status, reason=reason, findings=findings[:SHOWN], evidence=evidence, forgeable=True)


def _judge(suite: SuiteResult | None, criterion: Criterion) -> tuple[Status, str]:
    """The state of one criterion, and why."""
    if not criterion.tests:
        return Status.NOT_RUN, "needs a person, no test is named for it"
    if suite is None or not suite.ran:
        return Status.NOT_RUN, suite.reason if suite else "the suite was not run"
    proofs: list[TestCase] = []
    for test in criterion.tests:
        own = [case for case in suite.counted if _is_named(case.id, test)]
        if not own:
            return Status.NOT_RUN, f"no test that ran is {test}"
        proofs += own
    red = [case.id for case in proofs if case.status in (TestStatus.FAILED, TestStatus.ERROR)]
    if red:
        return Status.FAILED, f"{len(red)} of {len(proofs)} tests failed: {', '.join(red[:3])}"
    lost = [case.id for case in proofs if case.status is not TestStatus.PASSED]
    if lost:
        return Status.NOT_RUN, f"{len(lost)} of {len(proofs)} tests did not report: {', '.join(lost[:3])}"
    return Status.PASSED, f"{len(proofs)} tests passed"


def _is_named(test_id: str, name: str) -> bool:
    """By id, by file or class above it, without parameters, or by a glob over the id or its path."""
    if test_id == name or test_id.startswith((f"{name}::", f"{name}[", f"{name}/")):
        return True
    if not any(sign in name for sign in "*?"):
        return False
    return matches(name, test_id.partition("::")[0]) if "::" not in name else fnmatchcase(test_id, name)
