"""Results of validation as plain values. What did not run is never a pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Status(StrEnum):
    """Outcome of a check or of a level."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"  # it has meaning here and did not happen; the reason says why
    NOT_APPLICABLE = "not_applicable"  # it has no meaning here


class Level(StrEnum):
    """Names of the four levels as stored in ``level_name``; their numbers are 1 to 4 in this order."""

    ATOMIC = "atomic"
    MODULE = "module"
    COMPONENT = "component"
    SYSTEM = "system"


LEVEL_NUMBERS = {Level.ATOMIC: 1, Level.MODULE: 2, Level.COMPONENT: 3, Level.SYSTEM: 4}
MANDATORY = {Level.ATOMIC: frozenset({"syntax", "names", "types"}), Level.SYSTEM: frozenset({"suite"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a tool said about a place. Lines and columns are 1-based; ``fix`` is a replacement text, if any."""

    tool: str
    code: str
    message: str
    path: str
    line: int
    column: int = 1
    end_line: int | None = None
    severity: str = "error"  # error | warning | info


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How the result was obtained: shown one click away from every result."""

    command: str = ""
    exit_code: int | None = None
    output: str = ""  # first lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a level. ``value`` is what it counts for in the confidence where it is not simply its status.

    ``generated``: it rests on tests that nobody wrote, so it weighs less.
    """

    name: str
    status: Status
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    evidence: Evidence = Evidence()
    seconds: float = 0.0
    forgeable: bool = False
    generated: bool = False
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """All checks of one level for one scope: an atom id, a file, a package folder, or ``.``."""

    level: Level
    scope: str
    atom_id: str | None
    checks: tuple[Check, ...]
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """Failed if any check failed; not_run if a mandatory check did not run; else passed.

        With nothing applicable the level itself is not applicable; with nothing run it is not_run.
        """
        by_name = {c.name: c.status for c in self.checks}
        if Status.FAILED in by_name.values():
            return Status.FAILED
        mandatory = MANDATORY.get(self.level, frozenset())
        if any(by_name.get(name, Status.NOT_RUN) is Status.NOT_RUN for name in mandatory):
            return Status.NOT_RUN
        if Status.PASSED in by_name.values():
            return Status.PASSED
        return Status.NOT_RUN if Status.NOT_RUN in by_name.values() else Status.NOT_APPLICABLE


class TestStatus(StrEnum):
    """Outcome of one test case. Skips and xfails are not run."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    MISSING = "missing"  # expected and never reported


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test case of the project's own suite; ``id`` is ``path::Class::name[param]`` with the plan's path."""

    __test__: ClassVar[bool] = False

    id: str
    status: TestStatus
    seconds: float = 0.0
    message: str = ""  # last lines of the failure
    frames: tuple[
        tuple[str, int], ...
    ] = ()  # (path, line) in the workspace that the failure went through, deepest last


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """A run of the project's tests. ``coverage``: test id -> path -> sorted line numbers it executed.

    ``calls``: path -> qualified name of a function -> calls that passing tests made of it, as hostile text (JSON).
    """

    digest: str  # of the workspace it ran on
    cases: tuple[TestCase, ...]
    coverage: dict[str, dict[str, tuple[int, ...]]]
    ran: bool
    reason: str = ""
    evidence: Evidence = Evidence()
    seconds: float = 0.0
    calls: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def counted(self) -> tuple[TestCase, ...]:
        """The cases that count as run."""
        return tuple(c for c in self.cases if c.status not in (TestStatus.SKIPPED, TestStatus.XFAILED))

    @property
    def precision(self) -> float | None:
        """Test cases passed / run, 0..1; None means not measured."""
        counted = self.counted
        if not self.ran or not counted:
            return None
        return sum(c.status is TestStatus.PASSED for c in counted) / len(counted)
