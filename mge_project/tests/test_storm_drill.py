"""A provider that answers 429 and 529 to everything for a while: nothing is lost, and the old pace comes back."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.scheduler.plan import write_plan
from bench.scripted_model.script import Latency, Reply, Script
from execution.models import RunAtom
from flags.pins import SWITCHES
from llm.models import CallState, LlmCall
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]
ATOMS, WIDTH, LATENCY = 400, 10, 0.4
BEFORE, STORM, WINDOW = 4.0, 5.0, 2.0  # seconds
GOAL_SECONDS, GOAL_SHARE = 30.0, 0.9
OFF = {"ENABLE_HIERARCHICAL_VALIDATION", "ENABLE_HUMAN_REVIEW", "FALLBACK_TO_MVP_ON_ERROR"}  # the rest is measured


@dataclass(slots=True)
class Weather(Script):
    """Calm, then a storm, then calm; notes when each call came that was answered, and how many were refused."""

    began: float | None = None
    answered: list[float] = field(default_factory=list)
    refused: int = 0
    _kinds: Any = field(default_factory=lambda: itertools.cycle((429, 529)))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, prompt: str) -> Reply:
        with self._lock:
            self.began = self.began or time.monotonic()
            since = time.monotonic() - self.began
            if BEFORE <= since < BEFORE + STORM:
                self.refused += 1
                return Reply(status=next(self._kinds), latency=Latency(seconds=0.02))
            self.answered.append(since)
        return Reply(echo=True, text="nothing")

    def rate(self, first: float, last: float) -> float:
        """Answered calls a second, of those that came in this time."""
        return sum(first <= at < last for at in self.answered) / (last - first)


def test_after_a_storm_of_429_and_529_nothing_is_lost_and_the_pace_comes_back(
    tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow, scripted: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in SWITCHES:
        monkeypatch.setenv(f"FF_{name}", str(name not in OFF).lower())
    needs = write_plan(tmp_path, atoms=ATOMS, depth=2, seed=3)
    weather = Weather(rules=[], latency=Latency(seconds=LATENCY))
    server = scripted(weather)

    run = run_now(import_folder(tmp_path), mode="hybrid", policy="regenerate", concurrency=WIDTH)

    assert (run.status, run.error) == ("completed", "")
    assert set(RunAtom.objects.filter(run=run).values_list("status", "attempts")) == {("passed", 1)}
    assert weather.refused > WIDTH
    assert weather.refused < 20 * WIDTH * STORM, "a provider that is busy is asked less"
    assert server.book()["paid"] == LlmCall.objects.filter(run_id=run.pk).count() == len(needs)
    assert not LlmCall.objects.filter(run_id=run.pk).exclude(state=CallState.RECEIVED).exists()
    calm = weather.rate(BEFORE - WINDOW, BEFORE)
    end = BEFORE + STORM
    back = next(
        after / 4 for after in range(int(4 * GOAL_SECONDS))
        if weather.rate(end + after / 4, end + after / 4 + WINDOW) >= GOAL_SHARE * calm
    )  # fmt: skip
    print(f"{calm:.1f} calls a second before, {weather.refused} refused, 90 % again {back + WINDOW:.1f} s after")  # noqa: T201
    assert back + WINDOW <= GOAL_SECONDS
