"""Uploads on their way to plans, by a worker: a row that holds the file, its progress and what came of it.

A message only wakes: the row's lease decides who works, and the end of the row and its plan are one transaction. The
file is dropped at the end. Where no worker comes, whoever waits for the row does the work.
"""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from kernel.errors import MgeError, NotFound, Unavailable
from kernel.text import storable
from masterplans import services
from masterplans.models import ImportStatus, Masterplan, PlanImport, Team

LEASE_SECONDS = 300  # the largest upload takes a tenth of it
PATIENCE_SECONDS = 5.0  # so long whoever waits gives a worker to begin
LONGEST_WAIT_SECONDS = 600.0
POLL_SECONDS = 0.1
OPEN = (ImportStatus.PENDING, ImportStatus.RUNNING)
Report = Callable[[str], None]
log = structlog.get_logger(__name__)


def submit(
    content: bytes,
    *,
    filename: str,
    owner: User,
    name: str | None = None,
    root_package: str | None = None,
    team: Team | None = None,
) -> PlanImport:
    """Store an upload and wake whoever imports it, after commit."""
    with transaction.atomic():
        row = PlanImport.objects.create(
            owner=owner,
            team=team,
            filename=storable(filename)[:300],
            name=storable(name or "")[:300],
            root_package=storable(root_package or "")[:300],
            content=content,
        )
        transaction.on_commit(lambda: _wake(row.pk))
    return row


def finished(row: PlanImport) -> Masterplan:
    """Wait for the end of an import: its plan, or the error that ended it. After a while nobody came: do it here."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        row.refresh_from_db(fields=["status", "masterplan", "error", "error_code", "error_status", "error_data"])
        if row.status == ImportStatus.COMPLETED and row.masterplan is not None:
            return row.masterplan
        if row.status not in OPEN:
            raise refusal(row)
        if time.monotonic() > patience:
            work(row.pk)  # nothing where a worker has it
        time.sleep(POLL_SECONDS)
    raise Unavailable(f"The import is still {row.status}: ask for it again at /api/v1/imports/{row.pk}.")


def refusal(row: PlanImport) -> MgeError:
    """What a worker found wrong with an upload, as the error that it was there."""
    error = MgeError(row.error, **(row.error_data or {}))
    error.code, error.http_status = row.error_code, row.error_status or 500  # type: ignore[misc]  # of that very error
    return error


def get_import(user: Any, import_id: uuid.UUID) -> PlanImport:
    """One of the user's own."""
    row = PlanImport.objects.defer("content").filter(pk=import_id, owner_id=user.pk).first()
    if row is None:
        raise NotFound("There is no such import.")
    return row


def work(import_id: uuid.UUID, report: Report = lambda _: None) -> PlanImport | None:
    """Bring an import to its end, unless somebody else is at it. What goes wrong stands on its row."""
    token = uuid.uuid4()
    free = Q(lease_token=None) | Q(lease_until__lt=Now())
    until = Now() + timedelta(seconds=LEASE_SECONDS)
    mine = PlanImport.objects.filter(free, pk=import_id, status__in=OPEN)
    if not mine.update(status=ImportStatus.RUNNING, lease_token=token, lease_until=until):
        return None
    row = PlanImport.objects.select_related("owner", "team").get(pk=import_id)
    try:
        _import(row, token, report)
    except MgeError as error:
        _fail(row, token, error.message, code=error.code, status=error.http_status, data=dict(error.data))
    except Exception:
        log.exception("import_broke", upload=str(row.pk))
        _fail(row, token, "An unforeseen error ended the import; the log has it.", code="error", status=500, data={})
    row.refresh_from_db()
    return row


def _import(row: PlanImport, token: uuid.UUID, report: Report) -> None:
    def enter(phase: str) -> None:
        PlanImport.objects.filter(pk=row.pk, lease_token=token).update(phase=phase)
        report(phase)

    enter("reading")
    spec, kind = services.read_upload(
        BytesIO(bytes(row.content)),
        filename=row.filename,
        name=row.name or None,
        root_package=row.root_package or None,
    )
    enter(f"storing {len(spec.tasks)} tasks")
    with transaction.atomic():
        plan = services.create_from_spec(spec, owner=row.owner, source_kind=kind, team=row.team)
        if not _end(row, token, ImportStatus.COMPLETED, masterplan=plan):
            transaction.set_rollback(True)  # another holder ended it: this plan never was


def _fail(row: PlanImport, token: uuid.UUID, message: str, *, code: str, status: int, data: dict[str, Any]) -> None:
    said = storable(message, limit=2000)
    _end(row, token, ImportStatus.FAILED, error=said, error_code=code, error_status=status, error_data=data)


def _end(row: PlanImport, token: uuid.UUID, status: ImportStatus, **fields: Any) -> bool:
    held = PlanImport.objects.filter(pk=row.pk, lease_token=token, status=ImportStatus.RUNNING)
    ended = {"status": status, "finished_at": Now(), "lease_token": None, "lease_until": None, "content": b""}
    return bool(held.update(**ended, phase="", **fields))


def wake_stranded() -> int:
    """Wake every import that nobody works on (a restart, a lost message). Returns how many."""
    free = Q(lease_token=None) | Q(lease_until__lt=Now())
    ids = list(PlanImport.objects.filter(free, status__in=OPEN).values_list("pk", flat=True))
    for import_id in ids:
        _wake(import_id)
    return len(ids)


def _wake(import_id: uuid.UUID) -> None:
    if settings.DISPATCHER == "celery":
        from masterplans.tasks import import_plan  # noqa: PLC0415 - tasks import this module

        import_plan.delay(str(import_id))
        return
    threading.Thread(target=_run, args=(import_id,), name=f"import-{import_id}", daemon=True).start()


def _run(import_id: uuid.UUID) -> None:
    try:
        work(import_id)
    finally:
        connection.close()
