"""Stage ``validate``: level 1 of a reply, really run."""

import os
import threading
from dataclasses import replace

from execution.domain.verdict import Verdict, affected_tests, of_checks
from execution.engine.drafts import judge
from execution.engine.evidence import Bench, Evidence, regressions
from execution.engine.outcomes import Judged, Replied, Whole
from execution.engine.parents import plain
from execution.engine.strictness import judged_strictly
from execution.models import RunAtom
from kernel.states import AtomStatus
from validation.domain.model import LevelResult

_judging = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))  # bound by processors, not by waiting


def judge_reply(atom: RunAtom, replied: Replied, bench: Bench) -> Judged:
    """Judge one reply; that for a whole parent with all that it changes, as one."""
    if replied.whole is not None:
        return _judge_whole(atom, replied, replied.whole, bench)
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


def _judge_whole(atom: RunAtom, replied: Replied, whole: Whole, bench: Bench) -> Judged:
    """One verdict on all atoms of a parent: whatever is wrong with one of them is wrong with the attempt."""
    siblings = list(RunAtom.objects.filter(run=atom.run_id, atom_id__in=list(whole.texts)).order_by("position"))
    drafted = {row.atom_id: plain(bench.assembler.draft(row.atom_id)) for row in siblings if row.code is None}
    held = {row.atom_id: row.code or "" for row in siblings} | drafted
    codes = {atom_id: text for atom_id, text in whole.texts.items() if text != held[atom_id]}
    changed = [atom, *(row for row in siblings if row.atom_id in codes or row.status != AtomStatus.PASSED)]
    with _judging:
        drafts = bench.drafts()
        reaching = frozenset(t for one in changed for t in drafts.blame.reaching.get(str(one.atom_id), ()))
        tests = affected_tests(drafts.suite, reaching=reaching, waits_for=frozenset(), paths=frozenset({atom.path}))
        evidence = bench.candidate({atom.atom_id: replied.code, **codes}, tests)
        broken = regressions(drafts.suite, evidence.suite)
        if not broken:
            evidence, drafts = bench.replayed(evidence, [atom.atom_id, *codes])
        results = judge(changed, evidence, drafts, behaviour_stays=True)
        if not broken and bench.validates:
            results = [judged_strictly(one, r, evidence, drafts) for one, r in zip(changed, results, strict=True)]
    verdicts = [of_checks(result, regressions=broken) for result in results]
    worst = min(verdicts, key=lambda verdict: (verdict.accepted, verdict.score))
    by_atom = {one.atom_id: result for one, result in zip(changed, results, strict=True)}
    key = str(atom.atom_id)
    return Judged(
        verdict=worst,
        told=replied.told,
        code=replied.code,
        result=by_atom.pop(atom.atom_id),
        suspiciousness=evidence.blame.suspiciousness.get(key, 0.0),
        tests_reaching=len(evidence.blame.reaching.get(key, ())),
        whole=replace(whole, codes=codes, siblings=siblings, results=by_atom),
    )


def judge_code(
    atom: RunAtom, code: str, bench: Bench, *, behaviour_stays: bool = False
) -> tuple[Evidence, LevelResult, Verdict]:
    """Level 1 of a candidate: static checks of the workspace with it, and the tests that it concerns.

    What passes beside its tests is judged apart from them too, the strict way, where they allow it.

    ``behaviour_stays``: nobody asked for other behaviour, so that differences from a draft that tests vouch for count.
    Without it, as of a person's edit, they are shown.
    """
    drafts = bench.drafts()
    reaching = frozenset(drafts.blame.reaching.get(str(atom.atom_id), ()))
    waits = frozenset({atom.symbol, atom.symbol.rsplit(".", 1)[-1]}) if atom.is_hole else frozenset()
    tests = affected_tests(drafts.suite, reaching=reaching, waits_for=waits, paths=frozenset({atom.path}))
    evidence = bench.candidate({atom.atom_id: code}, tests)
    broken = regressions(drafts.suite, evidence.suite)
    if not broken:
        evidence, drafts = bench.replayed(evidence, [atom.atom_id])
    [result] = judge([atom], evidence, drafts, behaviour_stays=behaviour_stays)
    if not broken and bench.validates:
        result = judged_strictly(atom, result, evidence, drafts)
    return evidence, result, of_checks(result, regressions=broken)
