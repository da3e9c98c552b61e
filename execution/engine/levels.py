"""Levels 2 and 3 while a run goes on: a module or package is judged as soon as its last atom is done.

The evidence is what was measured at the start of the run, so a scope that a change has reached waits for the next
measurement; the end of the run judges all of them again on the whole. Level 4 needs every atom and comes at the end.
"""

import time

from execution.engine.evidence import Bench
from execution.models import ExecutionRun, RunAtom, Units
from execution.phases import phases_of
from kernel.states import ATOM_DONE
from validation.domain.hierarchical import HierarchicalValidator, Key
from validation.domain.model import Level, Status
from validation.domain.scopes import WHOLE, Members
from validation.members import members_of
from validation.services import record

EVERY_SECONDS = 2.0
SHARE = 0.02  # of the time at most goes into looking for scopes that are ready


class ProgressiveLevels:
    """Judges scopes of one run as they get ready; each once."""

    def __init__(self, run: ExecutionRun, bench: Bench) -> None:
        self._run, self._bench = run, bench
        self._members: Members | None = None
        self._judged: dict[Key, Status] = {}
        self._not_before = 0.0
        self._on = phases_of(run).validation and run.units == Units.ATOMS

    def judge_ready(self, *, force: bool = False) -> int:
        """Judge and store what is ready now; return how many scopes that were."""
        began = time.monotonic()
        if not self._on or (not force and began < self._not_before):
            return 0
        count = self._judge()
        spent = time.monotonic() - began
        self._not_before = began + max(EVERY_SECONDS, spent / SHARE)
        return count

    def _judge(self) -> int:
        rows = RunAtom.objects.filter(run=self._run, status__in=ATOM_DONE, code__isnull=True)
        untouched = {str(atom_id) for atom_id in rows.values_list("atom_id", flat=True)}
        if not untouched:
            return 0
        if self._members is None:
            self._members = members_of(self._run.masterplan_id)
        evidence = self._bench.drafts()
        validator = HierarchicalValidator(
            workspace=evidence.assembly.workspace, suite=evidence.suite, static=evidence.static, drafts=evidence.static,
            drafts_code=evidence.assembly.workspace, rules=self._run.masterplan.rules, members=self._members,
            spans=evidence.assembly.spans, stop_early=bool(self._run.settings.get("stop_early")),
            clock=time.monotonic,
        )  # fmt: skip
        whole = {(Level.SYSTEM, WHOLE): Status.NOT_RUN}  # for the end of the run
        results = validator.ready_levels(untouched, self._judged | whole)
        self._judged |= {(result.level, result.scope): result.status for result in results}
        return record(self._run.pk, self._run.masterplan_id, results) if results else 0
