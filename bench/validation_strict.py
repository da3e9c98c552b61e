"""What judging apart from the tests costs and says of code that is right: it must never fail it.

Each chosen atom is judged as if a model had written it just as it is, by the tests that say most about it, with both
controls, one atom after the other. An alarm is an atom that the strict way fails although its tests pass beside it.
"""

import random
import statistics
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from masterplans.domain.workspace import Workspace
from validation.domain.blame import Blame, Span
from validation.domain.model import SuiteResult
from validation.domain.static import Family, family_of
from validation.domain.strictness import MOST_TESTS, Place, closest, reached
from validation.engine.strict_scripts import judge_scripts_strictly
from validation.engine.strict_suite import judge_strictly

SECONDS = 9.0  # as a run gives one candidate


@dataclass(slots=True)
class StrictTally:
    """Counts of the atoms that were judged apart, how long each took in seconds, and of those that could not be."""

    proven: int = 0
    unjudged: int = 0
    alarms: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "StrictTally") -> None:
        """Add the counts of another target."""
        self.proven += other.proven
        self.unjudged += other.unjudged
        self.alarms += other.alarms
        self.seconds += other.seconds
        self.reasons.update(other.reasons)

    def summary(self) -> dict[str, Any]:
        """Percentages are of the atoms judged; ``strict_reasons`` say what most often kept tests from it."""
        count, ranked = len(self.seconds), sorted(self.seconds)
        return {
            "strict_atoms": count,
            "strict_unjudged": self.unjudged,
            "strict_false_alarm_pct": round(100 * len(self.alarms) / count, 2) if count else None,
            "strict_alarms": self.alarms[:20],
            "strict_proven_pct": round(100 * self.proven / count, 1) if count else None,
            "strict_ms_median": round(1000 * statistics.median(ranked), 1) if count else None,
            "strict_ms_p95": round(1000 * ranked[int(0.95 * (count - 1))], 1) if count else None,
            "strict_reasons": dict(self.reasons.most_common(8)),
        }


def judge_known_good(
    workspace: Workspace, spans: dict[str, list[Span]], suite: SuiteResult, found: Blame, *, count: int, seed: int
) -> StrictTally:
    """Judge ``count`` atoms that tests reach, chosen by ``seed``, each by itself."""
    tally = StrictTally()
    atoms = [(path, *span) for path, inside in sorted(spans.items()) for span in inside]
    random.Random(seed).shuffle(atoms)
    for path, atom, first, last in atoms:
        reaching = found.reaching.get(atom, ())
        tests = closest(suite, reaching)[:MOST_TESTS]
        if not tests or len(tally.seconds) + tally.unjudged >= count:
            continue
        judge = judge_scripts_strictly if family_of(path) is Family.SCRIPT else judge_strictly
        begun = perf_counter()
        strict = judge(workspace, tests, seconds=SECONDS)
        tally.reasons.update([strict.reason] if strict.reason else [why[:90] for why in strict.why_not.values()])
        if strict.reason:
            tally.unjudged += 1
            continue
        tally.seconds.append(perf_counter() - begun)
        place = Place(path=path, first=first, last=last)
        proven = strict.proven and reached(suite, reaching, place, strict.proven) == reached(
            suite, reaching, place, None
        )
        tally.proven += bool(proven) and not strict.failed
        tally.alarms += [f"{path}:{first}: {test}: {text[-300:]}" for test, text in sorted(strict.failed.items())[:1]]
    return tally
