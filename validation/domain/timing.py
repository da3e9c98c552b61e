"""How long a check took, by a clock that the caller gives: the domain itself has none."""

from collections.abc import Callable
from dataclasses import replace

from validation.domain.model import Check

Clock = Callable[[], float]  # seconds, going up


def unmeasured() -> float:
    """The clock of those who do not ask."""
    return 0.0


def timed(make: Callable[[], Check], clock: Clock) -> Check:
    """The check that ``make`` makes, with the seconds that it took where it does not say so itself."""
    began = clock()
    check = make()
    return replace(check, seconds=check.seconds or clock() - began)
