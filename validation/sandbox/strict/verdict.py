"""What a judgement says, and how it is read from the oracle's reports."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kernel.text import storable
from validation.sandbox.spec import Ending, SandboxOutcome

_SIGALRM = 14


class Verdict(StrEnum):
    """The answer to: does this code pass these tests?"""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the tests or the code cannot be loaded
    TIMEOUT = "timeout"
    KILLED = "killed"
    SUSPECT = "suspect"  # it looks like a pass, and proves nothing
    REFUSED = "refused"  # nothing ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The result of ``check_code``. ``forgeable``: the code shared a process with what judged it, or judged itself."""

    verdict: Verdict
    forgeable: bool
    output: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Phase:
    """What was reported of one run of the tests."""

    collected: list[str] = field(default_factory=list)
    reports: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ended: int = 0
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)  # of the strict way, by test
    broken: str = ""  # why the code was no more, of the strict way

    @property
    def statuses(self) -> dict[str, str]:
        """Test id to status; a test that reported twice is ``duplicate``."""
        found: dict[str, str] = {}
        for test, status, _ in self.reports:
            found[test] = "duplicate" if test in found else status
        return found

    def doubts(self, expected: dict[str, int | None]) -> list[str]:
        """Return why this is no pass although nothing failed. ``expected``: test functions, how many cases each."""
        doubts: list[str] = []
        statuses = self.statuses
        if not expected or not self.collected:
            doubts.append("no tests")
        if self.ended != 1:
            doubts.append("the end was not reported once")
        if sorted(self.collected) != sorted(test for test, _, _ in self.reports):
            doubts.append("the tests that reported are not those that were collected")
        by_function: dict[str, int] = {}
        for test in self.collected:
            name = test.split("[", 1)[0]
            by_function[name] = by_function.get(name, 0) + 1
        for name, cases in expected.items():
            seen = by_function.pop(name, 0)
            if seen == 0 or (cases is not None and cases != seen):
                doubts.append(f"{name}: {seen} cases reported, {cases if cases is not None else 'some'} expected")
        doubts += [f"{name}: not in the test file" for name in by_function]
        return doubts + [f"{test}: {status}" for test, status in statuses.items() if status != "passed"]


@dataclass(slots=True)
class Reports:
    """All phases, the notes of the strict way, and how many lines were not the oracle's."""

    phases: dict[str, Phase] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    foreign: int = 0

    def phase(self, name: str) -> Phase:
        """Return the phase, empty if nothing was said of it."""
        return self.phases.setdefault(name, Phase())


def read_reports(result: bytes, nonce: str) -> Reports:
    """Read the lines of the result pipe; a line without the nonce or of no known form is counted as foreign."""
    reports = Reports()
    for line in result.splitlines():
        try:
            event = json.loads(line)
            if event["nonce"] != nonce:
                raise ValueError
            _take(reports, event)
        except (ValueError, KeyError, TypeError, RecursionError):
            reports.foreign += 1
    return reports


def _take(reports: Reports, event: dict[str, Any]) -> None:
    phase = reports.phase(str(event["phase"]))
    kind = event["event"]
    if kind == "begin":  # another process begins anew what one before it did not end
        reports.phases[str(event["phase"])] = Phase()
    elif kind == "collected":
        phase.collected += [storable(str(test)) for test in event["ids"]]
    elif kind == "report":
        phase.reports.append((storable(str(event["id"])), str(event["status"]), storable(str(event["message"]))))
        if isinstance(event.get("notes"), dict):
            phase.notes[storable(str(event["id"]))] = event["notes"]
    elif kind == "collection error":
        phase.errors.append(storable(str(event["message"])))
    elif kind == "end":
        phase.ended += 1
    elif kind == "notes":
        reports.notes = {k: v for k, v in event.items() if k not in ("nonce", "phase", "event")}
        phase.broken = storable(str(event.get("broken", "")))
    else:
        raise ValueError(kind)


def by_ending(outcome: SandboxOutcome) -> Verdict | None:
    """Return the verdict that the way a run ended decides alone, if it does."""
    if outcome.ending is Ending.EXITED:
        return Verdict.TIMEOUT if outcome.exit_code == -_SIGALRM else None
    return {Ending.TIMEOUT: Verdict.TIMEOUT, Ending.KILLED: Verdict.KILLED, Ending.REFUSED: Verdict.REFUSED}[
        outcome.ending
    ]


def by_phase(phase: Phase) -> Verdict | None:
    """Return failed or error where the reports say so."""
    statuses = set(phase.statuses.values())
    if phase.errors or "error" in statuses:
        return Verdict.FAILED if "failed" in statuses else Verdict.ERROR
    return Verdict.FAILED if "failed" in statuses else None
