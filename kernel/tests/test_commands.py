"""One line and exit 2 for bad input; stdout for the result alone."""

from typing import Any

import pytest
from django.core.management.base import CommandError, CommandParser

from kernel.commands import MgeCommand, one_line
from kernel.errors import InvalidInput, Unavailable


class Example(MgeCommand):
    """Fails as it is told."""

    has_json = True
    error: Exception | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if self.error:
            raise self.error
        with self.progress("counting") as report:
            report(1, options["count"])
        self.note("counted")
        if options["json"]:
            self.emit({"count": options["count"]})


def run(*argv: str, error: Exception | None = None) -> int:
    command = Example()
    command.error = error
    try:
        command.run_from_argv(["manage.py", "example", *argv])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_json_is_all_of_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("3", "--json") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ('{"count":3}\n', "counted\n")


@pytest.mark.parametrize(
    ("argv", "error", "code", "says"),
    [
        (("x",), None, 2, "invalid int value: 'x'"),
        ((), None, 2, "the following arguments are required: count"),
        (("1",), InvalidInput("No\nfile \x1b[31m."), 2, "No file \\x1b[31m."),
        (("1",), CommandError("Not so."), 2, "Not so."),
        (("1",), Unavailable("No sandbox."), 1, "No sandbox."),
    ],
)
def test_an_error_is_one_line(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], error: Exception | None, code: int, says: str
) -> None:
    assert run(*argv, error=error) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


def test_called_from_python_the_error_carries_the_exit_code() -> None:
    command = Example()
    command.error = InvalidInput("Wrong.")
    with pytest.raises(CommandError) as caught:
        command.execute(count=1, json=False, force_color=False, no_color=False, skip_checks=True)
    assert caught.value.returncode == 2


def test_one_line_keeps_letters_of_every_language() -> None:
    assert one_line("größe\t\u202e 漢") == "größe \\u202e 漢"
