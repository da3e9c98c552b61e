"""Whether rows hold whole statements is read from the tree of the file, and agrees with parsing the rows alone."""

import ast

import pytest

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language
from atoms.domain.resolution import view_of

SOURCE = """\
import os

# A remark.
@wrapped
@twice
def first(a):
    if a: return 1; print(2)
    elif a > 1:
        b = 2
    else: b = 3
    try:
        c = [
            1,
            2,
        ]
    except ValueError: c = 4
    finally:
        d = '''
            text
# no remark'''; e = 5
    match c:
        case 1: f = 6
        case _:
            f = 7
    return b


class Second: x = 1; y = 2
"""


def whole(first: int, last: int) -> bool:
    view = view_of(RecursiveDecomposer().split(SOURCE.encode(), path="a.py", language=Language.PYTHON))
    return view.holds_whole_statements(first - 1, last - 1)


WHOLE = [(1, 1), (1, 25), (3, 25), (4, 28), (7, 10), (9, 9), (11, 20), (12, 15), (18, 20), (21, 25), (25, 27), (28, 28)]
PARTS = [
    (2, 3), (5, 25), (6, 9), (8, 9), (8, 10), (10, 10), (11, 12), (12, 13), (13, 14), (16, 16), (18, 19), (19, 20),
    (20, 20), (22, 22), (23, 24), (15, 16),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), WHOLE)
def test_complete_statements_are_whole(first: int, last: int) -> None:
    assert whole(first, last)


@pytest.mark.parametrize(("first", "last"), PARTS)
def test_parts_of_statements_are_not(first: int, last: int) -> None:
    assert not whole(first, last)


def test_what_it_calls_whole_parses_alone() -> None:
    lines = SOURCE.splitlines()
    for first in range(1, len(lines) + 1):
        for last in range(first, len(lines) + 1):
            if whole(first, last):
                code = [line for line in lines[first - 1 : last] if line.strip() and line[0] != "#"]
                head = "if 1:\n" if code[0][0] == " " else ""  # a string that goes on further left bears no dedenting
                ast.parse(head + "\n".join(lines[first - 1 : last]))
