"""The executor of a V2 run: claims what is ready, judges drafts in batches, generates and validates in parallel.

An atom starts as soon as its ordering dependencies are done; with ``--barrier`` a wave waits for the whole wave before.
"""

import time
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.db.models import QuerySet

from execution import events, leases
from execution.engine.drafts import judge_drafts
from execution.engine.evidence import Bench
from execution.engine.generation import attempt
from execution.engine.levels import ProgressiveLevels
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom
from execution.phases import width_of
from execution.runs import by_status, close_waves
from kernel.states import ATOM_DONE, AtomStatus, RunStatus

if TYPE_CHECKING:
    from execution.engine.driver import Beat

DRAFT_BATCH = 500
SWEEP_SECONDS = 10.0
TELL_SECONDS = 0.5


class WaveExecutor:
    """Executes the atoms of one run in this process until none is left that can be worked on now."""

    def __init__(self, run: ExecutionRun, beat: "Beat", bench: Bench) -> None:
        self.run, self.beat, self.bench = run, beat, bench
        self._inflight: dict[Future[None], Claim] = {}
        self._swept = self._told = 0.0
        self._width = width_of(run)
        self._levels = ProgressiveLevels(run, bench)

    def execute(self) -> bool:
        """True when every atom is done; False when the run was paused, cancelled, parked or taken over."""
        with ThreadPoolExecutor(max_workers=self._width, thread_name_prefix="atom") as pool:
            try:
                while self._may_go_on():
                    self._sweep()
                    worked = self._drafts() or self._generate(pool)
                    self._tell()
                    self._levels.judge_ready()
                    if not worked and not self._wait():
                        break
            finally:
                wait(self._inflight)
                self._collect()
        self._tell(force=True)
        close_waves(self.run)
        return not self._atoms().exclude(status__in=ATOM_DONE).exists()

    def _atoms(self) -> QuerySet[RunAtom]:
        return RunAtom.objects.filter(run=self.run)

    def _may_go_on(self) -> bool:
        self.run.refresh_from_db()
        return self.run.status == RunStatus.RUNNING and not self.beat.lost.is_set()

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            leases.sweep(self.run.pk)
            self._swept = time.monotonic()

    def _drafts(self) -> bool:
        claimed = leases.claim(self.run.pk, stage="draft", limit=DRAFT_BATCH)
        if not claimed.atom_ids:
            return False
        self.beat.claims.add(claimed.token)
        try:
            judge_drafts(self.run, claimed, self.bench.drafts())
        except Exception:
            leases.settle(claimed, claimed.atom_ids, after=AtomStatus.READY)
            raise
        finally:
            self.beat.claims.discard(claimed.token)
        return True

    def _generate(self, pool: ThreadPoolExecutor) -> bool:
        room = self._width - len(self._inflight)
        if room <= 0:
            return False
        claimed = leases.claim(self.run.pk, stage="generate", limit=room)
        for atom_id in claimed.atom_ids:
            self.beat.claims.add(claimed.token)
            self._inflight[pool.submit(self._attempt, claimed, atom_id)] = claimed
        return bool(claimed.atom_ids)

    def _attempt(self, claimed: Claim, atom_id: uuid.UUID) -> None:
        try:
            attempt(self.run, claimed, atom_id, self.bench)
        except Exception:
            leases.settle(claimed, [atom_id], after=AtomStatus.READY)  # whoever goes on need not wait for the lease
            raise
        finally:
            close_old_connections()
            connection.close()

    def _wait(self) -> bool:
        """Wait for something to end; False when there is nothing to wait for."""
        if self._inflight:
            wait(self._inflight, timeout=1.0, return_when=FIRST_COMPLETED)
            self._collect()
            return True
        if self._atoms().filter(status__in=[AtomStatus.RETRY_WAIT, AtomStatus.RUNNING]).exists():
            time.sleep(0.2)
            return True
        return self._atoms().filter(status=AtomStatus.READY).exists()

    def _collect(self) -> None:
        """Take finished work in. An error that is not the atom's own ends the run, so it is raised here."""
        done = [future for future in self._inflight if future.done()]
        claims = [self._inflight.pop(future) for future in done]
        still = {claimed.token for claimed in self._inflight.values()}
        self.beat.claims -= {claimed.token for claimed in claims} - still
        for future in done:
            future.result()

    def _tell(self, *, force: bool = False) -> None:
        if not force and time.monotonic() - self._told < TELL_SECONDS:
            return
        self._told = time.monotonic()
        counts = by_status(self.run.pk)
        done = sum(n for status, n in counts.items() if status in ATOM_DONE)
        events.publish(
            topic="run",
            type="run.progress",
            data={
                "by_status": counts,
                "progress": round(done / max(1, self.run.atoms_total), 4),
                "cost_usd": self.run.spent_micro / 1_000_000,
                "calls": self.run.calls,
            },
            run_id=self.run.pk,
        )
