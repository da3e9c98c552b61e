"""The bench of validation seeds one defect at a time and counts only what a test kills."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from bench import validation_sandbox
from bench.validation import Tally, measure
from bench.validation_mutants import is_equivalent, mutants
from bench.validation_targets import workspace_of
from kernel.errors import InvalidInput
from validation.tests.projects import SHOP, project

SOURCE = b"""LIMIT = 3


def f(a, b):
    seen = []
    seen.append(a)
    if a < LIMIT and not b:
        return a + 1
    return None
"""


def test_every_operator_seeds_one_defect_inside_functions() -> None:
    found = list(mutants(SOURCE))
    assert Counter(one.operator for one in found) == {
        "deletion": 2, "boolean": 2, "comparison": 1, "boundary": 1, "return": 1, "arithmetic": 1, "constant": 1,
        "condition": 1,
    }  # fmt: skip
    for one in found:
        ast.parse(one.source)
        changed = [
            n for n, (a, b) in enumerate(zip(SOURCE.split(b"\n"), one.source.split(b"\n"), strict=True), 1) if a != b
        ]
        assert changed == [one.line]


def test_a_defect_in_something_long_moves_no_line_behind_it() -> None:
    source = (
        b"def f(a, b):\n    call(\n        a,\n        b,\n    )\n    x = max(\n        a, b\n    )\n    return x\n"
    )
    found = list(mutants(source))
    assert {"argument", "deletion"} <= {one.operator for one in found}
    for one in found:
        ast.parse(one.source)
        assert one.source.count(b"\n") == source.count(b"\n")


@pytest.mark.sandbox
def test_it_measures_a_small_project() -> None:
    tally = measure(project(SHOP), count=4, seed=1, replies=1, rewrites=2, strict=3)
    figures = tally.summary()
    assert set(figures) == {
        "seeded", "killable", "caught", "culprit_top1", "culprit_top5", "false_alarm_pct", "ms_per_atom",
        "replies_seeded", "replies_caught", "replies_caught_without_calls", "replies_caught_of_others",
        "replies_equivalent", "replies_judged_equivalent", "replies_missed", "rewrites", "rewrites_compared",
        "rewrites_alarm_pct", "rewrites_alarms", "strict_atoms", "strict_unjudged",
        "strict_false_alarm_pct", "strict_alarms", "strict_proven_pct", "strict_ms_median",
        "strict_ms_p95", "strict_reasons", "drawn_functions", "annotation_alarm_pct", "annotation_alarms",
    }  # fmt: skip
    assert (tally.seeded, figures["caught"], figures["culprit_top5"], figures["false_alarm_pct"]) == (4, 1.0, 1.0, 0.0)
    assert (figures["rewrites"], figures["rewrites_compared"], figures["rewrites_alarms"]) == (2, 2, [])
    assert (figures["strict_atoms"], figures["strict_false_alarm_pct"], figures["strict_proven_pct"]) == (3, 0.0, 100.0)


@pytest.mark.sandbox
def test_the_start_of_a_sandbox_is_measured_beside_the_same_work_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_sandbox, "COUNT", 2)
    figures = validation_sandbox.start_cost()
    assert figures["start_bare_ms"] > 0
    assert figures["start_above_ms"] == pytest.approx(
        figures["start_sandboxed_ms"] - figures["start_bare_ms"], abs=0.11
    )


@pytest.mark.sandbox
def test_what_breaks_its_annotation_in_right_code_is_an_alarm() -> None:
    code = "def f(n: int) -> int:\n    return None if n > 19 else n\n"
    tally = measure(project({"m.py": code, "test_m.py": "from m import f\n\n\ndef test():\n    assert f(1) == 1\n"}),
                    count=0, seed=1)  # fmt: skip
    assert (tally.drawn, tally.annotations) == (1, ["m.py: f(20) gives None, annotated int"])


def test_nothing_to_measure_is_unknown_or_an_error() -> None:
    assert Tally().summary()["culprit_top1"] is None
    with pytest.raises(InvalidInput, match="ships no tests"):
        workspace_of("tomllib")
    with pytest.raises(InvalidInput, match="no installed package"):
        workspace_of("no_such_package.at_all")


def test_what_compiles_to_the_same_code_is_no_defect() -> None:
    assert is_equivalent(b"x = 1\n", b"x = (\n    1)\n")
    assert not is_equivalent(b"x = 1\n", b"x = 1.0\n")
    assert not is_equivalent(b"def f():\n    return 1\n", b"def f():\n    return True\n")


def test_a_folder_is_a_target(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = 1\n")
    with pytest.raises(InvalidInput, match="ships no tests"):
        workspace_of(str(tmp_path))
    (tmp_path / "test_m.py").write_text("def test_x():\n    pass\n")
    assert set(workspace_of(str(tmp_path)).files) == {"m.py", "test_m.py"}
