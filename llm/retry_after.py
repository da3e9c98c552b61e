"""How long a server asks to wait."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_LONGEST = 3600.0


def seconds_of(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds to wait by ``retry-after-ms`` or ``retry-after`` (a number or a date), 0 to an hour; None: not said.

    ``now`` is the time in seconds since the epoch, for dates.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return _bounded(milliseconds / 1000)
    said = headers.get("retry-after")
    if (seconds := _number(said)) is not None:
        return _bounded(seconds)
    try:
        return None if said is None else _bounded(parsedate_to_datetime(said).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST)
