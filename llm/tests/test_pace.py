"""The pace of a provider: cut by a storm, back soon after it, and never above what it is allowed."""

from hypothesis import given
from hypothesis import strategies as st

from llm.pace import PaceState

WIDTH, REPLY_SECONDS = 100, 2.0


def after_storm(seconds: int) -> PaceState:
    state = PaceState()
    for second in range(seconds):
        for _ in range(20):
            in_flight = WIDTH if state.limit is None else max(1, int(state.limit))
            state = state.after_busy(in_flight=in_flight, now=1000.0 + second, retry_after=None)
    return state


def test_a_storm_cuts_to_one_call_and_nine_tenths_are_back_within_thirty_seconds() -> None:
    state = after_storm(20)
    assert state.limit == 1.0
    elapsed = 0.0
    while state.limit is not None and state.limit < 0.9 * WIDTH:
        state = state.after_answers(int(state.limit), ceiling=WIDTH)
        elapsed += REPLY_SECONDS
    assert elapsed <= 30


def test_one_storm_is_one_event_however_many_calls_it_answers() -> None:
    state = PaceState()
    for _ in range(50):
        state = state.after_busy(in_flight=WIDTH, now=5.0, retry_after=None)
    assert state.limit == 50


def test_retry_after_blocks_everybody_until_then() -> None:
    state = PaceState().after_busy(in_flight=10, now=100.0, retry_after=7.0)
    assert state.blocked_until == 107.0
    assert state.after_busy(in_flight=10, now=100.5, retry_after=1.0).blocked_until == 107.0


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=60))
def test_the_limit_stays_between_one_and_the_ceiling(news: list[tuple[bool, int]]) -> None:
    state = PaceState()
    for second, (busy, count) in enumerate(news):
        if busy:
            state = state.after_busy(in_flight=count, now=10.0 + second, retry_after=None)
        else:
            state = state.after_answers(count, ceiling=WIDTH)
        assert state.limit is None or 1.0 <= state.limit < WIDTH
