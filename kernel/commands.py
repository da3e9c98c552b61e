"""The base of all management commands: one line for what went wrong, stdout for the result alone."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, SystemCheckError, handle_default_options
from django.db import DatabaseError, connections
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kernel.errors import MgeError

BAD_INPUT = 2  # exit code: what was given cannot be used; nothing was written
BROKEN = 1  # exit code: the input may be fine, something this needs is not
_SHOW_AFTER_SECONDS = 0.5  # a bar that flashes by is noise


def one_line(text: str) -> str:
    """``text`` on one line without control characters, so that hostile names cannot forge output."""
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)


class _LineError(CommandError):
    """An error that is one line already."""


def _as_command_error(error: Exception) -> CommandError:
    if isinstance(error, (SystemCheckError, _LineError)):
        return error
    if isinstance(error, CommandError):
        code = BAD_INPUT if error.returncode == 1 else error.returncode
        return _LineError(one_line(str(error).removeprefix("Error: ")), returncode=code)
    if isinstance(error, MgeError):
        return _LineError(one_line(error.message), returncode=BAD_INPUT if error.http_status < 500 else BROKEN)
    detail = one_line(str(error)).rstrip(".")
    return _LineError(f"The database did not answer ({detail}). Is it migrated?", returncode=BROKEN)


class MgeCommand(BaseCommand):
    """A command that scripts can rely on.

    stdout holds the result alone (with ``--json`` one object); progress and notes go to stderr. Bad input is one line
    on stderr and exit code 2; something missing on this machine (5xx errors, the database) is one line and exit code 1.
    Called from Python, the same errors arrive as ``CommandError`` with that ``returncode``.
    """

    requires_system_checks: list[str] = []  # runserver and migrate check; here they would load every URL
    has_json = False  # a subclass that sets it gets the option --json

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Add ``--json`` where the command has it."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if self.has_json:
            parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line; every foreseen error is one line. ``--traceback`` shows the whole."""
        options: dict[str, Any] = {}
        try:
            parsed = self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
            options = vars(parsed)
            handle_default_options(parsed)
            self.execute(*options.pop("args", ()), **options)
        except CommandError as error:
            if options.get("traceback"):
                raise
            sys.stderr.write(f"{_as_command_error(error)}\n")
            sys.exit(_as_command_error(error).returncode)
        except KeyboardInterrupt:
            sys.stderr.write("interrupted\n")
            sys.exit(130)
        finally:
            connections.close_all()

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run, with every foreseen error as a one-line ``CommandError``."""
        try:
            return super().execute(*args, **options)
        except (CommandError, MgeError, DatabaseError) as error:
            raise _as_command_error(error) from error

    def note(self, text: str) -> None:
        """One line for the person at the terminal, on stderr."""
        self.stderr.write(one_line(text), lambda line: line)

    def emit(self, result: object) -> None:
        """The one JSON object of ``--json``."""
        self.stdout.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int | None], None]]:
        """A bar on stderr, where stderr is a terminal and the work takes longer than half a second.

        Yields ``report(done, total)``; ``total`` may be None while it is unknown.
        """
        console = Console(file=sys.stderr)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        task = bar.add_task(title, total=None)
        began = time.monotonic()

        def report(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)
            if not bar.live.is_started and time.monotonic() - began > _SHOW_AFTER_SECONDS:
                bar.start()

        try:
            yield report
        finally:
            bar.stop()
