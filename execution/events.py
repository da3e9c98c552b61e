"""The event log: appended in the same transaction as the change that it tells of, read in the order of its numbers.

PostgreSQL gives numbers when rows are written and shows them when they commit, so a lower number may appear after a
higher one; whoever reads up to the highest would never see it. Therefore a trigger lets each transaction, before it
draws its first number, hold a shared advisory lock that carries the newest number of that moment (see the migration
``0005_events_in_order``). Nobody waits for these locks; :func:`latest` reads the lowest of them. SQLite writes one
transaction after the other.
"""

import uuid
from typing import Any

from django.db import connection
from django.db.models import Max

from execution.models import RunEvent
from kernel import rows

LATE_SECONDS = 60  # no transaction of ours is open for longer; one that hangs must not keep back everybody's events
_LOWEST_OPEN = """
    SELECT min(((l.classid::bigint & 255) << 32) | l.objid::bigint)
    FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 8 = 4802117
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.pid <> pg_backend_pid()
      AND (a.xact_start IS NULL OR a.xact_start > clock_timestamp() - make_interval(secs => %s))
"""


def publish(
    *,
    topic: str,
    type: str,  # noqa: A002 - the word of the frame
    data: dict[str, Any],
    run_id: uuid.UUID | None = None,
    masterplan_id: uuid.UUID | None = None,
) -> int:
    """Append one event and return its sequence number. Sockets tail the table; nothing is pushed from here."""
    event = RunEvent(topic=topic, type=type, data=data, run_id=run_id, masterplan_id=masterplan_id)
    return int(rows.insert_one(event))


def run_changed(run_id: uuid.UUID, **data: Any) -> int:
    """Tell that fields of a run changed."""
    return publish(topic="run", type="run.status", data={key: _plain(v) for key, v in data.items()}, run_id=run_id)


def latest(*, beyond: int = 0) -> int:
    """The newest number below which no event can still appear, 0 for an empty log: where every reader has to stop.

    The three reads stand in this order: whatever lies below the top was drawn, hence announced, before the top was
    seen; an announcement ends after its events are visible. ``beyond``: a reader that has come so far already needs no
    exact answer where there is nothing more.
    """
    top = RunEvent.objects.aggregate(top=Max("seq"))["top"] or 0
    if top <= beyond or connection.vendor != "postgresql":
        return top
    with connection.cursor() as cursor:
        cursor.execute(_LOWEST_OPEN, [LATE_SECONDS])
        [lowest] = cursor.fetchone()
    return top if lowest is None else min(top, int(lowest))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | bool | list | dict | type(None)) else str(value)
