"""Ids of rows that are made by the hundred thousand: in the order of time, so that neighbours stand side by side."""

import time
import uuid
from secrets import randbits

_FRACTION_BITS, _RANDOM_BITS = 12, 62
_NS = 1_000_000  # of a millisecond


def ordered_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562, 5.7; method 3 of 6.2): milliseconds, twelve bits of their fraction, 62 at random.

    In an index over random ids every row of a batch lies on a page of its own, all of which go through the journal;
    these share a few. Nothing may rely on the order itself: clocks go back, and processes differ.
    """
    milliseconds, rest = divmod(time.time_ns(), _NS)
    fraction = (rest << _FRACTION_BITS) // _NS
    head = (milliseconds & (1 << 48) - 1) << 16 | 0x7 << 12 | fraction
    return uuid.UUID(int=head << 64 | 0b10 << _RANDOM_BITS | randbits(_RANDOM_BITS))
