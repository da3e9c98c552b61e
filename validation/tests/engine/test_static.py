"""The static tools really run, in the sandbox, and execute nothing of the project."""

from pathlib import Path

import pytest

from masterplans.domain.workspace import Workspace
from validation.domain.static import StaticCheck, StaticReport
from validation.engine import pyrefly_tool
from validation.engine.static import static_findings
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox


def check(files: dict[str, str]) -> StaticReport:
    return static_findings(project(files), cache=Path("unused"))


def places(report: StaticReport, kind: StaticCheck, severity: str = "error") -> set[tuple[str, int, str]]:
    return {
        (one.finding.path, one.finding.line, one.finding.code)
        for found in report.findings[kind].values()
        for one in found
        if one.finding.severity == severity
    }


PROMISES = (
    "export async function work(): Promise<number> {\n  return 1;\n}\n"
    "export async function use(): Promise<number> {\n  work();\n  void work();\n  work().catch(() => 0);\n"
    "  if (work()) return 2;\n  try {\n    return work();\n  } catch {\n    return await work();\n  }\n}\n"
    "export function sync(): void {\n  work();\n}\n"
)


def test_findings_of_three_languages_at_their_places() -> None:
    report = check(
        {
            "p.ts": PROMISES,
            "bad.py": "def f(:\n",
            "names.py": (
                "import os  # noqa\n\n\ndef f(x: int) -> str:\n    return zz  # noqa\n\n\n"
                "def g(flag):\n    y = 1\n    del y\n    return y\n"
            ),
            "types.py": "from names import f\n\n\ndef h() -> int:\n    return f('a')\n",
            "pyproject.toml": "[tool.pyrefly]\nproject-excludes = ['**']\n[tool.ruff]\nexclude = ['*']\n",
            "a.ts": "import { y } from './b';\nexport const n: number = 'text';\nmissing();\nexport { y };\n",
            "b.js": "export const y = undefinedName;\nexport const z = y.nothing;\n",
            "c.ts": "let = ;\n",
        }
    )
    assert all(run.ran for run in report.runs.values()), report.runs
    assert places(report, StaticCheck.SYNTAX) == {("bad.py", 1, "syntax-error"), ("c.ts", 1, "TS1109")}
    assert places(report, StaticCheck.NAMES) == {
        ("names.py", 5, "F821"),
        ("a.ts", 3, "TS2304"),
        ("b.js", 1, "TS2552"),
    }
    assert places(report, StaticCheck.NAMES, "warning") >= {("names.py", 1, "F401"), ("names.py", 11, "F821")}
    types = places(report, StaticCheck.TYPES)
    promises = {one for one in types if one[0] == "p.ts"}
    assert {(path, line) for path, line, _ in types - promises} == {("types.py", 5), ("a.ts", 2)}
    # promises that nobody waits for
    assert promises == {("p.ts", 5, "dropped-promise"), ("p.ts", 8, "dropped-promise")}
    assert ("p.ts", 10, "unawaited-return") in places(report, StaticCheck.TYPES, "warning")


def test_what_python_refuses_is_a_syntax_error() -> None:
    workspace = project({f"a{n}.py": "" for n in range(4)})
    for n, content in enumerate([b"x = '\xff'\n", b"x = 1\x00\n", b"# coding: nothing\nx = 1\n", b"return 1\n"]):
        workspace = workspace.with_content(f"a{n}.py", content)
    report = static_findings(workspace, cache=Path("unused"))
    assert {path for path, _, _ in places(report, StaticCheck.SYNTAX)} == set(workspace.files)


def test_a_missing_tool_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyrefly_tool, "binary", lambda _name: None)
    report = check({"only_here.py": "x = 1\n"})
    assert report.run_of(StaticCheck.TYPES, "only_here.py").reason == "pyrefly is not installed"
    assert report.run_of(StaticCheck.NAMES, "only_here.py").ran
    assert not report.run_of(StaticCheck.NAMES, "data.rs").ran


def test_a_workspace_without_code_needs_no_tool() -> None:
    assert static_findings(Workspace(), cache=Path("unused")).runs == {}
