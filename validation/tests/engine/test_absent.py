"""What did not run is never a pass: for every mix of checks, and with each tool gone on the way to a verdict."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Unavailable
from validation.domain.atomic import CHECKS, AtomicValidator
from validation.domain.blame import blame
from validation.domain.hierarchical import HierarchicalValidator
from validation.domain.model import MANDATORY, Check, Level, LevelResult, Status, SuiteResult
from validation.domain.wire import check_from_json, check_to_json
from validation.engine import generated_script_tool, generated_tool, pyrefly_tool, ruff_tool, static, tool, tsc_tool
from validation.engine.static import static_findings
from validation.engine.suite import run_suite
from validation.sandbox import runner
from validation.sandbox.box import refusal
from validation.tests.projects import project

NAMES = [*CHECKS, "suite", "build", "calls", "exports", "acceptance", "a name that nobody knows"]


@given(
    level=st.sampled_from(list(Level)),
    statuses=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Status)), max_size=len(NAMES)),
)
def test_no_mix_of_checks_passes_without_what_the_level_must_have_run(
    level: Level, statuses: dict[str, Status]
) -> None:
    checks = tuple(Check(name=name, status=status) for name, status in statuses.items())
    result = LevelResult(level=level, scope=".", atom_id=None, checks=checks).status
    kept = tuple(check_from_json(check_to_json(check)) for check in checks)
    assert LevelResult(level=level, scope=".", atom_id=None, checks=kept).status is result
    if result is Status.PASSED:
        assert Status.FAILED not in statuses.values()
        assert Status.PASSED in statuses.values()
        assert all(statuses.get(name, Status.NOT_RUN) is not Status.NOT_RUN for name in MANDATORY.get(level, ()))
    if set(statuses.values()) <= {Status.NOT_RUN}:
        assert result is Status.NOT_RUN or not statuses


CODE = {
    "a/m.py": "def f(x: int) -> int:\n    return x\n",
    "a/s.ts": "export function g(x: number): number {\n  return x;\n}\n",
    "test_m.py": "from a.m import f\n\n\ndef test_f() -> None:\n    assert f(1) == 1\n",
    "s.test.ts": "import test from 'node:test';\nimport { g } from './a/s.ts';\ntest('g', () => { g(1); });\n",
}
Break = Callable[[pytest.MonkeyPatch], None]


def no_binary(name: str) -> Break:
    def apply(patch: pytest.MonkeyPatch) -> None:
        for module in (ruff_tool, pyrefly_tool):
            patch.setattr(module, "binary", lambda asked: None if asked == name else tool.binary(asked))

    return apply


def no_toolchain(patch: pytest.MonkeyPatch) -> None:
    for module in (tsc_tool, generated_script_tool):
        patch.setattr(module, "TOOLCHAIN_FOLDER", Path("/nowhere"))


def no_node(patch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> object:
        raise Unavailable("node not found")

    for module in (tsc_tool, generated_script_tool):
        patch.setattr(module, "node_root", gone)


def no_sandbox(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(runner, "run", lambda _: refusal("no sandbox: none here"))


GONE: dict[str, tuple[Break, set[tuple[str, str]]]] = {
    "ruff": (no_binary("ruff"), {("py", "names")}),
    "pyrefly": (no_binary("pyrefly"), {("py", "types"), ("py", "calls"), ("py", "exports")}),
    "typescript": (
        no_toolchain,
        {("ts", name) for name in ("syntax", "names", "types", "generated_tests", "calls", "exports")}
        | {(".", "build")},
    ),
    "node": (
        no_node,
        {("ts", name) for name in ("syntax", "names", "types", "generated_tests", "calls", "exports")}
        | {(".", "build")},
    ),
    "sandbox": (
        no_sandbox,
        {
            ("py", name)
            for name in ("names", "types", "tests", "generated_tests", "calls", "exports", "integration_tests")
        }
        | {("ts", name) for name in ("syntax", "names", "types", "tests", "generated_tests", "calls", "exports")}
        | {(".", name) for name in ("suite", "build", "acceptance")},
    ),
}


PYTHON = {path: text for path, text in CODE.items() if path.endswith(".py")}


def everything(code: dict[str, str], suite: SuiteResult | None) -> dict[tuple[str, str], Status]:
    """The status of every check of every level, by kind of file (``.`` for the whole) and name."""
    workspace = project(code)
    report = static_findings(workspace, cache=Path("unused"))
    spans: dict[str, list[tuple[str, int, int]]] = {
        path: [(path[-2:], 1, 3)] for path in ("a/m.py", "a/s.ts") if path in code
    }
    found = blame(suite, spans) if suite else blame(SuiteResult(digest="", cases=(), coverage={}, ran=False), spans)
    validator = AtomicValidator(static=report, drafts=report, suite=suite, blame=found)
    atoms = [
        validator.judge(atom_id=atom, path=path, start_line=a, end_line=b, loc=2, original=True, whole=workspace)
        for path, lines in spans.items() for atom, a, b in lines
    ]  # fmt: skip
    upper = HierarchicalValidator(
        workspace=workspace, suite=suite, static=report, rules={"acceptance": [{"tests": ["test_m.py"]}]}
    ).upper_levels()
    statuses: dict[tuple[str, str], Status] = {}
    for result in (*atoms, *upper):
        kind = result.scope.rpartition(".")[2] or "."
        statuses |= {(kind, check.name): check.status for check in result.checks}
        assert all(check.reason for check in result.checks if check.status is Status.NOT_RUN)
    return statuses


@pytest.mark.sandbox
@pytest.mark.parametrize("name", GONE)
def test_without_a_tool_its_checks_are_not_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    take_away, wanted = GONE[name]
    for module in (static, generated_tool, generated_script_tool):  # what was said before is forgotten
        for kept in ("_KEPT", "_TOOLS"):
            if hasattr(module, kept):
                monkeypatch.setattr(module, kept, {})
        if hasattr(module, "_known"):
            monkeypatch.setattr(module, "_known", type(module._known)())
    take_away(monkeypatch)
    suite = None
    if name == "sandbox":
        suite = run_suite(project(CODE), cache=Path("unused"), timeout_seconds=5, memory_mib=512)
        assert not suite.ran
    found = everything(PYTHON if name in ("ruff", "pyrefly") else CODE, suite)  # the other family's tools are slow
    assert {key: found[key] for key in wanted} == dict.fromkeys(wanted, Status.NOT_RUN)
