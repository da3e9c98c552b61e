"""Stage ``validate``: level 1 of a reply, really run."""

import os
import threading

from execution.domain.verdict import Verdict, affected_tests, of_checks
from execution.engine.drafts import judge
from execution.engine.evidence import Bench, Evidence, regressions
from execution.engine.outcomes import Judged, Replied
from execution.engine.strictness import judged_strictly
from execution.models import RunAtom
from validation.domain.model import LevelResult

_judging = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))  # bound by processors, not by waiting


def judge_reply(atom: RunAtom, replied: Replied, bench: Bench) -> Judged:
    """Judge one reply."""
    with _judging:
        evidence, result, verdict = judge_code(atom, replied.code, bench, behaviour_stays=not atom.human_words)
    key = str(atom.atom_id)
    return Judged(
        verdict=verdict,
        told=replied.told,
        code=replied.code,
        result=result,
        suspiciousness=evidence.blame.suspiciousness.get(key, 0.0),
        tests_reaching=len(evidence.blame.reaching.get(key, ())),
    )


def judge_code(
    atom: RunAtom, code: str, bench: Bench, *, behaviour_stays: bool = False
) -> tuple[Evidence, LevelResult, Verdict]:
    """Level 1 of a candidate: static checks of the workspace with it, and the tests that it concerns.

    What passes beside its tests is judged apart from them too, the strict way, where they allow it.

    ``behaviour_stays``: nobody asked for other behaviour, so that differences from a draft that tests vouch for count.
    """
    drafts = bench.drafts()
    reaching = frozenset(drafts.blame.reaching.get(str(atom.atom_id), ()))
    waits = frozenset({atom.symbol, atom.symbol.rsplit(".", 1)[-1]}) if atom.is_hole else frozenset()
    tests = affected_tests(drafts.suite, reaching=reaching, waits_for=waits, paths=frozenset({atom.path}))
    evidence = bench.candidate({atom.atom_id: code}, tests)
    [result] = judge([atom], evidence, drafts, behaviour_stays=behaviour_stays)
    broken = regressions(drafts.suite, evidence.suite)
    if not broken and bench.validates:
        result = judged_strictly(atom, result, evidence, drafts)
    return evidence, result, of_checks(result, regressions=broken)
