"""Validation spread over workers: any number of processes judge stored replies of a run, each under its own lease."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models.functions import Now

from execution import leases, logs
from execution.engine.briefs import Briefs
from execution.engine.evidence import Bench
from execution.engine.generation import stored
from execution.engine.judgement import judge_reply
from execution.engine.outcomes import Ended, Replied, settle_all
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from kernel.states import AtomStatus, RunStatus

log = structlog.get_logger(__name__)
CALL_SECONDS = 0.5  # between two messages for one run
PATIENCE_SECONDS = 15.0  # so long a reply waits for a worker before its driver judges it
LINGER_SECONDS = 1.0
_called: dict[uuid.UUID, tuple[float, bool]] = {}


def call_validators(run: ExecutionRun) -> bool:
    """Send for workers while replies wait. False: they have waited so long that nobody seems to listen."""
    called, answer = _called.get(run.pk, (0.0, True))
    if time.monotonic() - called < CALL_SECONDS:
        return answer
    waiting = RunAtom.objects.filter(run=run, status=AtomStatus.READY, stage=Stage.VALIDATE)
    if count := waiting.count():
        from execution.tasks import validate_run  # noqa: PLC0415 - tasks import this module

        for _ in range(min(count, settings.MGE_VALIDATORS)):
            validate_run.delay(str(run.pk))
    stale = waiting.filter(started_at__lt=Now() - timedelta(seconds=PATIENCE_SECONDS))
    answer = not count or not stale.exists() or _somebody_judges(run)
    _called[run.pk] = time.monotonic(), answer
    return answer


def _somebody_judges(run: ExecutionRun) -> bool:
    return RunAtom.objects.filter(run=run, status=AtomStatus.RUNNING, stage=Stage.VALIDATE).exists()


def validate(run_id: uuid.UUID) -> int:
    """Judge replies of a run until none is left; returns how many. A message that comes twice does no harm."""
    run = ExecutionRun.objects.select_related("masterplan").filter(pk=run_id, status=RunStatus.RUNNING).first()
    if run is None:
        return 0
    judged = 0
    bench = _bench(run)
    briefs: Briefs | None = None
    idle_since = time.monotonic()
    try:
        with _renewing(run_id) as tokens:
            while time.monotonic() - idle_since < LINGER_SECONDS:
                claimed = leases.claim(run_id, stage=Stage.VALIDATE, limit=1)
                if not claimed.atom_ids:
                    time.sleep(0.1)
                    continue
                tokens.add(claimed.token)
                briefs = briefs or Briefs(run, bench.drafts(), bench.assembler)
                with logs.about(run, atom_id=claimed.atom_ids[0]):
                    _judge(run, claimed, bench, briefs)
                tokens.discard(claimed.token)
                judged += 1
                idle_since = time.monotonic()
    except (OperationalError, InterfaceError) as error:  # the lease runs out, and somebody judges again what is stored
        log.warning("validator_lost_the_database", run=str(run_id), error=str(error))
        connection.close()
    return judged


def _judge(run: ExecutionRun, claimed: Claim, bench: Bench, briefs: Briefs) -> None:
    [atom_id], [atom] = claimed.atom_ids, claimed.atoms
    outcome = stored(run, atom, briefs.units([atom_id])[atom_id], briefs.parents)
    if outcome is None:
        leases.settle(claimed, [atom_id], after=AtomStatus.READY, stage=Stage.GENERATE)
        return
    if isinstance(outcome, Replied):
        outcome = judge_reply(atom, outcome, bench)
    settle_all(run, [Ended(claimed=claimed, atom=atom, outcome=outcome)])


_benches: dict[uuid.UUID, Bench] = {}
_benches_lock = threading.Lock()


def _bench(run: ExecutionRun) -> Bench:
    """One set of evidence a run and process, and of one run at a time."""
    with _benches_lock:
        if run.pk not in _benches:
            _benches.clear()
            _benches[run.pk] = Bench(run)
        return _benches[run.pk]


@contextmanager
def _renewing(run_id: uuid.UUID) -> Iterator[set[uuid.UUID]]:
    """Keep the claims whose tokens are in the set alive, from a thread of its own, while the body works."""
    ended = threading.Event()
    tokens: set[uuid.UUID] = set()

    def beat() -> None:
        while not ended.wait(settings.MGE_LEASE_SECONDS / 4):
            try:
                leases.renew(frozenset(tokens))
            except Exception:  # a database that is away for a beat is no reason to stop beating
                log.warning("heartbeat_failed", run=str(run_id), exc_info=True)
            finally:
                close_old_connections()
        connection.close()

    thread = threading.Thread(target=beat, name=f"beat-{run_id}", daemon=True)
    thread.start()
    try:
        yield tokens
    finally:
        ended.set()
        thread.join(timeout=5)
