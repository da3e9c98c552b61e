"""What has ended is taken in together, and never so late that the run ends later for it."""

from concurrent.futures import Future
from typing import Any

from execution.engine.endings import BRIEF_SECONDS, GATHER_SECONDS, SLACK_SECONDS, Endings


class Scene:
    """A hundred at work, of which some end; the time is given."""

    def __init__(
        self, *, priorities: dict[str, int], width: int = 100, enough: int = 12, briefly: bool = False
    ) -> None:
        self.now = 100.0
        self.endings = Endings(width=width, enough=enough, briefly=briefly, clock=lambda: self.now)
        self.work: dict[str, Future[Any]] = {name: Future() for name in priorities}
        for name, future in self.work.items():
            self.endings.expect(future, priorities[name])

    def end(self, *names: str) -> None:
        for name in names:
            self.work[name].set_result(None)

    def took(self, after: float = 0.0) -> set[str]:
        """What is taken in so many seconds later; nothing where it is not due."""
        self.now += after
        if not self.endings.due():
            return set()
        ended = self.endings.take()
        return {name for name, future in self.work.items() if future in ended}


def full(**some: int) -> dict[str, int]:
    """A hundred, most of them with a chain of five behind them."""
    return {**{f"w{n}": 5 for n in range(100 - len(some))}, **some}


def test_what_the_longest_chains_wait_for_is_gathered_for_a_moment() -> None:
    scene = Scene(priorities=full())
    scene.end("w0")
    assert scene.took() == {"w0"}, "the first is due at once"
    scene.end("w1")
    assert scene.took(GATHER_SECONDS / 2) == set()
    scene.end("w2")
    assert scene.took(GATHER_SECONDS / 2) == {"w1", "w2"}


def test_what_few_chains_wait_for_is_taken_in_at_once() -> None:
    scene = Scene(priorities=full(behind=9, late=9))
    scene.end("w0", "w1")
    scene.took(SLACK_SECONDS)
    scene.end("w2", "behind")
    assert scene.took(GATHER_SECONDS * 0.05) == {"w2", "behind"}
    scene.end("w3")
    assert scene.took(GATHER_SECONDS * 0.9) == set(), "the late one is further behind than this"


def test_what_has_slack_waits_longer_and_goes_along() -> None:
    scene = Scene(priorities=full(slack=1, more=2))
    scene.end("slack")
    assert scene.took(GATHER_SECONDS) == set()
    scene.end("w0")
    assert scene.took() == {"slack", "w0"}
    scene.end("more")
    assert scene.took(SLACK_SECONDS - 0.01) == set()
    assert scene.took(0.01) == {"more"}


def test_no_thread_waits_for_work_that_has_ended() -> None:
    scene = Scene(priorities=full(), enough=3)
    scene.end("w0")
    assert scene.took() == {"w0"}
    scene.end("w1", "w2")
    assert scene.took() == set()
    scene.end("w3")
    assert scene.took() == {"w1", "w2", "w3"}


def test_where_few_are_at_work_nothing_waits_long() -> None:
    scene = Scene(priorities={"a": 5, "slack": 1})
    scene.end("slack")
    assert scene.took(SLACK_SECONDS * 0.02) == {"slack"}
    scene.end("a")
    assert scene.took(GATHER_SECONDS * 0.02) == {"a"}
    scene.endings.wait(0.0)
    assert scene.took() == set()


def test_what_is_forgotten_or_only_noticed_is_not_taken() -> None:
    scene = Scene(priorities={"a": 1, "b": 1})
    other: Future[Any] = Future()
    scene.endings.notice(other)
    scene.endings.forget(scene.work["a"])
    other.set_result(None)
    scene.end("a")
    scene.endings.wait(0.0)
    assert scene.took(1.0) == set()
    scene.end("b")
    assert scene.took(1.0) == {"b"}


def test_where_others_judge_nothing_waits_for_more() -> None:
    scene = Scene(priorities=full(slack=1), briefly=True)
    scene.end("slack")
    assert scene.took(BRIEF_SECONDS) == {"slack"}
