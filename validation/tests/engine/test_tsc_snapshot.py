"""The started type checker says exactly what a fresh one says, and its loss costs nothing but time."""

from pathlib import Path

import pytest

from validation.domain.layout import arrange
from validation.engine import tsc_tool
from validation.engine.tool import ToolReport
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFTS = {
    "price.ts": "export function gross(price: number): number {\n  return price * 1.2;\n}\n",
    "cart.ts": "import { gross } from './price.js';\nexport const total: number = gross(1);\nmissing();\n",
    "old.js": "export const y = undefinedName;\nexport const z = y.nothing;\n",
    "broken.ts": "let = ;\n",
    "world.ts": (
        "import fs from 'node:fs';\ndeclare global {\n  interface Array<T> { odd: T }\n}\n"
        "export const text: number = fs.readFileSync('x', 'utf8');\n[1].odd = 'x';\n"
        "export async function f(): Promise<void> {}\nexport async function g(): Promise<void> {\n  f();\n}\n"
    ),
}
# Another type of what is imported, and no more of the global types that one project adds to its own.
ELSEWHERE = {
    **DRAFTS,
    "price.ts": "export function gross(price: number): string {\n  return '1';\n}\n",
    "world.ts": "export const odd = [1].odd;\n",
}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """With which snapshot each run of the checker was started."""
    seen: list[Path | None] = []
    real = tsc_tool._outcome

    def record(*given: object) -> object:
        seen.append(given[3])  # type: ignore[arg-type]
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(tsc_tool, "_outcome", record)
    return seen


def check(files: dict[str, str], cache: Path) -> ToolReport:
    workspace = project(files)
    report = tsc_tool.check(workspace, dict(workspace.files), arrange(workspace, {}), cache=cache)
    assert report.run.ran, report.run
    return report


def errors(report: ToolReport) -> set[tuple[str, int, str]]:
    return {(f.path, f.line, f.code) for found in report.findings.values() for f in found if f.severity == "error"}


def test_a_started_checker_finds_what_a_fresh_one_finds(tmp_path: Path, started: list[Path | None]) -> None:
    quick = [check(files, tmp_path) for files in (DRAFTS, ELSEWHERE)]
    assert errors(quick[0]) >= {
        ("world.ts", 5, "TS2322"),
        ("world.ts", 6, "TS2322"),
        ("world.ts", 9, "dropped-promise"),
    }
    assert errors(quick[1]) - errors(quick[0]) == {("cart.ts", 2, "TS2322"), ("world.ts", 1, "TS2339")}
    [blob] = tmp_path.iterdir()
    assert started == [blob, blob]

    blob.write_bytes(b"no snapshot")
    fresh = [check(files, tmp_path) for files in (DRAFTS, ELSEWHERE)]
    assert [report.findings for report in quick] == [report.findings for report in fresh]
    assert started[2:] == [blob, None, None]
    assert not list(tmp_path.iterdir())
