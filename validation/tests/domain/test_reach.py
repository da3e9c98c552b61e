"""What a call can execute, and what no test can reach: beside what the interpreter reports."""

import sys
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from validation.domain.reach import reach_of

PROGRAM = b'''"""About."""
import os

LIMIT = 3


class Box:
    """A box."""

    size: int
    kind = "flat"

    @property
    def wide(self):
        """Whether."""
        return (
            self.kind == "wide"
        )


def outer(a,
          b=LIMIT):
    """Doc."""
    global seen
    total: int
    while True:
        try:
            total = sum(
                [a, b]
            )
        except ValueError:
            return None
        if total:
            break
        else:
            pass
    match a:
        case 1:
            a = 2
    return total
'''


def executed(source: bytes, call: str) -> set[int]:
    """Lines that a call reports, as a tracer sees them."""
    lines: set[int] = set()

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line" and frame.f_code.co_filename == "program":
            lines.add(frame.f_lineno)
        return trace

    space: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "program", "exec"), space)  # the program above
    sys.settrace(trace)
    try:
        eval(call, space)  # the calls below
    finally:
        sys.settrace(None)
    return lines


def test_all_that_a_call_runs_is_counted_and_nothing_else() -> None:
    reach = reach_of(PROGRAM)
    assert reach is not None
    lines = executed(PROGRAM, "outer(1)") | executed(PROGRAM, "Box().wide")
    ran, of = reach.share(1, 99, lines)
    assert of - ran == 2, "the return of the handler and the pass of else alone"
    assert reach.share(1, 99, set())[0] == 0


def test_heads_run_with_their_first_statement() -> None:
    reach = reach_of(PROGRAM)
    assert reach is not None
    assert reach.judged_with_body(20, 21, executed(PROGRAM, "outer(1)")) == [True]
    assert reach.judged_with_body(20, 21, executed(PROGRAM, "Box().wide")) == [False]
    assert reach.judged_with_body(13, 14, executed(PROGRAM, "Box().wide")) == [True]
    plain = reach_of(b"def f(a: int) -> int:\n    return a\n")
    assert plain is not None
    assert plain.judged_with_body(1, 1, set()) == [True], "nothing in it that the body does not show"


def test_imports_docstrings_and_class_heads_are_silent_and_values_are_not() -> None:
    reach = reach_of(PROGRAM)
    assert reach is not None
    silent = [line for line in range(1, 13) if reach.is_silent(line, line)]
    assert silent == [1, 2, 3, 5, 6, 7, 8, 9, 10, 12], "not the constant, nor the class attribute with a value"


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(source: bytes) -> None:
    reach = reach_of(source)
    assert reach is None or reach.share(1, 99, set())[0] == 0
