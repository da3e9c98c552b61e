"""Real runs of the project's own vitest in the real sandbox; the console's packages stand for the project's."""

from dataclasses import replace
from pathlib import Path

import pytest

from validation.domain.atomic import AtomicValidator
from validation.domain.blame import blame
from validation.domain.model import Status, TestStatus
from validation.domain.static import StaticReport
from validation.engine.suite import run_suite
from validation.tests.projects import project

NODE_MODULES = Path(__file__).parents[3] / "frontend" / "node_modules"
pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        not (NODE_MODULES / "vitest").is_dir(),
        reason="the console's packages, vitest among them, are not installed: make setup",
    ),
]

FILES = {
    "lib/price.ts": (
        "export function gross(price: number, tax: number): number {\n  if (tax < 0) throw new Error('tax');\n"
        "  return price * (1 + tax);\n}\n\nexport function net(price: number): number {\n  return price;\n}\n"
    ),
    "test/price.test.ts": (
        "import { beforeAll, describe, expect, it, test } from 'vitest';\nimport { gross } from '../lib/price';\n\n"
        "describe('gross', () => {\n  it('adds', () => { expect(gross(10, 0.5)).toBe(15); });\n"
        "  it('is wrong here', () => { expect(gross(10, 0.5)).toBe(16); });\n"
        "  it('throws', () => { gross(1, -1); });\n  it.skip('later', () => {});\n});\n\n"
        "describe('broken', () => {\n  beforeAll(() => { throw new Error('no start'); });\n"
        "  it('never', () => {});\n});\n"
        "test('leaves', () => { process.exit(0); });\n"
    ),
    "test/global.test.ts": (
        "import { gross } from '../lib/price';\n\nbeforeEach(() => {});\n"
        "describe('gross', () => { it('is itself', () => { expect(gross(2, 0)).toBe(2); }); });\n"
    ),
    "test/jest.test.ts": "import { net } from '../lib/price';\ntest('mocks', () => { jest.fn(net)(); });\n",
    "test/lost.test.ts": "import { test } from 'vitest';\nimport './nowhere';\n\ntest('y', () => {});\n",
}


def test_vitest_reports_each_test_and_passes_nothing_unseen() -> None:
    workspace = replace(project(FILES), node_modules=str(NODE_MODULES))
    result = run_suite(workspace, cache=Path("unused"), timeout_seconds=60.0, memory_mib=1024, record=True)
    assert result.ran, result.reason
    assert result.calls == {
        "lib/price.ts": {
            "gross": (
                '{"p":[["price","a",2],["tax","a",0]],"h":[]}',
                '{"p":[["price","a",10],["tax","a",["f","0.5"]]],"h":[]}',
            )
        }
    }
    assert "vitest run test/price.test.ts" in result.evidence.command
    cases = {case.id: case for case in result.cases}
    base = "test/price.test.ts::"
    assert {one: case.status for one, case in cases.items()} == {
        base + "gross::adds": TestStatus.PASSED,
        base + "gross::is wrong here": TestStatus.FAILED,
        base + "gross::throws": TestStatus.FAILED,
        base + "gross::later": TestStatus.SKIPPED,
        base + "broken::never": TestStatus.ERROR,
        base + "leaves": TestStatus.FAILED,
        "test/global.test.ts::gross::is itself": TestStatus.PASSED,
        "test/jest.test.ts::mocks": TestStatus.SKIPPED,
        "test/lost.test.ts::y": TestStatus.ERROR,
    }
    assert "only tests for Node's own runner and for vitest" in cases["test/jest.test.ts::mocks"].message
    assert cases[base + "gross::throws"].frames == (("test/price.test.ts", 7), ("lib/price.ts", 2))
    assert "expected 15 to be 16" in cases[base + "gross::is wrong here"].message

    spans = {"lib/price.ts": [("gross", 1, 4), ("net", 6, 8)]}
    found = blame(result, spans)
    assert set(found.culprits) == {"gross"}
    validator = AtomicValidator(
        static=StaticReport(digest=""), drafts=StaticReport(digest=""), suite=result, blame=found
    )
    net = validator.judge(
        atom_id="net", path="lib/price.ts", start_line=6, end_line=8, loc=3, original=True, whole=workspace
    )
    [tests] = [check for check in net.checks if check.name == "tests"]
    assert tests.status is Status.NOT_RUN
    assert tests.reason == "no test reaches it (1 tests ran without coverage of each)"  # the one that left
    assert result.coverage == {
        base + "gross::adds": {"lib/price.ts": (1, 2, 3)},
        base + "gross::is wrong here": {"lib/price.ts": (1, 2, 3)},
        base + "gross::throws": {"lib/price.ts": (1, 2)},
        "test/global.test.ts::gross::is itself": {"lib/price.ts": (1, 2, 3)},
    }
