"""What work leaves behind in code: debugger calls, prints for debugging, marks of unfinished work.

Only what a change *added* counts against it: a line that the draft had too is shown at most. A ``print`` is no fault
where a program talks to its user; it is one in a file that is no program and never printed before it was repaired.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.model import Finding
from validation.domain.static import Family, family_of

TOOL = "readiness"
_DEBUGGER = {
    Family.PYTHON: re.compile(
        r"^\s*(?:breakpoint\s*\(|(?:i?pdb|pudb|wdb|web_pdb|debugpy)\s*\.\s*(?:set_trace|breakpoint|wait_for_client)\s*\("
        r"|import\s+(?:i?pdb|pudb)\b|from\s+(?:i?pdb|pudb)\s+import\b)|[;:]\s*(?:breakpoint\(|i?pdb\.set_trace\()"
    ),
    Family.SCRIPT: re.compile(r"^\s*debugger\s*;?\s*(?://.*)?$|[;{]\s*debugger\s*[;}]"),
}
_PRINT = {
    Family.PYTHON: re.compile(r"^\s*(?:pp?rint|pprint\.pprint|ic)\s*\("),
    Family.SCRIPT: re.compile(r"\bconsole\s*\.\s*(?:log|debug|trace|dir|table)\s*\("),
}
_FOR_DEBUGGING = re.compile(
    r"console\s*\.\s*(?:debug|trace)\s*\(|\bic\s*\(|[(,]\s*[rbf]?[\"'`](?:>{2,}|#{2,}|={2,}|\*{2,}|-{3,}|debug\b|here\b|xxx|todo"
    r"|got here|reached|entering|dbg)|\{\w+(?:\.\w+)*=\}",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"(?:#|//|/?\*|<!--)\s*(?:TODO|FIXME|XXX|HACK)\b")
_STUB = re.compile(
    r"^\s*(?:#|//)\s*(?:\.\.\.|(?:rest of|remaining|existing) (?:the )?(?:code|implementation|function)"
    r"|(?:your|implementation|code) (?:code |goes )?here|implement(?: this| me)?\b)",
    re.IGNORECASE,
)
_TALKS = re.compile(
    r"__name__\s*==|\bargparse\b|\bimport click\b|\btyper\b|^#!|process\.argv|\breadline\b|\bdef main\b"
    r"|function main\b",
    re.MULTILINE,
)
_PROGRAM = re.compile(
    r"(?:^|/)(?:bin|scripts?|cli|commands|examples?|tools)/|(?:^|/)(?:__main__|cli|main|manage|setup)\.\w+$"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    message: str
    severity: str


def leftovers(file: WorkspaceFile, draft: WorkspaceFile | None, *, compared: bool) -> Iterator[Finding]:
    """Findings in one file. ``compared`` false: there is no draft to compare with, and nothing counts as added."""
    family = family_of(file.path)
    if family is None:
        return
    text = _text(file)
    old = Counter(line.strip() for line in _text(draft).split("\n")) if draft else Counter[str]()
    quiet = draft is not None and not any(_PRINT[family].search(line) for line in old)
    talks = bool(_PROGRAM.search(file.path) or _TALKS.search(text))
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        added = compared and old[bare] <= 0
        old[bare] -= 1
        rule = _judged(line, family, added=added, compared=compared, faulty_print=quiet and not talks)
        if rule is not None:
            yield Finding(tool=TOOL, code=rule.code, message=rule.message, path=file.path, line=number,
                          severity=rule.severity)  # fmt: skip


def _judged(line: str, family: Family, *, added: bool, compared: bool, faulty_print: bool) -> _Rule | None:
    if _DEBUGGER[family].search(line):
        # what the draft had is shown; what nobody can compare counts as it stands
        return _Rule("debugger", "a debugger call in the code", "error" if added or not compared else "warning")
    if added and _PRINT[family].search(line):
        if _FOR_DEBUGGING.search(line):
            return _Rule("debug-print", "a print for debugging was added", "error")
        return _Rule("print", "a print was added", "error" if faulty_print else "warning")
    if _UNFINISHED.search(line):
        said = "a mark of unfinished work was added" if added else "a mark of unfinished work in the code"
        return _Rule("unfinished", said, "error" if added else "warning")
    if added and _STUB.search(line):
        return _Rule("unfinished", "a comment stands where code was left out", "error")
    return None


def _text(file: WorkspaceFile) -> str:
    return file.content.decode("utf-8", "replace")
