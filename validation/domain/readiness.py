"""What must not go to production: secrets, debugger calls; what should not: marks of unfinished work."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.model import Finding


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    message: str
    pattern: re.Pattern[str]
    severity: str


_RULES = (
    _Rule("secret-private-key", "a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"), "error"),
    _Rule("secret-aws-key", "an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "error"),
    _Rule("secret-token", "a service token",
          re.compile(r"\b(?:gh[pousr]_\w{36,}|sk-ant-[\w-]{20,}|xox[abprs]-[\w-]{10,})"), "error"),
    _Rule("debugger", "a debugger call",
          re.compile(r"^\s*(?:breakpoint\(\)|(?:i?pdb|pudb)\.set_trace\(\)|debugger;?)\s*$"), "error"),
    _Rule("unfinished", "a mark of unfinished work", re.compile(r"(?:#|//|\*)\s*(?:TODO|FIXME|XXX)\b"), "warning"),
)  # fmt: skip
_MAX_LINE = 2000  # longer lines are generated; patterns look at their start


def readiness_findings(files: Iterable[WorkspaceFile]) -> tuple[Finding, ...]:
    """Findings of all rules. The text found is never repeated: it may be the secret."""
    found: list[Finding] = []
    for file in files:
        for number, line in enumerate(file.content.decode("utf-8", "replace").split("\n"), start=1):
            found += [
                Finding(tool="readiness", code=rule.code, message=f"{rule.message} in the code", path=file.path,
                        line=number, severity=rule.severity)
                for rule in _RULES
                if rule.pattern.search(line[:_MAX_LINE])
            ]  # fmt: skip
    return tuple(found)
