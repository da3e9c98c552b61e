"""Checks and cases as JSON: what the rows hold and the API shows; bounded, and safe to store."""

from collections.abc import Mapping
from typing import Any

from kernel.text import storable
from validation.domain.model import Check, Evidence, Finding, Status, TestCase, TestStatus

MAX_FINDINGS = 50
MAX_MESSAGE = 2000
MAX_OUTPUT = 4000


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """One finding, as in the API."""
    return {
        "tool": finding.tool,
        "code": storable(finding.code, limit=100),
        "message": storable(finding.message, limit=MAX_MESSAGE),
        "path": storable(finding.path, limit=1024),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "severity": finding.severity,
    }


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """How a result was obtained, as in the API."""
    return {
        "command": storable(evidence.command, limit=500),
        "exit_code": evidence.exit_code,
        "output": storable(evidence.output, limit=MAX_OUTPUT),
    }


def check_to_json(check: Check) -> dict[str, Any]:
    """One check, as in the API; ``value`` beside it for the confidence."""
    return {
        "name": check.name,
        "status": check.status.value,
        "reason": storable(check.reason, limit=MAX_MESSAGE),
        "findings": [finding_to_json(finding) for finding in check.findings[:MAX_FINDINGS]],
        "evidence": evidence_to_json(check.evidence),
        "seconds": round(check.seconds, 3),
        "forgeable": check.forgeable,
        "generated": check.generated,
        "value": check.value,
    }


def check_from_json(row: Mapping[str, Any]) -> Check:
    """The check that :func:`check_to_json` wrote."""
    return Check(
        name=row["name"],
        status=Status(row["status"]),
        reason=row["reason"],
        findings=tuple(Finding(**finding) for finding in row["findings"]),
        evidence=Evidence(**row["evidence"]),
        seconds=row["seconds"],
        forgeable=row["forgeable"],
        generated=row.get("generated", False),  # rows of earlier versions do not say it
        value=row["value"],
    )


def case_to_json(case: TestCase) -> dict[str, Any]:
    """One test case."""
    return {
        "id": storable(case.id, limit=1000),
        "status": case.status.value,
        "seconds": case.seconds,
        "message": storable(case.message, limit=MAX_MESSAGE),
        "frames": [[storable(path, limit=1024), line] for path, line in case.frames],
    }


def case_from_json(row: Mapping[str, Any]) -> TestCase:
    """The case that :func:`case_to_json` wrote."""
    return TestCase(
        id=row["id"],
        status=TestStatus(row["status"]),
        seconds=row["seconds"],
        message=row["message"],
        frames=tuple((path, line) for path, line in row["frames"]),
    )
