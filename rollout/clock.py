"""Did the clock jump? Wall clock beside the machine's monotonic clock, from one look to the next."""

import time
from pathlib import Path

from django.db import connection

from execution.models import ExecutionRun
from rollout.models import UntimedRun, Watch

TOLERANCE_SECONDS = 5.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def wall_now() -> float:
    """Seconds since the epoch by the database, whose clock stamps the runs."""
    sql = (
        "SELECT extract(epoch FROM clock_timestamp())"
        if connection.vendor == "postgresql"
        else ("SELECT (julianday('now') - 2440587.5) * 86400.0")
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0])


def boot_id() -> str:
    """Which start of this machine; the monotonic clock counts from it for all processes."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def jump_since(last: Watch | None, *, wall: float, monotonic: float, boot: str) -> float:
    """Seconds that the wall clock ran ahead of time that really passed; 0.0 where that cannot be told."""
    if last is None or not boot or last.boot_id != boot or monotonic < last.monotonic:
        return 0.0
    jumped = (wall - last.wall) - (monotonic - last.monotonic)
    return jumped if abs(jumped) > TOLERANCE_SECONDS else 0.0


def mark_untimed(run_ids: set[str], jumped: float) -> None:
    """Note that the length of these runs is not known."""
    known = ExecutionRun.objects.filter(pk__in=run_ids).values_list("pk", flat=True)
    UntimedRun.objects.bulk_create(
        (UntimedRun(run_id=pk, jumped_seconds=jumped) for pk in known), ignore_conflicts=True
    )


def monotonic_now() -> float:
    """Seconds since this machine started."""
    return time.monotonic()
