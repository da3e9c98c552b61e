"""Why an atom is in the queue, in words that fit on a row, the most important first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.domain.confidence import TEST_CHECKS, AtomEvidence, CheckOutcome
from validation.domain.model import Status

NO_MODEL = "no model configured"
SUSPECT = 0.5  # a reached, not blamed atom says so from half of the worst that its failure reaches

_FAILED_WORDS = {
    "syntax": "syntax error",
    "names": "undefined name",
    "types": "types fail",
    "forgery": "forgery scan hit",
}
_NOT_RUN_WORDS = {"syntax": "syntax not checked", "names": "names not checked", "types": "types not checked"}
_FAILING_ORDER = ("syntax", "names", "types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What happened to the atom besides its checks. ``hole``: nothing is written yet.

    ``skipped``: something it needs was left without code.
    """

    no_model: bool = False
    hole: bool = False
    skipped: bool = False
    flagged: bool = False
    extra: Sequence[str] = ()  # categories of the newest failure that no check names


def reasons(evidence: AtomEvidence, situation: Situation) -> list[str]:
    """Words, the most important first, never empty: an atom without any other is here for low confidence."""
    by_name = {check.name: check for check in evidence.atomic}
    unknowns = () if situation.hole else _unknowns(by_name)  # of no code nothing can be checked
    words = [*_failures(by_name, evidence), *_engine_words(evidence, situation), *unknowns]
    return list(dict.fromkeys(words)) or ["low confidence"]


def _failures(by_name: Mapping[str, CheckOutcome], evidence: AtomEvidence) -> Iterable[str]:
    failed = [name for name, check in by_name.items() if check.status is Status.FAILED]
    yield from (_FAILED_WORDS[name] for name in _FAILING_ORDER if name in failed)
    if any(name in TEST_CHECKS for name in failed):
        yield "failing test"
    yield from (f"{name.replace('_', ' ')} fails" for name in failed if name not in {*_FAILED_WORDS, *TEST_CHECKS})
    if not failed and evidence.suspiciousness >= SUSPECT:
        yield "suspected by a failing test"


def _engine_words(evidence: AtomEvidence, situation: Situation) -> Iterable[str]:
    if situation.hole:
        yield "no code yet"
    if situation.flagged:
        yield _FAILED_WORDS["forgery"]
    if evidence.attempts > 1:
        yield f"{evidence.attempts} attempts"
    if situation.no_model:
        yield NO_MODEL
    if situation.skipped:
        yield "needs code that is missing"
    yield from situation.extra


def _unknowns(by_name: Mapping[str, CheckOutcome]) -> Iterable[str]:
    not_run = {name for name, check in by_name.items() if check.status is Status.NOT_RUN}
    yield from (word for name, word in _NOT_RUN_WORDS.items() if name in not_run)
    if "tests" in not_run:  # the project's own; generated tests are a bonus
        yield "no test ran"
