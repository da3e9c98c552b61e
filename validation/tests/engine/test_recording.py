"""The suite over the drafts tells with what plain values passing tests call the project's functions."""

import json
from pathlib import Path

import pytest

from validation.domain.model import SuiteResult
from validation.engine.suite import run_suite
from validation.tests.projects import SHOP, project

CODE = """import threading


class Box:
    def __init__(self, size):
        self.size = size
        self.kept = {"a": [size]}

    def grow(self, by=1):
        self.size += by
        return self


def total(values, *more, sign=1, **named):
    return sign * sum(values) + sum(more)


def locked(lock):
    return lock


def loop(n):
    return n


def evil(thing):
    return 1


MISSING = object()


def pick(rows, key, default=MISSING):
    return min(rows, key=key)


class Machine:
    def __init__(self, start, *, step=1):
        self.own, self.at, self.step = threading.local(), start, step

    def turn(self, by):
        self.at += by * self.step
        return self.shown()

    def shown(self):
        return self.at
"""
TESTS = """import threading

import pytest

from code_ import MISSING, Box, Machine, evil, locked, loop, pick, total


class Evil:
    @property
    def __class__(self):
        raise SystemExit("looked at")

    def __getattribute__(self, name):
        raise SystemExit("looked at")


def test_box():
    assert Box(2).grow(3).size == 5


def test_total():
    shared = [1, 2]
    assert total(shared, 4, sign=-1, other=shared) == 1


def test_locked():
    locked(number for number in [])


def test_loop():
    assert [loop(n) for n in range(100)]


def test_evil():
    evil(Evil())


def test_pick():
    assert pick([2, 1], lambda n: n, MISSING) == 1


def test_machine():
    machine = Machine(3)
    machine.turn(2)
    assert machine.turn(4) == 9


def test_wrong():
    assert loop("wrong") == 1
"""


def run(files: dict[str, str], *, record: bool = True) -> SuiteResult:
    return run_suite(project(files), cache=Path("unused"), timeout_seconds=60.0, memory_mib=1024, record=record)


@pytest.fixture(scope="module")
def calls() -> dict[str, list[dict[str, object]]]:
    found = run({"code_.py": CODE, "tests/test_code.py": TESTS})
    assert {case.id.rpartition("::")[2] for case in found.cases if case.status == "failed"} == {"test_wrong"}
    return {name: [json.loads(call) for call in rows] for name, rows in found.calls["code_.py"].items()}


@pytest.mark.sandbox
def test_arguments_travel_as_values_what_is_shared_stays_shared(calls: dict[str, list[dict[str, object]]]) -> None:
    assert calls["total"] == [
        {
            "p": [["values", "a", ["r", 0]], ["sign", "k", -1], ["more", "*", ["r", 1]], ["named", "**", ["r", 2]]],
            "h": [["list", [1, 2]], ["tuple", [4]], ["dict", [["other", ["r", 0]]]]],
        }
    ]


@pytest.mark.sandbox
def test_a_receiver_is_its_class_and_its_attributes(calls: dict[str, list[dict[str, object]]]) -> None:
    held = [["size", 2], ["kept", ["r", 1]]]
    heap = [["object", "code_", "Box", [], held], ["dict", [["a", ["r", 2]]]], ["list", [2]]]
    assert calls["Box.grow"] == [{"p": [["self", "a", ["r", 0]], ["by", "a", 3]], "h": heap}]


@pytest.mark.sandbox
def test_what_is_no_value_is_not_recorded_and_a_loop_not_without_end(calls: dict[str, list[dict[str, object]]]) -> None:
    assert "locked" not in calls
    [evil] = calls["evil"]
    assert evil["h"] == [["object", "test_code", "Evil", [], []]]  # taken apart without running any code of it
    assert [call["p"] for call in calls["loop"]] == [[["n", "a", n]] for n in range(2)]  # and none of a test that fails


@pytest.mark.sandbox
def test_a_sentinel_is_the_one_of_its_module_and_a_lambda_has_a_stand_in(
    calls: dict[str, list[dict[str, object]]],
) -> None:
    assert calls["pick"][0]["h"] == [["list", [2, 1]], ["stand_in", ""], ["global", "code_", "MISSING"]]


@pytest.mark.sandbox
def test_nothing_is_recorded_unless_asked_for_and_recording_changes_no_coverage() -> None:
    plain, recorded = run(SHOP, record=False), run(SHOP)
    assert plain.calls == {}
    assert {path: set(names) for path, names in recorded.calls.items()} == {
        "shop/price.py": {"gross", "net"},
        "shop/cart.py": {"Cart.__init__", "Cart.add", "Cart.total"},
    }
    assert (plain.cases and [(c.id, c.status) for c in plain.cases]) == [(c.id, c.status) for c in recorded.cases]
    assert plain.coverage == recorded.coverage


@pytest.mark.sandbox
def test_what_cannot_be_taken_apart_is_told_by_how_it_was_made_and_what_was_done_with_it(
    calls: dict[str, list[dict[str, object]]],
) -> None:
    made = [["start", "a", 3], ["step", "k", 1]]
    first, second = (call["h"] for call in calls["Machine.turn"])
    assert first == [["made", "code_", "Machine", made, []]]
    assert second == [["made", "code_", "Machine", made, [["turn", [["by", "a", 2]]]]]]
    inside = calls["Machine.shown"][0]
    assert inside["h"] == first  # the turn that asks for it has not ended
