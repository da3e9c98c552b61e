"""What a reviewer could do about an atom, from what the tools said and what was tried. Nothing is invented here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kernel.text import storable
from validation.domain.model import Status

MAX_SUGGESTIONS = 12
_TITLE = 160  # characters
_DETAIL = 2_000
_CODE = 64 * 1024


class Kind(StrEnum):
    """What a suggestion is for: something to mend, a patch that mends it, or another way to write the same."""

    ISSUE = "issue"
    FIX = "fix"
    ALTERNATIVE = "alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One line of help. ``source`` names who says it; ``code`` is a whole new text of the atom, where there is one.

    ``verified`` is true only where this very code passed its checks in the sandbox. ``model`` wrote it, in a call that
    cost ``cost_usd`` together with what else it said; both are None for what the tools say, the price where unknown.
    """

    title: str
    detail: str
    source: str
    code: str | None = None
    verified: bool = False
    kind: Kind = Kind.FIX
    model: str | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt at the atom; number 0 is the draft."""

    number: int
    code: str
    success: bool
    model: str | None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingTest:
    """A failing test that reaches the atom, with the end of its output."""

    id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The atom as the assistant sees it: checks of level 1 as stored, its texts, its attempts, tests that fail."""

    checks: Sequence[Mapping[str, Any]]
    current: str | None
    original: str | None
    tried: Sequence[Tried] = ()
    failing: Sequence[FailingTest] = ()


class AIAssistant:
    """Suggests fixes and alternatives from stored findings and earlier versions."""

    def suggest(self, subject: Subject) -> list[Suggestion]:
        """Return suggestions, the most useful first: fixes with code, then what the tools found."""
        found = [*_fixes(subject), *_earlier_versions(subject), *_findings(subject), *_failing_tests(subject)]
        unique = {(item.source, item.title, item.code): item for item in found}
        return list(unique.values())[:MAX_SUGGESTIONS]


def _fixes(subject: Subject) -> Iterable[Suggestion]:
    """Fixes that a tool stored as a whole new text of the atom."""
    for _, finding in _failing_findings(subject.checks):
        fix = finding.get("fix")
        if isinstance(fix, str) and fix != subject.current:
            yield Suggestion(
                title=_cut(f"Fix {finding.get('code') or 'finding'}: {finding.get('message', '')}", _TITLE),
                detail=_place(finding),
                source=_source(finding),
                code=fix,
            )


def _earlier_versions(subject: Subject) -> Iterable[Suggestion]:
    seen = {subject.current}
    if subject.original is not None and subject.original not in seen:
        seen.add(subject.original)
        verified = any(attempt.number == 0 and attempt.success for attempt in subject.tried)
        yield _version("The draft as it came in", Tried(number=0, code=subject.original, success=verified, model=None))
    for attempt in sorted(subject.tried, key=lambda item: (not item.success, -item.number)):
        if attempt.number > 0 and attempt.code not in seen:
            seen.add(attempt.code)
            word = "passed" if attempt.success else "did not pass"
            yield _version(f"Attempt {attempt.number}, which {word}", attempt)


def _version(title: str, attempt: Tried) -> Suggestion:
    return Suggestion(
        title=title,
        detail="Take this version instead of the proposal.",
        source=_cut(attempt.model or ("attempt" if attempt.number else "draft"), 100),
        code=storable(attempt.code) if len(attempt.code) <= _CODE else None,
        verified=attempt.success,
        kind=Kind.ALTERNATIVE,
        model=attempt.model and _cut(attempt.model, 100),
        cost_usd=attempt.cost_usd,
    )


def _findings(subject: Subject) -> Iterable[Suggestion]:
    for check, finding in _failing_findings(subject.checks):
        message = str(finding.get("message", ""))
        first, _, rest = message.partition("\n")
        yield Suggestion(
            title=_cut(f"{check['name'].replace('_', ' ')}: {first}", _TITLE),
            detail=_cut(f"{_place(finding)}\n{rest}".strip(), _DETAIL),
            source=_source(finding),
            kind=Kind.ISSUE,
        )


def _failing_tests(subject: Subject) -> Iterable[Suggestion]:
    for test in subject.failing:
        yield Suggestion(
            title=_cut(f"failing test: {_headline(test.message)}", _TITLE),
            detail=_cut(f"{test.id}\n{test.message}", _DETAIL),
            source="tests",
            kind=Kind.ISSUE,
        )


def _headline(message: str) -> str:
    """The line that says what differs: pytest marks it with ``E``, other runners put it before the stack."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    marked = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    plain = [line for line in lines if not line.startswith(("at ", "File ", ">"))]
    return next(iter(marked or plain or lines), "no message")


def _failing_findings(checks: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for check in checks:
        if check["status"] == Status.FAILED:
            findings = check.get("findings") or ()
            errors = [finding for finding in findings if finding.get("severity", "error") == "error"]
            for finding in errors or findings:
                yield check, finding


def _source(finding: Mapping[str, Any]) -> str:
    return _cut(str(finding.get("tool") or "tool"), 100)


def _place(finding: Mapping[str, Any]) -> str:
    return _cut(f"{finding.get('path', '')}:{finding.get('line', '')}", _TITLE)


def _cut(text: str, limit: int) -> str:
    clean = storable(text)
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"
