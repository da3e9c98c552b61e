"""What the bench says another way does what it did."""

import ast
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.validation_rewrites import rewrites

SOURCE = b'''
def mixed(numbers, limit=None):
    """Two lines
    of words."""
    total = 0
    for number in numbers:
        if number > 3 and limit is None:
            total += 1
        elif number < 0:
            total -= 2
        else:
            total = total * 2
    kept = [number for number in numbers if number != 2]
    return total + len(kept) if kept else None


def closing(numbers):
    found = 0

    def inner():
        nonlocal found
        found += 1
        return found

    return [inner() for _ in numbers] + [found]


class Box:
    def __init__(self, size):
        self.size = size

    @property
    def half(self):
        size = self.size
        if len(str(size)) < 2:
            return size / 2
        return size
'''


def loaded(source: bytes) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(source, "m", "exec"), space)
    return space


@given(st.lists(st.integers(-5, 12), max_size=6), st.none() | st.integers(0, 3))
def test_a_rewritten_function_answers_as_before(numbers: list[int], limit: int | None) -> None:
    plain = loaded(SOURCE)
    made = {one.name: loaded(one.source) for one in rewrites(SOURCE)}
    assert set(made) == {"mixed", "closing", "Box.half"}
    assert made["mixed"]["mixed"](numbers, limit) == plain["mixed"](numbers, limit)
    assert made["closing"]["closing"](numbers) == plain["closing"](numbers)
    for number in numbers:
        assert made["Box.half"]["Box"](number).half == plain["Box"](number).half


def test_every_rule_is_used_and_only_one_function_changes() -> None:
    [mixed] = [one for one in rewrites(SOURCE) if one.name == "mixed"]
    text = "\n".join(mixed.source.decode().split("\n")[mixed.after[0] - 1 : mixed.after[1]])
    for said in ("not 3 < number or", "total = total + 1", ".append(", "outcome_", "None if not kept"):
        assert said in text
    [half] = [one for one in rewrites(SOURCE) if one.name == "Box.half"]
    assert b"size_said = self.size" in half.source
    assert ast.unparse(ast.parse(mixed.source).body[1]) == ast.unparse(ast.parse(SOURCE).body[1])


def test_what_a_tool_is_told_in_a_function_is_not_lost() -> None:
    told = SOURCE.replace(b"        size = self.size\n", b"        size = self.size  # type: ignore[assignment]\n")
    assert {one.name for one in rewrites(told)} == {"mixed", "closing"}
