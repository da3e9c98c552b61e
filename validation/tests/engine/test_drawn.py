"""Inputs that hypothesis draws: a difference that fixed inputs do not show is found, and annotations are kept to."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from validation.domain.atomic import AtomicValidator
from validation.domain.blame import Blame
from validation.domain.drawn import differing
from validation.domain.model import Check, Status, SuiteResult, TestCase, TestStatus
from validation.domain.strictness import Place
from validation.engine import generated_tool
from validation.engine.smallest_tool import with_smallest
from validation.engine.static import static_findings
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = '''"""Orders."""
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    NEW = 1
    OLD = 2


@dataclass
class Line:
    price: int
    names: list[str]


def total(lines: list[Line], kind: Kind, more: int | None = None) -> int:
    found = sum(line.price for line in lines) + (more or 0)
    return found if kind is Kind.NEW else -found


def label(count: int, of: dict[str, int]) -> str:
    if count < 0:
        raise ValueError(count)
    return ",".join(sorted(of)) * (count % 3)


def first(items: list[int]) -> int:
    return items[0]


def leaves(count: int) -> int:
    raise SystemExit(0)
'''
NAMES = ("total", "label", "first", "leaves")
VOUCHED = SuiteResult(
    digest="", cases=(TestCase(id="t", status=TestStatus.PASSED),), ran=True,
    coverage={"t": {"p.py": (18, 19, 23, 25, 29)}},
)  # fmt: skip


def judged(name: str, code: str = DRAFT, draft: str = DRAFT, *, tested: bool = True) -> Check:
    """The check of one function of ``code`` beside ``draft``."""
    first = code[: code.index(f"def {name}(")].count("\n") + 1
    last = first + code[code.index(f"def {name}(") :].partition("\n\n\n")[0].rstrip("\n").count("\n")
    reports = [static_findings(project({"p.py": one}), cache=Path("unused")) for one in (code, draft)]
    blame = Blame(suspiciousness={}, culprits={}, reaching={name: ("t",)} if tested else {})
    validator = AtomicValidator(static=reports[0], drafts=reports[1], draft_suite=VOUCHED, blame=blame)
    result = validator.judge(
        atom_id=name, path="p.py", start_line=first, end_line=last, loc=2, original=code == draft
    )  # fmt: skip
    return next(check for check in result.checks if check.name == "generated_tests")


def test_a_difference_that_only_drawn_inputs_show_fails_and_the_simplest_is_told() -> None:
    check = judged("label", DRAFT.replace("* (count % 3)", "* (count % 3 + (count % 2 if count > 20 else 0))"))
    assert check.status is Status.FAILED, check
    assert (check.generated, check.forgeable) == (True, True)
    said = check.findings[0].message
    assert said.startswith("label("), said
    assert ", the draft gives " in said.partition(" gives ")[2]


def test_a_difference_is_told_at_the_smallest_input_that_shows_it() -> None:
    changed = DRAFT.replace("(more or 0)", "(more or 0) - (len(lines) > 3)").replace("price: int", "price: int  # new")
    code, draft = (project({"p.py": one}) for one in (changed, DRAFT))
    new, old = (static_findings(one, cache=Path("unused")) for one in (code, draft))
    place = Place(path="p.py", first=17, last=19)
    new, old = with_smallest(new, old, code=code, draft=draft, suite=VOUCHED, places=[place])
    answers = [report.generated["p.py"].drawn["total"] for report in (old, new)]
    smallest = differing(*answers)[1][0]
    line = "Line(names=[], price=0)"
    assert smallest == f"([{', '.join([line] * 4)}], Kind.NEW, 0)"
    assert [one.answers[smallest] for one in answers] == ["0", "-1"]


def test_what_is_said_another_way_is_no_difference() -> None:
    said = DRAFT.replace("sum(line.price for line in lines)", "sum([line.price for line in lines][::-1])")
    said = said.replace("raise ValueError(count)", "int('no number')")
    for name in ("total", "label"):
        assert judged(name, said).status is Status.PASSED, judged(name, said)


def test_new_code_that_breaks_its_annotation_fails_at_the_smallest_input() -> None:
    hole = DRAFT.replace('    return ",".join', '    raise NotImplementedError("hole: label")\n    return ",".join')
    code = DRAFT.replace('    return ",".join(sorted(of)) * (count % 3)', "    return None if count > 17 else ''")
    check = judged("label", code, hole, tested=False)
    assert check.status is Status.FAILED, check
    assert check.reason == "label(18, {}) gives None, annotated str"
    assert judged("label", code, code, tested=False).status is Status.NOT_RUN  # a draft is not held to it


def test_of_a_candidate_only_what_it_changed_is_drawn_and_the_whole_code_is_drawn_whole_again() -> None:
    draft, code = (project({"p.py": one}) for one in (DRAFT, DRAFT.replace("count % 3", "count % 2")))
    drawn = [
        set(static_findings(code, cache=Path("unused"), draft=one).generated["p.py"].drawn) for one in (draft, None)
    ]
    assert drawn == [{"label"}, set(NAMES)]


def test_where_no_time_is_left_nothing_was_run_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_tool, "DRAW_SECONDS", 0.0)
    code = f"{DRAFT}\n\nNEVER_JUDGED = True  # what was is kept\n"
    check = judged("total", code, code, tested=False)
    assert (check.status, check.reason) == (Status.NOT_RUN, "total: no time was left")
    assert judged("total", code, code).status is Status.NOT_APPLICABLE


def test_an_interpreter_without_hypothesis_is_shown_ours() -> None:
    foreign = replace(project({"p.py": DRAFT}), python=getattr(sys, "_base_executable", sys.executable))
    drawn = static_findings(foreign, cache=Path("unused")).generated["p.py"].drawn
    assert drawn["total"].answers, drawn["total"].reason


def test_without_tests_answers_as_annotated_count_and_with_tests_they_do_not() -> None:
    assert judged("total", tested=False).status is Status.PASSED
    assert "drawn from its types give what it is annotated with" in judged("total", tested=False).reason
    assert judged("total").status is Status.NOT_APPLICABLE
    alone = judged("first", tested=False)
    assert (alone.status, alone.reason.partition(": ")[0]) == (
        Status.NOT_RUN, "no test reaches it, and first([]) breaks with IndexError"
    )  # fmt: skip


def test_what_did_not_answer_is_no_pass() -> None:
    assert judged("leaves", tested=False).status is Status.NOT_APPLICABLE
    gone = judged("first", DRAFT.replace("return items[0]", "import os\n    os._exit(0)"))
    assert (gone.status, gone.reason) == (Status.NOT_RUN, "the draft's first answered inputs, this one none")
