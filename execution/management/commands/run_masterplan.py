"""Execute a plan and show how it goes."""

import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import IO, Any, cast

from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from execution.dispatchers import local, wake
from execution.estimates import estimate_run, estimate_words
from execution.models import ExecutionRun
from execution.report import report
from execution.runs import by_status
from execution.selectors import is_driven, is_scored, latest_run
from execution.services import RunOptions, pause, resume, start
from kernel.commands import BROKEN, MgeCommand, one_line
from kernel.errors import Conflict, InvalidInput
from kernel.states import ATOM_DONE, RunStatus
from masterplans.models import Masterplan
from masterplans.selectors import masterplan_by_id

POLL_SECONDS = 0.25
SCORES_SECONDS = 60.0
_RESTING = frozenset(
    {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.PAUSED, RunStatus.BUDGET_STOPPED}
)


def _usd(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"--budget {text!r} is not an amount of USD, such as 5 or 2.50.") from None


def _options(options: dict[str, Any]) -> RunOptions:
    return RunOptions(
        mode=options["mode"],
        policy=options["policy"],
        concurrency=options["concurrency"],
        budget_usd=_usd(options["budget"]) if options["budget"] is not None else None,
        ordering=options["ordering"],
        barrier=options["barrier"],
        suite_timeout=options["suite_timeout"],
        shadow=options["shadow"],
        write_tests=options["write_tests"] or None,
    )


class Command(MgeCommand):
    """``run_masterplan ID``; exit 0 when the run ended, whatever it found."""

    help = "Execute a masterplan. With --json stdout holds only the report."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Words are checked by the service, so that an unknown one gets the same error everywhere."""
        parser.add_argument("masterplan", metavar="ID")
        parser.add_argument("--mode", help="mvp, v2_atoms or hybrid; left out: what the flags say for the owner")
        parser.add_argument("--policy", help="repair (default) or regenerate")
        parser.add_argument("--concurrency", type=int, metavar="N", help="atoms in flight at once")
        parser.add_argument("--budget", type=str, metavar="USD", help="cap on what the model may cost")
        parser.add_argument("--ordering", help="interface (default) or strict")
        parser.add_argument("--barrier", action="store_true", help="a wave waits for the whole wave before")
        parser.add_argument("--shadow", action="store_true", help="the MVP ships; V2 runs afterwards, to be compared")
        parser.add_argument("--write-tests", action="store_true", help="the model writes tests for files without any")
        parser.add_argument("--suite-timeout", type=float, metavar="S", help="seconds for the whole test suite")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, follow, report."""
        plan = masterplan_by_id(options["masterplan"])
        asked = _options(options)
        run = self._stranded(plan)
        if run is None:
            self._say_estimate(estimate_run(plan, asked))
            run = start(plan, asked)
        try:
            self._follow(run)
            for child in run.shadows.exclude(status=RunStatus.CANCELLED):
                self._follow(child)
        except KeyboardInterrupt:
            self._hold(run)
            raise
        result = report(run)
        if options["json"]:
            self.emit(result)
        else:
            self._show(result)
        if run.status == RunStatus.FAILED:
            self.note(f"The run broke: {run.error}")
            sys.exit(BROKEN)

    def _say_estimate(self, found: dict[str, Any]) -> None:
        """What it may take, before anything is started."""
        self.note(f"Estimate: {estimate_words(found)}")
        if found["model"] is not None:
            for words in found["assumptions"]:
                self.note(f"  {words}")
        if found["budget_may_stop_it"]:
            self.note(f"  The budget of ${found['budget_usd']:.2f} may stop it; budget can be added then.")

    def _hold(self, run: ExecutionRun) -> None:
        """Ctrl-C pauses: what is stored is kept, and what is in flight is taken up again by whoever resumes."""
        run.refresh_from_db()
        if run.status in (RunStatus.PENDING, RunStatus.RUNNING):
            with suppress(Conflict):  # it ended this very moment
                pause(run)
                self.note(f"Run {run.pk} is paused; nothing that was paid for is lost.")
                self.note(f"Go on: manage.py run_masterplan {run.masterplan_id}   (or Resume in the console)")

    def _stranded(self, plan: Masterplan) -> ExecutionRun | None:
        """A run of the plan that was interrupted: going on with it redoes nothing that is stored."""
        run = latest_run(plan.pk)
        if run is not None and run.status == RunStatus.PAUSED:
            self.note(f"Going on with run {run.pk}, which was paused; its settings stay as they were.")
            resume(run)
            return run
        if run is None or run.status not in (RunStatus.PENDING, RunStatus.RUNNING) or is_driven(run):
            return None
        self.note(f"Going on with run {run.pk}, which was interrupted; its settings stay as they were.")
        wake(run.pk)
        return run

    def _follow(self, run: ExecutionRun) -> None:
        console = Console(file=sys.stderr)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
        )
        with Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
        ) as bar:
            task = bar.add_task("starting", total=1.0)
            while True:
                run.refresh_from_db()
                counts = by_status(run.pk)
                done = sum(n for status, n in counts.items() if status in ATOM_DONE)
                words = one_line(" ".join(filter(None, [run.phase or run.status, run.phase_detail])))
                bar.update(task, description=f"{words} ({done}/{run.atoms_total} atoms)", completed=_share(run, done))
                if run.status in _RESTING:
                    break
                if settings.DISPATCHER == "local" and local.join(run.pk, POLL_SECONDS):
                    wake(run.pk)  # the driver ended early: the lease of a dead one had not run out yet
                time.sleep(POLL_SECONDS)
        if settings.DISPATCHER == "local":
            local.join(run.pk)  # what follows the end (scoring, the queue) happens on the driver's thread
        if run.status == RunStatus.COMPLETED:
            self._wait_for_scores(run)
        run.refresh_from_db()

    def _wait_for_scores(self, run: ExecutionRun) -> None:
        """Another process may have driven the run: its queue is filled a moment after it has completed."""
        until = time.monotonic() + SCORES_SECONDS
        while not is_scored(run):
            if time.monotonic() > until:
                self.note("The review queue of this run is not filled yet; the next sweep fills it.")
                return
            time.sleep(POLL_SECONDS)

    def _show(self, result: dict[str, Any]) -> None:
        table = Table(title=f"Run {result['run_id']}", show_header=False)
        rows = {
            "status": result["status"],
            "mode, policy": f"{result['mode']}, {result['policy']}",
            "atoms, waves": f"{result['atoms_total']} in {result['waves']}",
            "by status": ", ".join(f"{n} {status}" for status, n in sorted(result["by_status"].items())),
            "tests passed": _tests(result),
            "cost": "unknown (a price is missing)" if result["cost_usd"] is None else f"${result['cost_usd']:.4f}",
            "model calls": str(result["calls"]),
            "seconds": f"{result['seconds'] or 0:.1f}",
            "to review": str(len(result["review_queue"])),
        }
        for name, value in rows.items():
            table.add_row(name, str(value))
        for level, counts in result["levels"].items():
            table.add_row(f"level {level}", ", ".join(f"{n} {word}" for word, n in counts.items() if n))
        Console(file=cast("IO[str]", self.stdout)).print(table)


def _share(run: ExecutionRun, done: int) -> float:
    return 1.0 if run.phase == "done" else done / max(1, run.atoms_total)


def _tests(result: dict[str, Any]) -> str:
    if result["tests_total"] is None or result["precision"] is None:
        return "not measured"
    return f"{result['tests_passed']} of {result['tests_total']} (precision {result['precision']:.1%})"
