"""``python -m bench``: one object on the last line, or one line that says what is wrong."""

import json
from typing import Any

import pytest

import bench.__main__ as bench
from kernel.errors import InvalidInput


def test_the_object_is_the_last_line_and_all_of_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(argv: list[str]) -> dict[str, Any]:
        print("half way")
        return {"argv": argv}

    monkeypatch.setattr(bench, "_find", lambda _: measure)
    assert bench.main(["graph", "--json", "--atoms", "9"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"argv": ["--atoms", "9"]}
    assert (out.count("\n"), err) == (1, "half way\n")


@pytest.mark.parametrize("argv", [["guesses"], ["../x"], [], ["--json"]])
def test_an_unknown_name_is_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(argv) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "atomizer" in err


def test_what_is_not_built_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "find_spec", lambda _: None)
    assert bench.main(["review", "--json"]) == 2
    assert capsys.readouterr().err == "The measurement review is not built yet.\n"


def test_bad_input_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(argv: list[str]) -> dict[str, Any]:
        raise InvalidInput("no file there")

    monkeypatch.setattr(bench, "_find", lambda _: refuse)
    assert bench.main(["graph", "--json"]) == 2
    assert capsys.readouterr() == ("", "no file there\n")
