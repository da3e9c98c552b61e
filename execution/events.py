"""The event log: appended in the same transaction as the change that it tells of."""

import uuid
from typing import Any

from execution.models import RunEvent


def publish(
    *,
    topic: str,
    type: str,  # noqa: A002 - the word of the frame
    data: dict[str, Any],
    run_id: uuid.UUID | None = None,
    masterplan_id: uuid.UUID | None = None,
) -> int:
    """Append one event and return its sequence number. Sockets tail the table; nothing is pushed from here."""
    return RunEvent.objects.create(topic=topic, type=type, data=data, run_id=run_id, masterplan_id=masterplan_id).seq


def run_changed(run_id: uuid.UUID, **data: Any) -> int:
    """Tell that fields of a run changed."""
    return publish(topic="run", type="run.status", data={key: _plain(v) for key, v in data.items()}, run_id=run_id)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | bool | list | dict | type(None)) else str(value)
