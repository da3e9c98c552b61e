"""What tools say about code without running it, as plain values, and how new findings are told from old ones."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from kernel import python_source
from masterplans.domain.workspace import WorkspaceFile
from validation.domain.generated import FileGenerated
from validation.domain.model import Evidence, Finding


class StaticCheck(StrEnum):
    """Checks of level 1 that rest on tools."""

    SYNTAX = "syntax"
    NAMES = "names"
    TYPES = "types"


# Patterns that are seldom meant: mutable default, return in finally, loop variable in a closure, `is` with a literal,
# assert on a tuple, comparison without effect, zip-like misuse, a promise returned past the catch around it. No failure
# by themselves; they break ties of blame.
BUG_PATTERNS = frozenset({"B006", "B012", "B015", "B020", "B023", "B035", "F631", "F632", "F634", "F702", "PLE0704",
                          "unawaited-return"})  # fmt: skip


class Family(StrEnum):
    """Which tools serve a file."""

    PYTHON = "python"
    SCRIPT = "script"  # JavaScript and TypeScript


_VARIABLE = re.compile(r"\b(variable) `\w+`")
_SCRIPT = re.compile(r"\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$")


def family_of(path: str) -> Family | None:
    """The family of a file by its name; None for files that no tool here reads."""
    if path.endswith((".py", ".pyi")):
        return Family.PYTHON
    return Family.SCRIPT if _SCRIPT.search(path) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding with the text of its line, by which it is recognised in another state of the file."""

    finding: Finding
    text: str

    @property
    def complaint(self) -> tuple[str, str, str, str]:
        """Equal for the same words about the same file, whatever the line says now and its variable is called."""
        said = _VARIABLE.sub(r"\1 `?`", self.finding.message)
        return (self.finding.path, self.finding.tool, self.finding.code, said)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for the same complaint about the same line, wherever the line has moved to."""
        return (self.finding.path, self.finding.tool, self.finding.code, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """Whether the tool for one check and family ran. ``reason`` says why not."""

    ran: bool
    reason: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticReport:
    """All findings on a workspace, by check and path, and which tools ran. Broken files have a syntax finding.

    ``generated`` is what the same pass measured with tests that it made itself, by path.
    """

    digest: str
    findings: Mapping[StaticCheck, Mapping[str, tuple[Located, ...]]] = field(default_factory=dict)
    runs: Mapping[tuple[StaticCheck, Family], ToolRun] = field(default_factory=dict)
    generated: Mapping[str, FileGenerated] = field(default_factory=dict)

    def run_of(self, check: StaticCheck, path: str) -> ToolRun:
        """The run of the tool that serves this check of this file."""
        family = family_of(path)
        missing = ToolRun(ran=False, reason=f"no tool for {path.rpartition('.')[2]} files")
        return missing if family is None else self.runs.get((check, family), missing)

    def at(self, check: StaticCheck, path: str, first: int, last: int) -> tuple[Located, ...]:
        """Findings of a check that begin within these lines."""
        found = self.findings.get(check, {}).get(path, ())
        return tuple(one for one in found if first <= one.finding.line <= last)


_Key = tuple[str, str, str, str]


def new_findings(
    found: Iterable[Located], known: Mapping[_Key, int], moved: Mapping[_Key, int] | None = None
) -> tuple[Located, ...]:
    """Those of ``found`` that the draft did not have; as many equal ones as it had are forgiven.

    ``moved``: complaints of the draft that are gone from their lines. The same words about another line are forgiven
    too: a line said another way has not become worse.
    """
    left, again = Counter(known), Counter(moved or {})
    new: list[Located] = []
    for one in found:
        if left[one.key] > 0:
            left[one.key] -= 1
        elif again[one.complaint] > 0:
            again[one.complaint] -= 1
        else:
            new.append(one)
    return tuple(new)


def moved_complaints(drafts: StaticReport, now: StaticReport, check: StaticCheck, path: str) -> Counter[_Key]:
    """What the draft of a file was told about lines of which it is not told any more, counted by its words."""
    left = keys_of(now, check, path)
    moved: Counter[_Key] = Counter()
    for one in drafts.findings.get(check, {}).get(path, ()):
        if left[one.key] > 0:
            left[one.key] -= 1
        else:
            moved[one.complaint] += 1
    return moved


def keys_of(report: StaticReport, check: StaticCheck, path: str) -> Counter[tuple[str, str, str, str]]:
    """The complaints that a state of the file has, counted."""
    return Counter(one.key for one in report.findings.get(check, {}).get(path, ()))


def locate(findings: Iterable[Finding], files: Mapping[str, WorkspaceFile]) -> dict[str, tuple[Located, ...]]:
    """Group findings by path and attach the text of their lines; lines beyond the file move to its last one."""
    texts: dict[str, list[str]] = {}
    grouped: dict[str, list[Located]] = {}
    for finding in findings:
        file = files.get(finding.path)
        if file is None:
            continue
        if finding.path not in texts:
            texts[finding.path] = file.content.decode("utf-8", "replace").split("\n")
        lines = texts[finding.path]
        text = lines[min(max(finding.line, 1), len(lines)) - 1].strip()
        grouped.setdefault(finding.path, []).append(Located(finding=finding, text=text))
    return {path: tuple(sorted(found, key=lambda one: (one.finding.line, one.finding.column)))
            for path, found in grouped.items()}  # fmt: skip


@lru_cache(maxsize=2048)
def python_syntax(file: WorkspaceFile) -> Finding | None:
    """The first syntax error of a Python file, its encoding and what only the compiler refuses included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            python_source.check(file.content, file.path)
    except SyntaxError as error:
        lines = max(1, file.content.count(b"\n") + (not file.content.endswith(b"\n")))
        return _syntax(file, error.msg, min(error.lineno or 1, lines), error.offset or 1)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return _syntax(file, str(error) or type(error).__name__, 1, 1)
    return None


def _syntax(file: WorkspaceFile, message: str, line: int, column: int) -> Finding:
    return Finding(
        tool="python", code="syntax-error", message=message, path=file.path, line=max(line, 1), column=max(column, 1)
    )
