"""Staged rollout of V2 from the command line: where it stands, up, down, off."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from execution.selectors import run_by_id
from flags.models import FlagChange
from kernel.commands import MgeCommand, one_line
from kernel.errors import InvalidInput
from rollout import complete, selectors, services, stages
from rollout.watcher import watch

SOURCE = FlagChange.Source.COMMAND


class Command(MgeCommand):
    """``rollout status | advance | rollback | release | phase | report-bug | close-bug | watch``."""

    help = "Show and change how many users are on V2."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand, each with its options; changes take a reason, and --dry-run to only say what would be."""
        shared = ArgumentParser(add_help=False)
        shared.add_argument("--json", action="store_true", dest="json_after", help="print one JSON object on stdout")
        changes = ArgumentParser(add_help=False, parents=[shared])
        changes.add_argument("--reason", default="", help="why; it is kept in the history")
        changes.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        sub = parser.add_subparsers(dest="what", required=True)
        sub.add_parser("status", parents=[shared], help="where the rollout stands")
        sub.add_parser("advance", parents=[changes], help="to the next stage, where the guards allow it")
        back = sub.add_parser("rollback", parents=[changes], help="one stage down; --now: the kill switch")
        how = back.add_mutually_exclusive_group()
        how.add_argument("--now", action="store_true", help="MVP for everyone, at once")
        how.add_argument("--phase", metavar="SWITCH", help="this phase alone goes the MVP's way")
        how.add_argument("--complete", type=Path, metavar="DIR", help="export all V2 data to DIR, then drop its tables")
        sub.add_parser("release", parents=[changes], help="take the kill latch off")
        phase = sub.add_parser("phase", parents=[changes], help="switch a phase of V2 on or off")
        phase.add_argument("name", metavar="SWITCH")
        phase.add_argument("state", choices=["on", "off"])
        bug = sub.add_parser("report-bug", parents=[shared], help="note a bug seen in a run")
        bug.add_argument("run", metavar="RUN")
        bug.add_argument("--critical", action="store_true", help="holds every stage, and sends V2 back")
        bug.add_argument("--description", default="reported from the command line")
        closing = sub.add_parser("close-bug", parents=[shared], help="close a bug")
        closing.add_argument("bug", type=int, metavar="NUMBER")
        closing.add_argument("--resolution", required=True)
        sub.add_parser("watch", parents=[shared], help="let the watcher look once, now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, then say what was done."""
        as_json = options["json"] or options.get("json_after", False)
        result = self._do(options)
        if as_json:
            self.emit(result)
        else:
            for line in _lines(result):
                self.stdout.write(one_line(line))

    def _do(self, options: dict[str, Any]) -> dict[str, Any]:
        what = options["what"]
        if what == "status":
            return _plain(selectors.status())
        if what == "watch":
            return asdict(watch())
        if what == "report-bug":
            run = run_by_id(options["run"])
            bug = services.report_bug(run, description=options["description"], critical=options["critical"])
            return _plain(selectors.bug_payload(bug))
        if what == "close-bug":
            return _plain(selectors.bug_payload(services.close_bug(options["bug"], resolution=options["resolution"])))
        return self._change(what, options)

    def _change(self, what: str, options: dict[str, Any]) -> dict[str, Any]:
        reason, dry_run = options["reason"], options["dry_run"]
        if not reason.strip() and not dry_run:
            raise InvalidInput("Say why: --reason is needed, it is kept in the history.")
        how: dict[str, Any] = {"reason": reason, "by": None, "source": SOURCE, "dry_run": dry_run}
        if what == "advance":
            return asdict(stages.advance(**how))
        if what == "release":
            return asdict(stages.release(**how))
        if what == "phase":
            return asdict(stages.set_phase(options["name"], active=options["state"] == "on", **how))
        if options["now"]:
            return asdict(stages.kill(**how))
        if options["phase"]:
            return asdict(stages.set_phase(options["phase"], active=False, **how))
        if options["complete"]:
            folder = options["complete"]
            return asdict(complete.roll_back_completely(folder, reason=reason, dry_run=dry_run, note=self.note))
        return asdict(stages.step_back(**how))


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {key: _json(item) for key, item in value.items()}


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value if isinstance(value, int | float | bool | str | type(None)) else str(value)


def _lines(result: dict[str, Any]) -> list[str]:
    if "guards" not in result:
        return [f"{key.replace('_', ' ')}: {value}" for key, value in result.items()]
    lines = [result["sentence"], f"next stage: {result['next_stage'] or '-'}"]
    for guard in result["guards"]:
        value = "-" if guard["value"] is None else f"{guard['value']:.4g}"
        between = "" if guard["low"] is None else f" ({guard['low']:.4g} to {guard['high']:.4g})"
        verdict = guard["verdict"].replace("_", " ")
        lines.append(
            f"{guard['name']:<14} {verdict:<8} {value}{between}, n={guard['sample']} of {guard['min_sample']},"
            f" goal {guard['goal']:g}, rollback at {guard['limit']:g}{', FIRES' if guard['fires'] else ''}"
        )
    watcher = result["watcher"]
    lines.append(f"V2 runs under way: {result['live_v2_runs']}")
    lines.append(f"watcher: {watcher['verdict'] if watcher else 'has not looked yet'}")
    return lines
