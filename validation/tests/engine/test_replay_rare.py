"""Replays see through addresses, into zones of a project's own, and to methods that nothing in the text leads to."""

from pathlib import Path

import pytest

from masterplans.domain.workspace import Workspace
from validation.domain.model import SuiteResult
from validation.domain.strictness import Place
from validation.engine.replay_tool import with_replays
from validation.engine.static import static_findings
from validation.engine.suite import run_suite
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = """import threading
from datetime import datetime, timedelta, tzinfo


class Zone(tzinfo):
    def __init__(self, hours=0):
        self.hours = hours

    def utcoffset(self, at):
        return timedelta(hours=self.hours)


def moved(hours):
    return datetime(2020, 1, 1, tzinfo=Zone(hours + 1))


def later(at):
    return at + timedelta(1)


def tag(number):
    return f"{object()} {number + 1}"


class Box:
    def __init__(self, rows):
        self.rows = rows

    def __contains__(self, pair):
        return pair[1] in self.rows

    def has(self, number):
        return (threading.local(), number) in self
"""
TESTS = """from datetime import datetime
from zoneinfo import ZoneInfo

from m import Box, Zone, later, moved, tag


def test_all():
    assert all(later(datetime(2020, 5, 1, tzinfo=zone)) for zone in (Zone(4), ZoneInfo("Asia/Tokyo")))
    assert moved(1) and tag(1) and Box([1, 2]).has(2)
"""


def state(code: str) -> Workspace:
    return project({"m.py": code, "tests/test_m.py": TESTS})


@pytest.fixture(scope="module")
def suite() -> SuiteResult:
    return run_suite(state(DRAFT), cache=Path("unused"), timeout_seconds=60, memory_mib=1024, record=True)


def answers(suite: SuiteResult, old: str, new: str) -> tuple[dict[str, str], dict[str, str]]:
    """By input, what the draft answers about the function of the changed line, and what the new code does."""
    assert DRAFT.count(old) == 1
    line = DRAFT[: DRAFT.index(old)].count("\n") + 1
    draft, code = state(DRAFT), state(DRAFT.replace(old, new))
    reports = with_replays(
        static_findings(code, cache=Path("unused")), static_findings(draft, cache=Path("unused")), code=code,
        draft=draft, accepted=draft, suite=suite, places=[Place(path="m.py", first=line, last=line)],
    )  # fmt: skip
    after, before = ({g: a for rows in r.generated["m.py"].answers.values() for g, a in rows.items()} for r in reports)
    return before, after


def test_an_address_is_no_part_of_an_answer_and_the_rest_of_its_text_is(suite: SuiteResult) -> None:
    before, after = answers(suite, "{number + 1}", "{number + 2}")
    assert before["(number=1)"] == "'<object object at 0x?> 2'"
    assert after["(number=1)"] == "'<object object at 0x?> 3'"


def test_a_zone_of_the_project_is_told_by_what_it_holds(suite: SuiteResult) -> None:
    before, after = answers(suite, "hours + 1", "hours + 2")
    assert before["(hours=1)"] == "datetime.datetime(2020, 1, 1, 0, 0) in Zone(hours=2)"
    assert after["(hours=1)"] == "datetime.datetime(2020, 1, 1, 0, 0) in Zone(hours=3)"


def test_times_in_zones_are_recorded_and_tell_the_zone(suite: SuiteResult) -> None:
    before, after = answers(suite, "at + timedelta(1)", "at.replace(tzinfo=None)")
    for zone in ("Zone(hours=4)", "ZoneInfo('Asia/Tokyo')"):
        given = f"(at=datetime.datetime(2020, 5, 1, 0, 0) in {zone})"
        assert before[given] == f"datetime.datetime(2020, 5, 2, 0, 0) in {zone}"
        assert after[given] == "datetime.datetime(2020, 5, 1, 0, 0)"


def test_a_method_that_nothing_leads_to_is_asked_through_others_of_its_class(suite: SuiteResult) -> None:
    before, after = answers(suite, "in self.rows", "in self.rows[1:]")
    assert suite.calls["m.py"].keys() >= {"Box.has"}
    assert "Box.__contains__" not in suite.calls["m.py"]
    differing = [given for given in before if after.get(given) != before[given]]
    assert any("through Box.has(" in given for given in differing), (before, after)
