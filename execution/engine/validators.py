"""Validation spread over workers: any number of processes judge stored replies of a run, each under its own lease."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models.functions import Now

from execution import leases, logs
from execution.engine.briefs import Briefs
from execution.engine.evidence import Bench
from execution.engine.generation import stored_replies
from execution.engine.judgement import judge_reply
from execution.engine.outcomes import Ended, Replied, settle_all
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from kernel.states import AtomStatus, RunStatus

log = structlog.get_logger(__name__)
CALL_SECONDS = 0.5  # between two looks at what waits in one run, and between its first two calls
LONGEST_CALL_SECONDS = 8.0  # between two calls while replies keep waiting: who judges goes on without being called
PATIENCE_SECONDS = 15.0  # so long a reply waits for a worker before its driver judges it
LINGER_SECONDS = 1.0
TURN_SECONDS = 30.0  # then a worker goes to the end of its queue, where other runs wait
WAKE_SECONDS = 0.5  # between two looks for replies whose wait is over
FIRST_NAP_SECONDS, LONGEST_NAP_SECONDS = 0.05, 0.2  # between two looks for replies where there are none
BATCH_SECONDS = 0.2  # of judging lie in one claim and one settlement
MOST_AT_ONCE = 8


@dataclass(slots=True)
class _Calls:
    """What a driver remembers of the calls for one run; times of the monotonic clock."""

    looked: float = -CALL_SECONDS
    next_call: float = 0.0
    pause: float = CALL_SECONDS
    answer: bool = True


_calls: dict[uuid.UUID, _Calls] = {}


def call_validators(run: ExecutionRun) -> bool:
    """Send for workers while replies wait. False: they have waited so long that nobody seems to listen.

    The longer replies wait, the more rarely: workers that are busy would find all calls of a long run before those of
    another, and before the sweeps.
    """
    calls, now = _calls.setdefault(run.pk, _Calls()), time.monotonic()
    if now - calls.looked < CALL_SECONDS:
        return calls.answer
    calls.looked = now
    waiting = RunAtom.objects.filter(run=run, status=AtomStatus.READY, stage=Stage.VALIDATE)
    count = waiting.count()
    if not count:
        _calls[run.pk] = _Calls(looked=now)
        return True
    if now >= calls.next_call:
        _call(run, min(count, settings.MGE_VALIDATORS))
        calls.next_call, calls.pause = now + calls.pause, min(LONGEST_CALL_SECONDS, 2 * calls.pause)
    stale = waiting.filter(started_at__lt=Now() - timedelta(seconds=PATIENCE_SECONDS))
    calls.answer = not stale.exists() or _somebody_judges(run)
    return calls.answer


def _call(run: ExecutionRun, workers: int) -> None:
    from execution.tasks import validate_run  # noqa: PLC0415 - tasks import this module

    for _ in range(workers):
        validate_run.delay(str(run.pk))


def _somebody_judges(run: ExecutionRun) -> bool:
    return RunAtom.objects.filter(run=run, status=AtomStatus.RUNNING, stage=Stage.VALIDATE).exists()


def validate(run_id: uuid.UUID) -> int:
    """Judge replies of a run until none is left; returns how many. A message that comes twice does no harm.

    Only who has judged waits a moment for more: of many calls the late ones find nothing, and must not hold a worker.
    Who has had its turn and leaves replies calls anew, behind the runs that wait for this worker.
    """
    run = ExecutionRun.objects.select_related("masterplan").filter(pk=run_id, status=RunStatus.RUNNING).first()
    if run is None:
        return 0
    judged = 0
    bench: Bench | None = None
    briefs: Briefs | None = None
    started = idle_since = time.monotonic()
    woken, at_once = 0.0, 1
    try:
        with _renewing(run_id) as tokens:
            while time.monotonic() - idle_since < LINGER_SECONDS:
                began = time.monotonic()
                if began - started > TURN_SECONDS:
                    _call(run, 1)
                    break
                wake, woken = (True, began) if began - woken > WAKE_SECONDS else (False, woken)
                claimed = leases.claim(run_id, stage=Stage.VALIDATE, limit=at_once, wake=wake)
                if not claimed.atom_ids:
                    if not judged:
                        break
                    time.sleep(min(LONGEST_NAP_SECONDS, FIRST_NAP_SECONDS + (began - idle_since) / 4))
                    continue
                tokens.add(claimed.token)
                bench = bench or _bench(run)
                briefs = briefs or Briefs(run, bench.drafts(), bench.assembler)
                _judge(run, claimed, bench, briefs)
                tokens.discard(claimed.token)
                judged += len(claimed.atom_ids)
                idle_since = time.monotonic()
                at_once = _at_once(len(claimed.atom_ids), idle_since - began)
    except (OperationalError, InterfaceError) as error:  # the lease runs out, and somebody judges again what is stored
        log.warning("validator_lost_the_database", run=str(run_id), error=str(error))
        connection.close()
    return judged


def _at_once(judged: int, seconds: float) -> int:
    """How many replies to take next: one where a judgement takes long, for others might judge the rest meanwhile."""
    return max(1, min(MOST_AT_ONCE, int(BATCH_SECONDS * judged / max(seconds, 0.001))))


def _judge(run: ExecutionRun, claimed: Claim, bench: Bench, briefs: Briefs) -> None:
    """Judge what was claimed, one after the other, and settle it together."""
    units = briefs.units(claimed.atom_ids)
    replies = stored_replies(run, claimed.atoms, units, briefs.parents)
    ended, lost = [], []
    for atom in claimed.atoms:
        outcome = replies.get(atom.atom_id)
        if outcome is None:
            lost.append(atom.atom_id)
            continue
        with logs.about(run, atom_id=atom.atom_id):
            if isinstance(outcome, Replied):
                outcome = judge_reply(atom, outcome, bench)
        ended.append(Ended(claimed=claimed, atom=atom, outcome=outcome))
    if lost:
        leases.settle(claimed, lost, after=AtomStatus.READY, stage=Stage.GENERATE)
    settle_all(run, ended)


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
