"""Judgements asked for over HTTP: made by at most ``WORKERS`` threads of this process, kept as rows for any process.

A request waits for its job a bounded time; what takes longer is polled. The same request on the same plan while a job
runs gets that job. Jobs make no claim to survive their process: one that lost it reads as failed and can be asked for
again, for nothing is changed by judging.
"""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.db import close_old_connections, connection
from django.utils import timezone

from kernel.errors import MgeError, NotFound
from masterplans.models import Masterplan
from masterplans.selectors import visible_masterplans
from validation.domain.model import LEVEL_NUMBERS, Level, LevelResult
from validation.domain.wire import check_to_json
from validation.judging import judge_atoms, judge_levels
from validation.models import JobState, ValidationJob

WORKERS = 2
KEPT = 20  # finished jobs of a plan
BEAT_SECONDS = 10.0
UPPER = (Level.MODULE, Level.COMPONENT, Level.SYSTEM)
HIERARCHICAL = "hierarchical"
LOST = {"code": "lost", "message": "The process that judged this ended before it was done. Ask again.", "data": {}}
_log = structlog.get_logger()
_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="validation")
_running: dict[uuid.UUID, Future[None]] = {}


def start(plan: Masterplan, kind: str, *, scope: str = "", stop_early: bool = False) -> ValidationJob:
    """Start a judgement, or return the one of the same kind and scope that is running."""
    mine = ValidationJob.objects.filter(masterplan=plan, kind=kind, scope=scope, stop_early=stop_early)
    alive = timezone.now() - timedelta(seconds=ValidationJob.LOST_SECONDS)
    running = mine.filter(state=JobState.RUNNING, beat_at__gte=alive).first()
    if running is not None:
        return running
    job = ValidationJob.objects.create(masterplan=plan, kind=kind, scope=scope, stop_early=stop_early, phase="waiting")
    _forget_old(plan)
    _running[job.pk] = _pool.submit(_work, job.pk)
    return job


def wait(job: ValidationJob, seconds: float) -> ValidationJob:
    """The job after at most so long, finished or not; a job of another process is not waited for."""
    future = _running.get(job.pk)
    if future is not None and seconds > 0:
        done = threading.Event()
        future.add_done_callback(lambda _future: done.set())
        done.wait(seconds)
    return ValidationJob.objects.get(pk=job.pk)


def find(user: Any, job_id: uuid.UUID) -> ValidationJob:
    """A job that the user may see. A running one that lost its process reads as failed."""
    job = ValidationJob.objects.filter(pk=job_id, masterplan__in=visible_masterplans(user)).first()
    if job is None:
        raise NotFound(f"There is no judgement {job_id}, or you may not see it.")
    silent = timezone.now() - job.beat_at > timedelta(seconds=ValidationJob.LOST_SECONDS)
    if job.state == JobState.RUNNING and silent:
        running = ValidationJob.objects.filter(pk=job.pk, state=JobState.RUNNING)
        running.update(state=JobState.FAILED, error=LOST, finished_at=timezone.now())
        job.refresh_from_db()
    return job


def _forget_old(plan: Masterplan) -> None:
    kept = ValidationJob.objects.filter(masterplan=plan).values_list("pk", flat=True)[:KEPT]
    old = ValidationJob.objects.filter(masterplan=plan).exclude(pk__in=list(kept))
    old.exclude(state=JobState.RUNNING).delete()


def _work(job_id: uuid.UUID) -> None:
    close_old_connections()
    try:
        with _beating(job_id):
            _judge(ValidationJob.objects.select_related("masterplan").get(pk=job_id))
    except ValidationJob.DoesNotExist:
        return  # its plan was deleted meanwhile
    except MgeError as error:
        _finish(job_id, JobState.FAILED, error={"code": error.code, "message": error.message, "data": error.data})
    except Exception:  # noqa: BLE001 - a job must not stay running; the log holds the rest
        _log.exception("validation.job_failed", job_id=str(job_id))
        message = "The judgement broke off. The server's log says why."
        _finish(job_id, JobState.FAILED, error={"code": "internal_error", "message": message, "data": {}})
    finally:
        _running.pop(job_id, None)
        connection.close()


def _judge(job: ValidationJob) -> None:
    results: list[LevelResult] = []
    if job.kind in (Level.ATOMIC, HIERARCHICAL):
        _tell(job, "level 1")
        results += judge_atoms(job.masterplan, only=uuid.UUID(job.scope) if job.scope else None)
    if job.kind != Level.ATOMIC:
        _tell(job, "levels 2 to 4" if job.kind == HIERARCHICAL else f"level {LEVEL_NUMBERS[Level(job.kind)]}")
        wanted = UPPER if job.kind == HIERARCHICAL else (Level(job.kind),)
        results += judge_levels(job.masterplan, wanted, scope=job.scope or None, stop_early=job.stop_early)
    _finish(job.pk, JobState.DONE, results=[as_json(result) for result in results])


def _tell(job: ValidationJob, phase: str) -> None:
    ValidationJob.objects.filter(pk=job.pk).update(phase=phase, beat_at=timezone.now())


def _finish(job_id: uuid.UUID, state: JobState, **fields: Any) -> None:
    running = ValidationJob.objects.filter(pk=job_id, state=JobState.RUNNING)
    running.update(state=state, phase="", finished_at=timezone.now(), **fields)


@contextmanager
def _beating(job_id: uuid.UUID) -> Iterator[None]:
    """Say every few seconds that the job lives."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            ValidationJob.objects.filter(pk=job_id).update(beat_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=beat, name="validation-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def as_json(result: LevelResult) -> dict[str, Any]:
    """A level result as the API shows it."""
    return {
        "level": LEVEL_NUMBERS[result.level],
        "level_name": result.level.value,
        "scope": result.scope,
        "atom_id": result.atom_id,
        "status": result.status.value,
        "checks": [check_to_json(check) for check in result.checks],
        "duration_seconds": result.seconds,
    }
