"""The complete rollback: stop V2, export everything, take the seven tables away."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command

from atoms.models import AtomicUnit
from execution.models import ExecutionRun
from execution.selectors import is_driven
from execution.services import pause
from flags.models import FlagChange
from kernel.errors import Conflict, InvalidInput
from kernel.states import RunStatus
from kernel.v2 import forget, require_v2
from masterplans.models import Masterplan
from rollout import preserving
from rollout.domain import archive
from rollout.stages import kill, live_v2_runs

PARK_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a complete rollback did, or (``dry_run``) would do."""

    plans: int
    rows: int
    files: tuple[str, ...]
    parked_runs: int
    dry_run: bool


def roll_back_completely(
    folder: Path, *, reason: str, by: Any = None, dry_run: bool = False, note: Any = print
) -> Removed:
    """Kill switch, park the V2 runs, export every plan into ``folder``, check the files, migrate the tables away.

    Nothing is removed before every file was read back. ``migrate`` and ``import_v2`` bring everything back.
    """
    require_v2()
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder: create it, or choose another place.")
    ids = AtomicUnit.objects.order_by().values("masterplan_id").distinct()
    plans = list(Masterplan.objects.filter(pk__in=ids).order_by("created_at"))
    live = list(live_v2_runs().exclude(status__in=[RunStatus.PAUSED, RunStatus.BUDGET_STOPPED]))
    files = tuple(str(folder / f"{plan.pk}.v2.jsonl.gz") for plan in plans)
    if dry_run:
        return Removed(plans=len(plans), rows=0, files=files, parked_runs=len(live), dry_run=True)
    kill(reason=reason, by=by, source=FlagChange.Source.COMMAND)
    _park(live)
    rows = 0
    for plan, name in zip(plans, files, strict=True):
        written = preserving.export(plan, Path(name))
        head = archive.check(Path(name))
        if head["masterplan_id"] != str(plan.pk):
            raise Conflict(f"{name} was overwritten meanwhile; nothing was removed.")
        rows += written.rows
        note(f"{name}: {written.rows} rows")
    call_command("migrate", "atoms", "zero", verbosity=0)
    forget()
    return Removed(plans=len(plans), rows=rows, files=files, parked_runs=len(live), dry_run=False)


def _park(runs: list[ExecutionRun]) -> None:
    """Pause what runs and wait until its drivers have let go, so that nothing is written after the export."""
    for run in runs:
        pause(run)
    until = time.monotonic() + PARK_SECONDS
    for run in runs:
        while is_driven(run):
            if time.monotonic() > until:
                raise Conflict(f"Run {run.pk} is still driven after {PARK_SECONDS:.0f} s; nothing was removed.")
            time.sleep(0.2)
            run.refresh_from_db()
