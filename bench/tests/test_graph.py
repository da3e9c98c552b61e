"""The graph bench says what it must say."""

from bench.graph import main
from bench.graph_programs import analyse_generated


def test_keys_and_figures() -> None:
    figures = main(["--atoms", "300"])
    assert {"precision", "recall", "seconds_100k", "growth_exponent", "rivals"} <= set(figures)
    assert figures["seconds_100k"] is None, "what was not measured is not claimed"


def test_generated_programs_stay_wide() -> None:
    run = analyse_generated(800)
    assert run.waves <= 10
    assert run.atoms / run.waves >= 80
