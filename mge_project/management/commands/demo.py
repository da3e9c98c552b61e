"""``demo``: import the bundled example once, run it in V2, and say what the run found."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from execution.models import ExecutionRun
from execution.report import report
from execution.selectors import failures, latest_run
from kernel.commands import MgeCommand, one_line
from kernel.states import RUN_LIVE, ExecutionMode, RunStatus
from masterplans.importers.plan_on_disk import plan_of_file
from masterplans.models import Masterplan, Team
from masterplans.services import import_plan_file
from mge_project.management.commands.ensure_users import TEAM, TEAM_MEMBERS, ensure_users, sign_in_lines

OWNER = "operator"
EXAMPLE = settings.BASE_DIR / "examples" / "shop" / "plan.yaml"
DEFAULT_URL = "http://127.0.0.1:8000"
_SHOWN = 12  # failed atoms listed; the console shows the rest


class Command(MgeCommand):
    """``demo [--url URL]``; a second call runs nothing anew and says the same."""

    help = "Make the demo users, import and run the bundled example once, print what it found and how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the console will be."""
        parser.add_argument("--url", default=DEFAULT_URL, help=f"address of the console (default: {DEFAULT_URL})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Users, example, findings, sign-in."""
        users = ensure_users()
        run = self._run(_example())
        for line in _findings(run, options["url"]):
            self.stdout.write(one_line(line))
        self.stdout.write("")
        for line in sign_in_lines(users):
            self.stdout.write(line)
        people = " and ".join(TEAM_MEMBERS)
        self.stdout.write(f"The example belongs to {OWNER} and is shared with the team {TEAM}: {people} review it.")

    def _run(self, plan: Masterplan) -> ExecutionRun:
        """The newest run worth showing; one is made where there is none, or where it was broken off."""
        run = latest_run(plan.pk)
        if run is not None and run.status not in {RunStatus.CANCELLED, RunStatus.FAILED}:
            return run
        self.note(f"Running the bundled example, {plan.name!r}, in V2.")
        try:
            call_command("run_masterplan", str(plan.pk), mode=ExecutionMode.V2_ATOMS.value, stdout=self.stdout)
        except SystemExit:
            self.note("The run broke off; the console shows as far as it came.")
        return ExecutionRun.objects.filter(masterplan=plan).latest("created_at")


def _example() -> Masterplan:
    owner = User.objects.get(username=OWNER)
    name = plan_of_file(str(EXAMPLE)).name
    team = Team.objects.get(name=TEAM)
    plan = Masterplan.objects.filter(owner=owner, name=name).order_by("created_at").first()
    if plan is not None and plan.team is None:  # imported before there were teams
        Masterplan.objects.filter(pk=plan.pk).update(team=team)
    return plan or import_plan_file(str(EXAMPLE), owner=owner, team=team)[0]


def _findings(run: ExecutionRun, url: str) -> Iterator[str]:
    if run.status in RUN_LIVE:
        yield f"The run of the bundled example is {run.status}: {url}/runs/{run.pk}"
        return
    result = report(run)
    failed = failures(run)
    tests = "not measured" if result["precision"] is None else f"{result['tests_passed']} of {result['tests_total']}"
    yield f"The bundled example: {result['atoms_total']} atoms, {len(failed)} of them not passed; tests passed: {tests}"
    for row in failed[:_SHOWN]:
        yield f"  {row['path']}  {row['symbol'] or '-'}  {row['status']}: {row['message'] or row['category']}"[:160]
    if len(failed) > _SHOWN:
        yield f"  and {len(failed) - _SHOWN} more"
    yield f"{len(result['review_queue'])} atoms wait for a person: {url}/review"
    yield f"The run: {url}/runs/{run.pk}"
