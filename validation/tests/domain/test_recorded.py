"""What was recorded is text of a stranger: bounded, and the same after storing."""

import json

from hypothesis import given
from hypothesis import strategies as st

from validation.domain.recorded import MAX_CALL, PER_FUNCTION, Calls, joined, packed, take_calls, unpacked
from validation.domain.records import read

PATHS = frozenset({"a.py", "b.py"})
rows = st.lists(st.tuples(st.sampled_from(["a.py", "b.py"]), st.sampled_from(["f", "C.m"]), st.text(max_size=9)))


@given(rows, rows)
def test_what_is_joined_is_bounded_comes_from_what_was_reported_and_survives_storing(
    first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]
) -> None:
    parts: list[Calls] = []
    for reported in (first, second):
        parts.append({})
        take_calls(parts[-1], [list(row) for row in reported], PATHS)
    found = joined(parts)
    held = [(path, name, call) for path, names in found.items() for name, calls in names.items() for call in calls]
    assert set(held) <= {*first, *second}
    assert len(held) == len(set(held))
    assert all(len(calls) <= PER_FUNCTION for names in found.values() for calls in names.values())
    assert unpacked(packed(found)) == found


def test_malformed_rows_other_files_and_long_texts_are_left_out() -> None:
    rows = [["a.py", "f", "1"], ["c.py", "f", "1"], ["a.py", "f"], ["a.py", 1, "1"], 7, ["a.py", "f\n", "1"],
            ["a.py", "f", "x" * (MAX_CALL + 1)], ["a.py", "f", "\x00\ud800"], ["a.py", "f", "1"]]  # fmt: skip
    lines = [{"n": "right", "k": "calls", "rows": rows}, {"n": "wrong", "k": "calls", "rows": [["a.py", "g", "1"]]},
             {"n": "right", "k": "calls", "rows": None}]  # fmt: skip
    data = b"\n".join(json.dumps(line).encode() for line in lines)
    assert read(data, nonce="right", paths=PATHS).calls == {"a.py": {"f": ["1"]}}
