"""The estimate: a range that is honest about what it does not know."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from execution.domain.estimate import Estimate, Work, estimate
from execution.domain.eta import eta_seconds
from llm.profiles import ModelProfile

PRICED = ModelProfile(name="m", input_usd_per_mtok=2, output_usd_per_mtok=10)  # type: ignore[arg-type]  # ints do


def of(work: Work, *, profile: ModelProfile = PRICED, regenerate: bool = False, atoms: bool = True) -> Estimate:
    return estimate(work, profile=profile, regenerate=regenerate, atoms=atoms, attempts=3, last_run="r")


@given(
    drafted=st.integers(0, 5000),
    undrafted=st.integers(0, 200),
    share=st.none() | st.floats(0, 1),
    regenerate=st.booleans(),
    atoms=st.booleans(),
)
def test_low_is_never_above_high(
    drafted: int, undrafted: int, share: float | None, regenerate: bool, atoms: bool
) -> None:
    found = of(
        Work(drafted=drafted, undrafted_tasks=undrafted, failing_share=share), regenerate=regenerate, atoms=atoms
    )
    for span in (found.calls, found.tokens_in, found.tokens_out):
        assert 0 <= span.low <= span.high
    assert found.usd_low is not None
    assert found.usd_high is not None
    assert 0 <= found.usd_low <= found.usd_high


def test_repair_sends_the_failing_share_and_regenerate_everything() -> None:
    work = Work(drafted=100, undrafted_tasks=0, failing_share=0.1, tokens=(1000, 100))
    assert (of(work).calls.low, of(work).calls.high) == (10, 30)
    assert of(work, regenerate=True).calls.low == 100
    assert of(work).usd_low == (10 * 1000 * 2 + 10 * 100 * 10) / 1_000_000


def test_nothing_to_send_costs_nothing_even_at_an_unknown_price() -> None:
    unpriced = replace(PRICED, input_usd_per_mtok=None)
    assert of(Work(drafted=10, undrafted_tasks=0, failing_share=0.0), profile=unpriced).usd_high == 0.0
    found = of(Work(drafted=10, undrafted_tasks=1), profile=unpriced)
    assert found.usd_high is None
    assert "m" in (found.unpriced_reason or "")


def test_the_time_left_is_the_longer_of_the_critical_path_and_the_work_spread_out() -> None:
    assert eta_seconds(open_atoms=100, longest_chain=3, at_once=100, mean_seconds=2.0) == 6.0
    assert eta_seconds(open_atoms=100, longest_chain=3, at_once=10, mean_seconds=2.0) == 20.0
    assert eta_seconds(open_atoms=0, longest_chain=1, at_once=1, mean_seconds=None) == 0.0
    assert eta_seconds(open_atoms=5, longest_chain=1, at_once=1, mean_seconds=None) is None
