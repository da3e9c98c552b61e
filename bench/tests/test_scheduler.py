"""The bench of the scheduler: its bound is right, and the whole of it runs at a small size."""

from pathlib import Path

import pytest

from bench.scheduler.measure import main
from bench.scheduler.plan import critical_path, waves, write_plan
from bench.scripted_model.script import Latency


def test_the_bound_is_the_longest_chain_of_waits(tmp_path: Path) -> None:
    needs = write_plan(tmp_path, atoms=6, depth=3, seed=1)
    assert needs["c1_f2"] == ["c1_f1"]
    seconds = dict.fromkeys(needs, 1.0) | {"c0_f1": 5.0}
    assert critical_path(needs, seconds) == 7.0
    assert [len(wave) for wave in waves(needs)] == [2, 2, 2]


def test_a_wait_by_symbol_is_the_same_for_every_engine() -> None:
    latency = Latency(median=1.0, by_symbol=True)
    assert latency.of("x\nSymbol: f\ny", "one") == latency.of("other\nSymbol: f\n", "two") == latency.draw("f")
    assert latency.of("no symbol", "one") != latency.of("no symbol", "two")


@pytest.mark.drill
@pytest.mark.timeout(600)  # where all rivals are installed, each runs
def test_ready_first_beats_the_barrier_and_every_rival_that_waits() -> None:
    figures = main(["--short", "--median", "1.0"])
    assert set(figures) >= {
        "makespan_over_bound", "barrier_over_ready", "in_flight_max", "overhead_ms_per_atom", "rivals",
    }  # fmt: skip
    assert figures["paid"] == figures["calls"] == figures["atoms"]
    assert figures["barrier_over_ready"] > 1.2
    assert figures["in_flight_max"] <= figures["width"]
