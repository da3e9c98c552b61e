"""The pace is one for all processes: what one driver is told, the others keep to."""

import pytest

from execution.engine import pacing
from execution.engine.pacing import Pace
from execution.models import RunAtom, Stage
from execution.tests.test_leases import make_run
from llm.models import ProviderPace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LOOK_SECONDS", 0.0)


def test_a_busy_answer_to_one_driver_holds_the_others_back() -> None:
    one, other = Pace(100), Pace(100)
    assert other.room(0, width=100) == 100
    one.busy(None)
    assert one.room(99, width=100) <= 0
    assert other.room(0, width=100) == 50


def test_what_others_have_in_flight_counts() -> None:
    run = make_run(20)
    token = run.pk
    RunAtom.objects.filter(run=run).update(status="running", stage=Stage.GENERATE, lease_token=token)
    one = Pace(100)
    one.busy(None)
    assert one.room(39, width=100) == min(61, 20 - 39)
    assert Pace(100).room(0, width=100) == 20 - 20


def test_retry_after_holds_for_everybody() -> None:
    one, other = Pace(100), Pace(100)
    one.busy(60.0)
    one.room(10, width=100)
    assert other.room(0, width=100) == 0


def test_good_answers_bring_it_back_until_no_limit_is_left() -> None:
    one = Pace(100)
    one.busy(None)
    one.room(99, width=100)
    for _ in range(12):
        for _ in range(50):
            one.answered()
        one.room(0, width=100)
    assert ProviderPace.objects.get().limit is None
    assert one.room(0, width=100) == 100
