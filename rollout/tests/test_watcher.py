"""The watcher: takes V2 back by itself where a trigger fires, and never while data is missing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from execution.models import ExecutionRun, RunEvent
from flags.models import FlagChange
from flags.routing import current
from rollout import clock, services, stages, watcher
from rollout.models import UntimedRun, Watch
from rollout.tests.conftest import Ended, set_flag
from rollout.watcher import watch


def at(percentage: int) -> None:
    set_flag(enabled=True, percentage=percentage)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"precision": 0.5}, "precision 0.5"),
        ({"seconds": 20000}, "seconds 2e+04"),
    ],
)
def test_a_trigger_takes_everybody_back_and_says_so(ended: Ended, bad: dict[str, Any], words: str) -> None:
    at(25)
    ended(12, **bad)
    assert watch().verdict == "rolled_back"
    now = current()
    assert (now.percentage, now.killed) == (0, False)
    entry = FlagChange.objects.first()
    assert entry is not None
    assert (entry.source, entry.by) == ("watcher", None)
    assert words in entry.reason
    event = RunEvent.objects.get(type="rollout.rolled_back")
    assert event.data["from"] == 25
    assert event.data["recovery_seconds"] > 0
    assert watch().verdict == "idle", "once is enough"


def test_many_errors_or_a_critical_bug_pull_the_kill_switch(ended: Ended) -> None:
    at(50)
    ended(10, status="failed")
    assert watch().verdict == "killed"
    set_flag(kill_latch=False)
    ended(80)
    assert watch().verdict == "calm", "the window began anew"
    services.report_bug(ended(1)[0], description="eats data", critical=True)
    assert watch().verdict == "killed"
    assert current().killed


def test_unhappy_people_take_it_back(ended: Ended) -> None:
    at(10)
    for n, run in enumerate(ended(12)):
        services.give_feedback(run, score=1 + n % 2, word="slow", user=run.masterplan.owner)
    assert watch().verdict == "rolled_back"


def test_too_little_data_does_nothing(ended: Ended) -> None:
    at(25)
    ended(9, status="failed")
    assert watch().verdict == "calm"
    ended(30, precision=None, seconds=-1, unpriced_calls=1)
    assert (current().percentage, current().killed) == (25, False)


def test_data_that_cannot_be_read_does_nothing(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    at(25)
    ended(40, status="failed")

    def away(*_: Any) -> Any:
        raise OperationalError("away")

    monkeypatch.setattr(watcher, "guards", away)
    assert watch().verdict == "blind"
    assert current().percentage == 25
    monkeypatch.undo()
    assert watch().verdict == "killed"


def test_an_admin_who_is_faster_wins(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    at(25)
    ended(12, precision=0.1)
    seen = stages.guards()

    def slow() -> Any:
        set_flag(percentage=10)
        return seen

    monkeypatch.setattr(watcher, "guards", slow)
    assert watch().verdict == "overtaken"
    assert current().percentage == 10


def test_a_pinned_percentage_leaves_the_kill_latch(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FF_V2_PERCENTAGE", "25")
    at_ = set_flag(enabled=True)
    assert at_ is not None
    ended(12, precision=0.5)
    assert watch().verdict == "killed"
    assert current().killed


def test_named_users_alone_are_watched_too(ended: Ended) -> None:
    User.objects.create_user("bob")
    set_flag(enabled=True, percentage=0, whitelist=["bob"])
    ended(12, precision=0.5)
    assert watch().verdict == "killed"


class TestClock:
    def test_a_jump_is_what_the_monotonic_clock_did_not_see(self) -> None:
        last = Watch(wall=1000.0, monotonic=50.0, boot_id="b")
        assert clock.jump_since(last, wall=1030.0, monotonic=80.0, boot="b") == 0.0
        assert clock.jump_since(last, wall=19030.0, monotonic=80.0, boot="b") == 18000.0
        assert clock.jump_since(last, wall=-2570.0, monotonic=80.0, boot="b") == -3600.0
        assert clock.jump_since(last, wall=19030.0, monotonic=80.0, boot="other") == 0.0
        assert clock.jump_since(None, wall=19030.0, monotonic=80.0, boot="b") == 0.0

    def test_a_jump_makes_no_run_look_slow(self, ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
        at(25)
        flying = ended(1, status="running", finished_at=None)
        assert watch().verdict == "calm"
        ended(20)
        ExecutionRun.objects.filter(pk__in=[run.pk for run in flying]).update(
            status="completed", finished_at="2026-01-01T06:00:00Z"
        )
        wall = clock.wall_now()
        monkeypatch.setattr(clock, "wall_now", lambda: wall + 6 * 3600)
        assert watch().verdict == "calm", "six hours that nobody lived through"
        assert UntimedRun.objects.get().run == flying[0]
        assert stages.measure(stages.stage_began())["seconds"].sample == 20

    def test_both_databases_tell_the_time(self, db: None) -> None:
        import time  # noqa: PLC0415 - this test alone

        assert abs(clock.wall_now() - time.time()) < 5
