"""A level starts when its members are there, and not above a failure where that is asked for."""

from dataclasses import dataclass

from graphs.domain.boundaries import boundaries
from validation.domain.hierarchical import STOPPED, HierarchicalValidator
from validation.domain.model import Level, LevelResult, Status, SuiteResult, TestCase, TestStatus
from validation.domain.scopes import Members, module_scopes
from validation.domain.static import StaticReport
from validation.tests.projects import project

WORKSPACE = project({"a/x.py": "\n" * 60, "a/y.py": "y = 1\n", "b/z.py": "z = 1\n", "test_t.py": ""})


@dataclass(frozen=True)
class Atom:
    id: str
    start_byte: int
    parent: str | None = None


@dataclass(frozen=True)
class File:
    path: str
    atoms: tuple[Atom, ...]


LONG = tuple(Atom(f"x{n}", n) for n in range(30))
MEMBERS = Members(
    **dict(zip(("modules", "components"), boundaries(
        [File("a/x.py", LONG), File("a/y.py", (Atom("y", 0),)), File("b/z.py", (Atom("z", 0),))]
    ), strict=True))
)  # fmt: skip
SPANS = {
    "a/x.py": [(f"x{n}", 2 * n + 1, 2 * n + 2) for n in range(30)],
    "a/y.py": [("y", 1, 1)],
    "b/z.py": [("z", 1, 1)],
}
RED = SuiteResult(
    digest="", cases=(TestCase(id="t", status=TestStatus.FAILED),), coverage={"t": {"a/x.py": (3,)}}, ran=True
)


def validator(suite: SuiteResult | None = None, *, stop_early: bool = False) -> HierarchicalValidator:
    return HierarchicalValidator(
        workspace=WORKSPACE, suite=suite, static=StaticReport(digest=""), members=MEMBERS, spans=SPANS,
        stop_early=stop_early,
    )  # fmt: skip


def scopes(results: list[LevelResult]) -> list[str]:
    return [f"{result.level}:{result.scope}" for result in results]


def test_a_long_file_is_judged_in_parts_that_share_no_line() -> None:
    parts = module_scopes(WORKSPACE, MEMBERS.modules, SPANS)
    assert [one.scope for one in parts] == ["a/x.py#1", "a/x.py#2", "a/y.py", "b/z.py"]
    assert (parts[0].first, parts[0].last + 1) == (1, parts[1].first)
    assert all(10 <= len(one.atoms) <= 20 for one in parts[:2])
    red = {r.scope: r.checks[2].status for r in validator(RED).upper_levels() if r.level is Level.MODULE}
    assert red["a/x.py#1"] is Status.FAILED
    assert Status.FAILED not in {red[scope] for scope in ("a/x.py#2", "a/y.py", "b/z.py")}


def test_a_level_starts_when_its_members_are_ready_and_only_once() -> None:
    whole = validator()
    assert whole.ready_levels(set(), {}) == []
    first = whole.ready_levels({"z"}, {})
    assert scopes(first) == ["module:b/z.py", "component:b"]
    known = {(r.level, r.scope): r.status for r in first}
    assert whole.ready_levels({"z"}, known) == []
    half = set(MEMBERS.modules[0].atoms)
    assert scopes(whole.ready_levels({"z", *half}, known)) == ["module:a/x.py#1"]
    everything = {atom for one in MEMBERS.modules for atom in one.atoms}
    rest = whole.ready_levels(everything, known)
    assert scopes(rest)[-2:] == ["component:a", "system:."]
    assert scopes([*first, *rest]) != scopes(whole.upper_levels())
    assert sorted(scopes([*first, *rest])) == sorted(scopes(whole.upper_levels()))


def test_with_stop_early_nothing_is_begun_above_a_failure_and_nothing_of_it_passes() -> None:
    found = {f"{r.level}:{r.scope}": r for r in validator(RED, stop_early=True).upper_levels()}
    for scope in ("component:a", "system:."):
        assert [check.name for check in found[scope].checks] == [STOPPED]
        assert found[scope].status is Status.NOT_RUN
        assert "a/x.py#1 failed" in found[scope].checks[0].reason
    assert STOPPED not in {check.name for check in found["component:b"].checks}
    on = validator(RED).upper_levels()
    assert STOPPED not in {check.name for result in on for check in result.checks}


def test_time_is_measured_by_the_clock_that_is_given() -> None:
    ticks = iter(range(1000))
    timed = HierarchicalValidator(
        workspace=WORKSPACE, suite=None, static=StaticReport(digest=""), clock=lambda: next(ticks)
    )
    assert all(result.seconds >= len(result.checks) - 1 for result in timed.upper_levels())
