"""The bench of the queue plants one defect at a time where nothing fails yet, and asks every test that may notice."""

from pathlib import Path
from typing import Any

import pytest

import bench.review as review
import bench.validation as validation
from bench.review_targets import OFFICIAL, official
from bench.validation_mutants import mutants
from bench.validation_replies import Base
from bench.validation_targets import spans_of
from masterplans.domain.workspace import Workspace
from validation.domain.model import SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport
from validation.tests.projects import SHOP, project

TEST = "tests/test_price.py::Prices::test_gross"
NO_STATIC = StaticReport(digest="", findings={}, runs={})


def suite(status: TestStatus = TestStatus.PASSED) -> SuiteResult:
    lines: dict[str, dict[str, tuple[int, ...]]] = {TEST: {"shop/price.py": (6, 7)}}
    return SuiteResult(digest="", cases=(TestCase(id=TEST, status=status),), coverage=lines, ran=True)


def test_a_target_whose_tests_fail_as_it_is_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "static_findings", lambda *_, **__: NO_STATIC)
    monkeypatch.setattr(review, "run_suite", lambda *_, **__: suite(TestStatus.FAILED))
    monkeypatch.setattr(review, "workspace_of", lambda _: project(SHOP))
    found = review.main(["--target", "shop"])
    assert (found["left_out"], found["planted"]) == (["shop"], 0)


@pytest.mark.parametrize(("line", "asked"), [(6, [TEST]), (2, None)])
def test_a_defect_that_no_test_executes_is_shown_to_all(
    line: int, asked: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    def run(workspace: Workspace, *, tests: list[str] | None, **_: object) -> SuiteResult:
        told.append(tests)
        return suite()

    monkeypatch.setattr(validation, "run_suite", run)
    workspace = project(SHOP)
    base = Base(workspace, spans_of(workspace), suite(), NO_STATIC)
    path = "shop/price.py"
    mutant = next(one for one in mutants(workspace.files[path].content) if one.line == line)
    after, _ = validation.try_mutant(base, path, mutant)
    assert told == [asked]
    assert after.ran, "what the tests say of other code stays"


def test_official_packages_that_are_there_are_not_downloaded(tmp_path: Path) -> None:
    places = [tmp_path / pinned.replace("==", "-") for pinned in OFFICIAL]
    for place in places:
        place.mkdir()
    assert official(tmp_path) == [str(place) for place in places]
