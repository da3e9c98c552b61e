"""The executor of a V2 run: claims what is ready, judges drafts in batches, generates and validates in parallel.

An atom starts as soon as its ordering dependencies are done; with ``--barrier`` a wave waits for the whole wave before.
Threads ask the model and judge; this loop alone claims and settles, as much as there is in one transaction.
"""

import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from execution import events, leases, logs
from execution.engine import budget
from execution.engine.briefs import Brief, Briefs
from execution.engine.calls import Booked
from execution.engine.endings import Endings
from execution.engine.evidence import Bench
from execution.engine.generation import book_together, generate, refused, stored, worst_price
from execution.engine.integration import ProgressiveIntegrationTester
from execution.engine.judgement import judge_reply
from execution.engine.levels import ProgressiveLevels
from execution.engine.outcomes import Ended, Outcome, Parked, Replied, hand_over, settle_all
from execution.engine.pacing import Pace
from execution.engine.parents import Parents, keep_apart
from execution.engine.reopened import judge_claimed
from execution.engine.validators import call_validators
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from execution.phases import width_of
from execution.progress import awaited_payload
from execution.runs import by_status, close_waves
from kernel import rows
from kernel.states import ATOM_DONE, ATOM_OPEN, AtomStatus, RunStatus
from llm import ledger

if TYPE_CHECKING:
    from execution.engine.driver import Beat

