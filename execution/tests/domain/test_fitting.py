"""Replies and edits are made to fit the range that they replace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.domain.fitting import ended, fit


@pytest.mark.parametrize(
    ("code", "original", "fitted"),
    [
        ("x = 1", "    y = 2\n", "    x = 1\n"),
        ("if a:\n    b()", "\tif c:\n\t\td()\n", "\tif a:\n\t    b()\n"),
        ("    x = 1\n", "y = 2\n\n\n", "x = 1\n\n\n"),
        ("def f():\n        return 1", "    def f():\n        return 0\n", "    def f():\n        return 1\n"),
        ("x = 1\ny = 2\n", "a\r\nb\r\n", "x = 1\r\ny = 2\r\n"),
        ("x = 1", "", "x = 1\n"),
        ("x = 1\n", "y = 2", "x = 1"),
    ],
)
def test_a_reply_gets_the_indentation_and_the_end_of_its_range(code: str, original: str, fitted: str) -> None:
    assert fit(code, original=original) == fitted


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_an_edit_is_kept_word_for_word_and_ends_its_line(code: str, original: str) -> None:
    result = ended(code, original=original)
    assert result.startswith(code)
    assert result[len(code) :].strip() == ""
    if code and (not original or original.endswith("\n")):
        assert result.endswith("\n")
