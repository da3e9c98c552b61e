"""Which runs a page of figures is about: one, or those that ended in a period, as far as the reader may see them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from execution.models import ExecutionRun
from execution.selectors import get_run, visible_runs
from kernel.errors import InvalidInput
from kernel.states import ExecutionMode, RunStatus

V2_MODES = (ExecutionMode.V2_ATOMS, ExecutionMode.HYBRID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One run, or every run that ended from ``since`` to before ``until``."""

    run_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            raise InvalidInput("The period ends before it begins: 'since' must lie before 'until'.")


def ended_runs(user: Any, scope: Scope) -> QuerySet[ExecutionRun]:
    """Completed and failed runs in scope, the newest first; one run is in scope whatever its state."""
    if scope.run_id is not None:
        return visible_runs(user).filter(pk=get_run(user, scope.run_id).pk)
    runs = visible_runs(user).filter(status__in=[RunStatus.COMPLETED, RunStatus.FAILED], finished_at__isnull=False)
    if scope.since:
        runs = runs.filter(finished_at__gte=scope.since)
    if scope.until:
        runs = runs.filter(finished_at__lt=scope.until)
    return runs.order_by("-finished_at", "run_id")


def v2_installed() -> bool:
    """Whether the seven tables exist; without them figures about atoms read "not measured"."""
    return "atomic_units" in connection.introspection.table_names()
