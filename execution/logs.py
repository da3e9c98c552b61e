"""What every log line of a run carries: its run, mode, atom, and the request that started it.

Threads and workers begin with an empty context, so each binds what it works on. The request's id travels in the run's
frozen settings, from HTTP through the queue to the model (``X-Request-ID``).
"""

import uuid
from contextlib import AbstractContextManager

import structlog

from execution.models import ExecutionRun


def about(run: ExecutionRun, *, atom_id: uuid.UUID | None = None) -> AbstractContextManager[None]:
    """Bind the context of a run, or of one of its atoms, for a ``with`` block."""
    names = {"run": str(run.pk), "mode": run.mode}
    if request_id := run.settings.get("request_id"):
        names["request_id"] = request_id
    if atom_id is not None:
        names["atom"] = str(atom_id)
    return structlog.contextvars.bound_contextvars(**names)


def request_id() -> str | None:
    """The id of the request that is being answered now; None in commands and sweeps."""
    return structlog.contextvars.get_contextvars().get("request_id")
