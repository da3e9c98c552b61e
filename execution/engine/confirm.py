"""Bisection confirms, among several changed atoms, whom the failures of the whole suite name."""

import uuid
from collections.abc import Sequence

from execution.engine.evidence import Bench, Evidence, regressions, suite_of
from execution.models import ExecutionRun
from validation.domain.bisection import culprits
from validation.domain.blame import Blame, confirmed
from validation.domain.model import TestStatus

MAX_TESTS = 5  # failing tests that are looked into; more at once mostly have one cause
MAX_RUNS = 40  # of single tests, over all of them


class _Spent(Exception):
    """No more runs are left."""


def confirmed_blame(run: ExecutionRun, bench: Bench, evidence: Evidence) -> Blame:
    """Blame for tests that passed over the drafts and fail now, confirmed among the changed atoms that they reach.

    One changed atom alone is guilty without a run. Where runs are used up, suspicion stands.
    """
    if not evidence.assembly.changed:
        return evidence.blame
    named: dict[str, tuple[str, ...]] = {}
    left = MAX_RUNS
    before = bench.drafts()
    changed = sorted(evidence.assembly.changed)
    for case in regressions(before.suite, evidence.suite)[:MAX_TESTS]:
        suspects = [
            atom for atom in changed if case.id in _reaching(evidence, atom) or case.id in _reaching(before, atom)
        ]
        if len(suspects) == 1:
            named[case.id] = (suspects[0],)
        if len(suspects) < 2 or case.status is TestStatus.MISSING:
            continue

        def fails(subset: frozenset[str], test: str = case.id, among: Sequence[str] = tuple(suspects)) -> bool:
            nonlocal left
            if left <= 0:
                raise _Spent
            left -= 1
            without = {uuid.UUID(atom) for atom in among if atom not in subset}
            assembly = bench.assembler.assembly({}, leaving_out=without)
            return bool(regressions(before.suite, suite_of(run, assembly, tests={test})))

        try:
            named[case.id] = culprits(suspects, fails)
        except _Spent:
            break
    return confirmed(evidence.blame, named)


def _reaching(evidence: Evidence, atom: str) -> tuple[str, ...]:
    return evidence.blame.reaching.get(atom, ())
