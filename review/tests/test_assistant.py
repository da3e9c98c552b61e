"""The assistant says only what tools and earlier versions say."""

from typing import Any

from review.assistant.assistant import MAX_SUGGESTIONS, AIAssistant, FailingTest, Subject, Tried
from review.tests.world import check, finding


def suggest(*checks: dict[str, Any], **more: Any) -> list[tuple[str, str, str | None, bool]]:
    subject = Subject(**{"checks": checks, "current": "now\n", "original": "now\n", **more})
    return [(item.title, item.source, item.code, item.verified) for item in AIAssistant().suggest(subject)]


def test_nothing_is_said_where_nothing_was_found() -> None:
    assert suggest(check("syntax"), check("types", "passed", finding("old", severity="warning"))) == []


def test_a_fix_of_a_tool_comes_first_and_is_not_called_verified() -> None:
    got = suggest(check("names", "failed", finding("Undefined name `ad`", fix="add\n")))
    assert got == [
        ("Fix F821: Undefined name `ad`", "ruff", "add\n", False),
        ("names: Undefined name `ad`", "ruff", None, False),
    ]


def test_earlier_versions_are_offered_once_the_ones_that_passed_first() -> None:
    tried = [
        Tried(number=0, code="draft\n", success=True, model=None),
        Tried(number=1, code="one\n", success=False, model="m"),
        Tried(number=2, code="two\n", success=True, model="m"),
        Tried(number=3, code="now\n", success=False, model="m"),
    ]
    assert suggest(original="draft\n", tried=tried) == [
        ("The draft as it came in", "draft", "draft\n", True),
        ("Attempt 2, which passed", "m", "two\n", True),
        ("Attempt 1, which did not pass", "m", "one\n", False),
    ]


def test_each_says_what_it_is_for_and_who_wrote_it_for_how_much() -> None:
    subject = Subject(
        checks=[check("names", "failed", finding("Undefined name `ad`", fix="add\n"))],
        current="now\n",
        original="draft\n",
        tried=[Tried(number=1, code="one\n", success=False, model="m", cost_usd=0.25)],
    )
    told = [(item.kind, item.source, item.model, item.cost_usd) for item in AIAssistant().suggest(subject)]
    assert told == [
        ("fix", "ruff", None, None),
        ("alternative", "draft", None, None),
        ("alternative", "m", "m", 0.25),
        ("issue", "ruff", None, None),
    ]


def test_a_failing_test_is_quoted() -> None:
    failing = [FailingTest(id="t.py::a", message="def a():\n>  assert 1 == 2\nE  assert 1 == 2\n")]
    assert suggest(failing=failing) == [("failing test: assert 1 == 2", "tests", None, False)]


def test_errors_hide_warnings_and_the_list_is_bounded() -> None:
    findings = [finding("old", severity="warning"), *(finding(f"e{n}") for n in range(50))]
    titles = [title for title, *_ in suggest(check("types", "failed", *findings))]
    assert (titles[0], len(titles)) == ("types: e0", MAX_SUGGESTIONS)
