"""One run of the engine in a process of its own: ``python -m bench.scheduler.drive``; the last line is its figures.

Everything is the product's own. Validation goes the MVP way (syntax alone), for what is measured is the scheduler.
"""

import argparse
import json
import os
import resource
import sys
import time
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any


def main() -> int:
    """Import, run, report. The database has its tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--barrier", action="store_true")
    parser.add_argument("--drafts", action="store_true", help="no model: judge the drafts alone")
    parser.add_argument("--watch", default="", help="process ids of who drives it: report their processor time")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
    import django  # noqa: PLC0415

    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415

    from execution.engine import waves  # noqa: PLC0415
    from execution.services import RunOptions, start  # noqa: PLC0415
    from masterplans.importers.folder_plan import SourceOptions, plan_of_folder  # noqa: PLC0415
    from masterplans.models import SourceKind  # noqa: PLC0415
    from masterplans.services import create_from_spec  # noqa: PLC0415

    owner, _ = User.objects.get_or_create(username="bench")
    spec = plan_of_folder(SourceOptions(directory=options.folder))
    plan = create_from_spec(spec, owner=owner, source_kind=SourceKind.SOURCE_TREE)
    figures: dict[str, Any] = {}
    real = waves.WaveExecutor.execute

    def timed(self: Any) -> bool:
        figures.setdefault("start_mib", _fresh_peak())
        wall, own = time.monotonic(), time.process_time()
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            return real(self)
        finally:
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            figures["execute_peak_mib"] = _status("VmHWM")
            figures["seconds"] = figures.get("seconds", 0.0) + time.monotonic() - wall
            figures["own_cpu"] = figures.get("own_cpu", 0.0) + time.process_time() - own
            figures["children_cpu"] = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime

    waves.WaveExecutor.execute = timed  # type: ignore[method-assign]
    asked = RunOptions(
        mode="hybrid",
        policy="repair" if options.drafts else "regenerate",
        concurrency=options.width,
        barrier=options.barrier,
        budget_usd=Decimal(1_000_000),
    )
    print(json.dumps(figures | _follow(start(plan, asked), [int(pid) for pid in options.watch.split(",") if pid])))
    return 0


def _fresh_peak() -> float | None:
    """Forget the peak of the import and the layout; what is held now, in MiB."""
    with suppress(OSError):  # Linux alone
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> float | None:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return None


def _seconds(pids: list[int]) -> list[float]:
    """Processor time of each process so far, without its children's."""
    ticks = os.sysconf("SC_CLK_TCK")
    rows = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for pid in pids]
    return [(int(row[11]) + int(row[12])) / ticks for row in rows]


def _follow(run: Any, pids: list[int]) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415

    from execution.dispatchers import local  # noqa: PLC0415
    from execution.models import RunAtom  # noqa: PLC0415
    from execution.runs import by_status  # noqa: PLC0415
    from kernel.states import RUN_LIVE  # noqa: PLC0415

    before: list[float] = []
    after: list[float] = []
    while True:
        run.refresh_from_db()
        if run.phase == "executing" and not before:
            before = _seconds(pids)
        elif run.phase == "executing":
            after = _seconds(pids)
        if run.status not in RUN_LIVE:
            break
        if settings.DISPATCHER == "local":
            local.join(run.pk, 1.0)
        else:
            time.sleep(0.25)
    rows = RunAtom.objects.filter(run=run, loc__gt=0)
    begun = rows.order_by("started_at").values_list("started_at", flat=True).first()
    ended = rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
    return {
        "status": run.status,
        "error": run.error,
        "atoms": run.atoms_total,
        "by_status": by_status(run.pk),
        "calls": run.calls,
        "watched": [last - first for first, last in zip(before, after, strict=False)],
        "span": (ended - begun).total_seconds() if begun and ended else None,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