DRAFT_BATCH = 500
TELL_SECONDS = 0.5
TELL_SHARE = 0.01  # of the time at most goes into counting all atoms for the news
LOOK_SECONDS = 0.2
AMPLE = 4  # widths of calls that a budget bears beside those in flight: then none can be missing at the next look
BACKLOG_SHARE = 8  # of the width lies claimed and briefed, so that a thread that is done need not wait for this loop
_SEEN = (  # what other processes, people and the ledger change of a run while it goes
    "status", "changes", "spent_micro", "reserved_micro", "unpriced_calls", "calls", "budget_micro", "budget_warned",
    "max_inflight",
)  # fmt: skip
APART_SECONDS = 1.0  # until a part of something that is written anew as a whole is looked at again
WAKE_SECONDS = 1.0  # between two looks for atoms whose wait is over, or that others made ready
LEFT_SECONDS = 2.0  # between two looks for replies that somebody has left to be judged
OPEN = (AtomStatus.READY, AtomStatus.RETRY_WAIT, AtomStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    claimed: Claim
    atom: RunAtom
    judging: bool = False
    bound: bool = False  # to be done whatever happens: its call is booked


def _look(run: ExecutionRun) -> None:
    """Read what may have changed of a run, five times a second."""
    statement = f"SELECT {rows.columns(_SEEN)} FROM execution_runs WHERE run_id = %s"  # noqa: S608 - the names above
    [found] = rows.read(ExecutionRun, _SEEN, statement, [rows.written(ExecutionRun, "run_id", run.pk)])
    for name, value in zip(_SEEN, found, strict=True):
        setattr(run, name, value)


class WaveExecutor:
    """Executes the atoms of one run until none is left that can be worked on now."""

    def __init__(self, run: ExecutionRun, beat: "Beat", bench: Bench) -> None:
        self.run, self.beat, self.bench = run, beat, bench
        self.width = width_of(run)
        self.pace = Pace(ceiling=self.width)
        self.tester = ProgressiveIntegrationTester(run, bench)
        self._levels = ProgressiveLevels(run, bench)
        self._briefs: Briefs | None = None
        self._jobs: dict[Future[Outcome], _Job] = {}
        self._under: Counter[uuid.UUID] = Counter()  # jobs under each claim
        self._integration: Future[bool] | None = None
        self._swept = self._tell_at = self._looked = self._claimed = self._took = self._woke = 0.0
        self._news = True  # something was settled since the last claim, so that more may be ready
        self._drafts_left = True
        self._worst = 0  # price of a call of this run, in micro-USD, as far as they are known
        self._spread = settings.DISPATCHER == "celery"  # validation is done by workers of its queue
        self._endings = Endings(width=self.width, enough=self.width // BACKLOG_SHARE, briefly=self._spread)

    def execute(self) -> bool:
        """True when every atom is done; False when the run was paused, cancelled, parked or taken over."""
        asking = ThreadPoolExecutor(max_workers=self.width, thread_name_prefix="atom")
        judging = ThreadPoolExecutor(max_workers=max(1, os.cpu_count() or 1), thread_name_prefix="judge")
        with asking, judging:
            try:
                while self._may_go_on():
                    self._sweep()
                    worked = self._drafts()
                    worked = self._generate(asking) or worked
                    worked = self._validate(judging) or worked
                    worked = self._collect(judging) or worked
                    self._integrate(judging)
                    self._tell()
                    self._levels.judge_ready()
                    if not worked and not self._wait():
                        break
            finally:
                self._finish_jobs(judging)
        self._tell(force=True)
        close_waves(self.run)
        return self._all_done()

    def _atoms(self) -> QuerySet[RunAtom]:
        return RunAtom.objects.filter(run=self.run)

    def _may_go_on(self) -> bool:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            seen = self.run.changes
            _look(self.run)
            self._looked = time.monotonic()
            self._drafts_left = self._drafts_left or self.run.changes != seen  # a person may have opened atoms again
        return self.run.status == RunStatus.RUNNING and not self.beat.lost.is_set()

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > settings.MGE_SWEEP_SECONDS:
            leases.sweep(self.run.pk)
            budget.sweep()
            self._swept = time.monotonic()

    def _drafts(self) -> bool:
        if not self._drafts_left:
            return False
        claimed = leases.claim(self.run.pk, stage=Stage.DRAFT, limit=DRAFT_BATCH)
        if not claimed.atom_ids:
            self._drafts_left = self._atoms().filter(stage=Stage.DRAFT, status__in=ATOM_OPEN).exists()
            return False
        self._news = True
        self.beat.claims.add(claimed.token)
        try:
            judge_claimed(self.run, claimed, self.bench)
        except Exception:
            leases.settle(claimed, claimed.atom_ids, after=AtomStatus.READY)
            raise
        finally:
            self.beat.claims.discard(claimed.token)
        return True

    def _generate(self, pool: ThreadPoolExecutor) -> bool:
        others = LOOK_SECONDS if self._spread else WAKE_SECONDS  # where they judge, their news are found by looking
        if not self._news and time.monotonic() - self._claimed < others:
            return False
        asking = sum(not job.judging for job in self._jobs.values())
        room = self._room(asking)
        if room <= 0:
            return False
        self._news, self._claimed = False, time.monotonic()
        wake = self._claimed - self._woke > WAKE_SECONDS
        if wake:
            self._woke = self._claimed
        claimed = leases.claim(self.run.pk, stage=Stage.GENERATE, limit=room, wake=wake)
        if not claimed.atom_ids:
            return False
        self.beat.claims.add(claimed.token)
        atoms = claimed.atoms
        hopeless = {atom.pk: no for atom in atoms if (no := refused(self.run, atom, self.bench)) is not None}
        settle_all(
            self.run, [Ended(claimed=claimed, atom=a, outcome=hopeless[a.pk]) for a in atoms if a.pk in hopeless]
        )
        able = [atom for atom in atoms if atom.pk not in hopeless]
        briefs = self._brief(able)
        able = self._apart(claimed, able, briefs)
        booked = book_together(self.run, able[: max(0, self.width - asking)], briefs)  # the others wait for a thread
        self._worst = max(self._worst, booked.worst)
        if self._worst == 0 and self.run.budget_micro is not None and able:
            self._worst = worst_price(self.run, able[0], briefs[able[0].atom_id])
        if booked.held and (asking or booked.calls):  # where nothing is in flight, a thread learns whether all is spent
            leases.settle(claimed, list(booked.held), after=AtomStatus.READY)
            able = [atom for atom in able if atom.atom_id not in booked.held]
        for atom in able:
            work = self._ask(atom, briefs[atom.atom_id], booked.calls.get(atom.atom_id))
            self._submit(pool, claimed, atom, work, bound=atom.atom_id in booked.calls)
        self._forget(claimed)
        return True

    def _room(self, asking: int) -> int:
        """How many atoms may be claimed beside those that are asked for: by the width, the provider and the budget."""
        room = self.pace.room(asking, width=self.width)
        if self.pace.free:
            room += self.width // BACKLOG_SHARE
        if self.run.budget_micro is None or room <= 0 or self._bears() > AMPLE * self.width:
            return room
        _look(self.run)
        unbooked = max(0, asking - ledger.in_flight(self.run.pk).calls)  # threads about to book, or through already
        return min(room, max(self._bears() - unbooked, 0 if asking else 1))

    def _bears(self) -> int:
        """How many more calls the budget bears at their worst price, by what was last read of it."""
        return (budget.room(self.run) or 0) // max(1, self._worst)

    def _apart(self, claimed: Claim, atoms: Sequence[RunAtom], briefs: Mapping[uuid.UUID, Brief]) -> list[RunAtom]:
        """The atoms to go on with; whoever shares a parent that is written anew waits, and uses up no attempt."""
        wanted = {atom_id: brief.parent for atom_id, brief in briefs.items() if brief.parent is not None}
        waiting = keep_apart(self.run.pk, atoms, wanted) if wanted else set()
        if waiting:
            later = Now() + timedelta(seconds=APART_SECONDS)
            leases.settle(claimed, list(waiting), after=AtomStatus.RETRY_WAIT, not_before=later)
        return [atom for atom in atoms if atom.atom_id not in waiting]

    def _brief(self, atoms: Sequence[RunAtom]) -> Mapping[uuid.UUID, Brief]:
        if self._briefs is None:
            self._briefs = Briefs(self.run, self.bench.drafts(), self.bench.assembler)
        return self._briefs.build(atoms) if atoms else {}

    def _parents(self) -> Parents:
        self._brief([])
        assert self._briefs is not None  # noqa: S101 - made by the line before
        return self._briefs.parents

    def _ask(self, atom: RunAtom, brief: Brief, booked: Booked | None) -> Callable[[], Outcome]:
        def ask() -> Outcome:
            return generate(
                self.run, atom, brief, bench=self.bench, pace=self.pace, parents=self._parents(), booked=booked
            )

        return ask

    def _validate(self, pool: ThreadPoolExecutor) -> bool:
        """Judge stored replies here, or see that workers do. What nobody takes is judged here after all."""
        if self._spread and call_validators(self.run):
            return False
        if not self._spread and time.monotonic() - self._took < LEFT_SECONDS:
            return False  # replies wait in the queue only where another way of driving has left them
        self._took = time.monotonic()
        room = (os.cpu_count() or 1) - sum(job.judging for job in self._jobs.values())
        claimed = leases.claim(self.run.pk, stage=Stage.VALIDATE, limit=max(0, room))
        if not claimed.atom_ids:
            return False
        self.beat.claims.add(claimed.token)
        atoms = claimed.atoms
        parents = self._parents()
        assert self._briefs is not None  # noqa: S101 - made by the line before
        units = self._briefs.units(claimed.atom_ids)
        for atom in atoms:
            outcome = stored(self.run, atom, units[atom.atom_id], parents)
            if outcome is None:
                leases.settle(claimed, [atom.atom_id], after=AtomStatus.READY, stage=Stage.GENERATE)
            else:
                self._judge_or_settle(pool, claimed, atom, outcome)
        self._forget(claimed)
        return True

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        claimed: Claim,
        atom: RunAtom,
        work: Callable[[], Outcome],
        *,
        judging: bool = False,
        bound: bool = False,
    ) -> None:
        def run() -> Outcome:
            try:
                with logs.about(self.run, atom_id=atom.atom_id):
                    return work()
            finally:
                if connection.vendor != "sqlite":  # an open file costs nothing; a hundred connections of a server do
                    connection.close()

        future = pool.submit(run)
        self._jobs[future] = _Job(claimed=claimed, atom=atom, judging=judging, bound=bound)
        self._under[claimed.token] += 1
        self._endings.expect(future, atom.priority)

    def _judge_or_settle(self, pool: ThreadPoolExecutor, claimed: Claim, atom: RunAtom, outcome: Outcome) -> None:
        if isinstance(outcome, Replied):
            self._submit(pool, claimed, atom, lambda: judge_reply(atom, outcome, self.bench), judging=True)
        else:
            settle_all(self.run, [Ended(claimed=claimed, atom=atom, outcome=outcome)])

    def _wait(self) -> bool:
        """Wait for something to end; False when there is nothing to wait for."""
        if self._jobs or self._integration:
            self._endings.wait(LOOK_SECONDS)
            return True
        if self._atoms().filter(status__in=OPEN).exists():
            time.sleep(LOOK_SECONDS)
            return True
        return leases.free_stranded(self.run.pk) > 0

    def _integrate(self, pool: ThreadPoolExecutor) -> None:
        """Test what was accepted so far as a whole, beside everything else; at the end what is left of it."""
        if self._integration is not None:
            if not self._integration.done():
                return
            ended, self._integration = self._integration, None
            ended.result()
        if self.tester.due(last=False) or (self.tester.due(last=True) and not self._jobs and self._all_done()):
            self._integration = pool.submit(self._test)
            self._endings.notice(self._integration)

    def _all_done(self) -> bool:
        return not self._atoms().filter(status__in=ATOM_OPEN).exists()

    def _test(self) -> bool:
        try:
            return self.tester.test()
        finally:
            connection.close()

    def _collect(self, judging: ThreadPoolExecutor, *, at_once: bool = False) -> bool:
        """Take finished work in. An error that is not the atom's own ends the run, so it is raised here."""
        if not self._endings.due() and not at_once:
            return False
        jobs = [(future, self._jobs.pop(future)) for future in self._endings.take()]
        self._under.subtract(job.claimed.token for _, job in jobs)
        ended, replied, broken = [], [], []
        for future, job in jobs:
            try:
                outcome = self._outcome(future, job)
            except Exception as error:  # noqa: BLE001 - it is raised below, when the others are safe
                leases.settle(job.claimed, [job.atom.atom_id], after=AtomStatus.READY)  # nobody need wait for the lease
                broken.append(error)
                continue
            if isinstance(outcome, Replied):
                replied.append((job, outcome))
            else:
                ended.append(Ended(claimed=job.claimed, atom=job.atom, outcome=outcome))
        accepted = settle_all(self.run, ended)
        self._news = True
        self.bench.assembler.accept(accepted)
        self.tester.note(accepted)
        self._go_on(judging, replied)
        for _, job in jobs:
            self._forget(job.claimed)
        if parked := next((e.outcome for e in ended if isinstance(e.outcome, Parked)), None):
            budget.stop(self.run, parked.reason)
            self._looked = 0.0
        if broken:
            raise broken[0]
        return True

    def _outcome(self, future: Future[Outcome], job: _Job) -> Outcome:
        outcome = future.result()
        if isinstance(outcome, Replied) and not (self.bench.validates or self._spread):
            return judge_reply(job.atom, outcome, self.bench)  # syntax alone is no work for a queue or a thread
        return outcome

    def _go_on(self, judging: ThreadPoolExecutor, replied: Sequence[tuple[_Job, Replied]]) -> None:
        if self._spread:
            hand_over(self.run, [(job.claimed, job.atom) for job, _ in replied])
            return
        for job, outcome in replied:
            self._judge_or_settle(judging, job.claimed, job.atom, outcome)

    def _forget(self, claimed: Claim) -> None:
        """Stop renewing a claim that no job works under any more."""
        if self._under[claimed.token] <= 0:
            del self._under[claimed.token]
            self.beat.claims.discard(claimed.token)

    def _finish_jobs(self, judging: ThreadPoolExecutor) -> None:
        """What is in flight is paid for: take it in, whatever ended the loop. What has not begun goes back."""
        self._give_back()
        while self._jobs:
            self._endings.wait(LOOK_SECONDS)
            with suppress(Exception):  # what broke one job is known by now, or is met again by the next driver
                self._collect(judging, at_once=True)

    def _give_back(self) -> None:
        after = AtomStatus.PARKED if self.run.status == RunStatus.BUDGET_STOPPED else AtomStatus.READY
        for future in [one for one, job in self._jobs.items() if not (job.judging or job.bound) and one.cancel()]:
            job = self._jobs.pop(future)
            self._endings.forget(future)
            self._under[job.claimed.token] -= 1
            with suppress(Exception):  # where the database is away, the lease runs out
                leases.settle(job.claimed, [job.atom.atom_id], after=after)

    def _tell(self, *, force: bool = False) -> None:
        began = time.monotonic()
        if not force and began < self._tell_at:
            return
        counts = by_status(self.run.pk)
        self._tell_at = began + max(TELL_SECONDS, (time.monotonic() - began) / TELL_SHARE)
        done = sum(n for status, n in counts.items() if status in ATOM_DONE)
        budget.warn(self.run)
        events.publish(
            topic="run",
            type="run.progress",
            data={
                "by_status": counts,
                "progress": round(done / max(1, self.run.atoms_total), 4),
                "cost_usd": self.run.spent_micro / 1_000_000,
                "calls": self.run.calls,
                **awaited_payload(self.run.pk),
            },
            run_id=self.run.pk,
        )
