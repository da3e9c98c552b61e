"""Atoms that pass alone may fail together: every so many changed atoms, what was accepted is tested as a whole.

Where a test that passed over the drafts fails now, bisection over the atoms accepted since the last green test finds
who is to blame. Only culprits are sent back, with the failing test as evidence; their wave-mates go on.
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from execution.attempts.models import AtomRetryHistory
from execution.domain.verdict import error_of_test
from execution.engine.evidence import Bench, regressions, suite_of
from execution.models import ExecutionRun, RunAtom, Stage
from execution.phases import phases_of
from execution.transitions import move_atoms
from kernel.states import AtomStatus
from llm.client import configured
from validation.domain.bisection import culprits
from validation.domain.model import TestCase

EVERY = 10


class ProgressiveIntegrationTester:
    """Keeps count of what was accepted since the last test that held."""

    def __init__(self, run: ExecutionRun, bench: Bench, *, every: int = EVERY) -> None:
        self._run, self._bench, self._every = run, bench, every
        self._changed: dict[str, None] = {}
        self._on = phases_of(run).validation

    def note(self, accepted: Iterable[uuid.UUID]) -> None:
        """Take note of atoms whose code was accepted."""
        self._changed.update(dict.fromkeys(map(str, accepted)))

    def due(self, *, last: bool) -> bool:
        """Whether enough has changed, or (``last``) all that will."""
        return self._on and len(self._changed) >= (2 if last else self._every)

    def test(self) -> bool:
        """Test all that was accepted, and send culprits back. True where that leaves something to do."""
        changed = list(self._changed)
        self._changed.clear()
        drafts = self._bench.drafts()
        reached = {test for atom in changed for test in drafts.blame.reaching.get(atom, ())}
        if not reached or not drafts.suite.ran:
            return False
        broken = self._broken(changed, reached)
        sent_back = 0
        for case in broken[:3]:
            guilty = culprits(changed, partial(self._fails, changed, case.id))
            sent_back += sum(self._send_back(uuid.UUID(atom), case) for atom in guilty)
        return sent_back > 0

    def _fails(self, changed: Sequence[str], test: str, subset: frozenset[str]) -> bool:
        return bool(self._broken(changed, {test}, subset))

    def _broken(
        self, changed: Sequence[str], tests: set[str], subset: frozenset[str] | None = None
    ) -> tuple[TestCase, ...]:
        """Tests that passed over the drafts and fail with all changes, or with those of a subset alone."""
        without = set() if subset is None else set(changed) - subset
        assembly = self._bench.assembler.assembly({}, leaving_out={uuid.UUID(atom) for atom in without})
        return regressions(self._bench.drafts().suite, suite_of(self._run, assembly, tests=tests))

    def _send_back(self, atom_id: uuid.UUID, case: TestCase) -> int:
        """Back for another attempt, where a model and attempts are left; else it has failed."""
        error = error_of_test(case)
        mine = RunAtom.objects.filter(run=self._run, atom_id=atom_id, decided=False)
        row = mine.filter(status=AtomStatus.PASSED).first()
        if row is None:
            return 0
        AtomRetryHistory.objects.filter(run=self._run, atom_id=atom_id, attempt_number=row.attempts).update(
            success=False, error=error, error_message=error["message"][:4000]
        )
        if not configured() or row.attempts >= row.allowed_attempts:
            move_atoms(mine, before=AtomStatus.PASSED, after=AtomStatus.FAILED, last_error=error)
            return 0
        return move_atoms(
            mine, before=AtomStatus.PASSED, after=AtomStatus.READY, stage=Stage.GENERATE, last_error=error
        )
