"""Ids in the order of time."""

import itertools
import time
import uuid

from kernel.ids import ordered_id


def test_they_are_version_7_and_say_when_they_were_made() -> None:
    before = time.time_ns() // 1_000_000
    made = ordered_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_later_ones_sort_after_earlier_ones_and_none_is_made_twice() -> None:
    rows = []
    for _ in range(200):
        rows.append([ordered_id() for _ in range(20)])
        time.sleep(0.000_01)
    assert all(max(early).int >> 64 <= min(late).int >> 64 for early, late in itertools.pairwise(rows))
    assert len({one for row in rows for one in row}) == 4000
