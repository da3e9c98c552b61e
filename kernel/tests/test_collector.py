"""The collector comes back, whoever else pauses it and whatever happens."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from kernel import collector
from kernel.collector import collector_paused


def test_threads_share_one_pause() -> None:
    inside = Barrier(4)

    def work(_number: int) -> bool:
        with collector_paused():
            inside.wait(10)
            return gc.isenabled()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [False] * 4
    assert gc.isenabled()


def test_it_comes_back_after_an_error_and_stays_off_where_it_was_off() -> None:
    with pytest.raises(ValueError, match="boom"), collector_paused():
        raise ValueError("boom")
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_pause_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "LONGEST_SECONDS", 0.01)
    with collector_paused():
        timer = collector._PAUSE.timer
        assert timer is not None
        timer.join(10)
        assert gc.isenabled()


def test_brief_pauses_set_no_alarm_until_they_overlap() -> None:
    def alarm() -> bool:
        return collector._PAUSE.timer is not None

    with collector_paused(brief=True):
        assert not gc.isenabled()
        assert not alarm()
        with collector_paused(brief=True):
            assert alarm()
    assert not alarm()
    assert gc.isenabled()
