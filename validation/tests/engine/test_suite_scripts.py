"""Real runs of JavaScript and TypeScript suites in the real sandbox."""

import pytest

from validation.domain.model import TestStatus
from validation.tests.engine.test_suite_python import run, statuses
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

JAVASCRIPT = {
    "lib/price.js": (
        "export function net(price, tax) {\n  return price * (1 - tax);\n}\n\n"
        "export function gross(price, tax) {\n  if (tax < 0) {\n    throw new Error('tax');\n  }\n"
        "  return price * (1 + tax);\n}\n"
    ),
    "lib/old.cjs": "exports.twice = function (x) {\n  return 2 * x;\n};\n",
    "test/price.test.js": (
        "import assert from 'node:assert';\nimport { describe, it, test } from 'node:test';\n"
        "import { gross, net } from '../lib/price';\nimport old from '../lib/old.cjs';\n\n"
        "describe('gross', () => {\n  it('adds', () => assert.equal(gross(10, 0.5), 15));\n"
        "  it('refuses', () => {\n    assert.throws(() => gross(1, -1));\n  });\n});\n\n"
        "test('net is wrong here', () => {\n  assert.equal(net(10, 0.5), 6);\n});\n\n"
        "test('twice', async () => {\n  assert.equal(old.twice(2), 4);\n});\n\n"
        "test.skip('later', () => {});\n"
    ),
    "test/foreign.test.js": "import { test } from 'vitest';\n\ntest('x', () => {});\n",
    "test/lost.test.js": "import { test } from 'node:test';\nimport './nowhere.js';\n\ntest('y', () => {});\n",
    "test/exits.test.js": (
        "import { test } from 'node:test';\nimport { net } from '../lib/price.js';\n\n"
        "test('leaves', () => {\n  net(1, 1);\n  process.exit(0);\n});\n\ntest('after', () => {});\n"
    ),
}


def test_javascript_with_coverage_of_each_test() -> None:
    result = run(project(JAVASCRIPT))
    assert result.ran, result.reason
    found = {case.id: (case.status, case.message) for case in result.cases}
    base = "test/price.test.js::"
    assert found[base + "gross::adds"][0] is TestStatus.PASSED, result
    assert found[base + "gross::refuses"][0] is TestStatus.PASSED
    assert found[base + "net is wrong here"][0] is TestStatus.FAILED
    assert found[base + "twice"][0] is TestStatus.PASSED
    assert found[base + "later"][0] is TestStatus.SKIPPED
    assert found["test/foreign.test.js::x"] == (
        TestStatus.SKIPPED,
        "vitest is not in the project's packages: name its node_modules with --node-modules",
    )
    assert found["test/lost.test.js::y"][0] is TestStatus.ERROR
    assert found["test/exits.test.js::leaves"][0] is not TestStatus.PASSED
    assert found["test/exits.test.js::after"][0] is not TestStatus.PASSED
    assert result.coverage[base + "gross::adds"] == {"lib/price.js": (5, 6, 9)}
    assert result.coverage[base + "gross::refuses"] == {"lib/price.js": (5, 6, 7)}
    assert result.coverage[base + "net is wrong here"] == {"lib/price.js": (1, 2)}
    assert result.coverage[base + "twice"] == {"lib/old.cjs": (1, 2)}


TYPESCRIPT = {
    "src/shape.ts": (
        "export interface Shape {\n  width: number;\n  height: number;\n}\n\n"
        "export enum Unit {\n  Cm = 'cm',\n}\n\n"
        "export function area(shape: Shape): number {\n  return shape.width * shape.height;\n}\n\n"
        "export function hole(): number {\n  throw new Error('hole: shape.hole');\n}\n"
    ),
    "src/view.tsx": "import { area } from './shape.js';\n\n"
    "export const label = (w: number): string => `${area({ width: w, height: 1 })}`;\n",
    "src/shape.test.ts": (
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n"
        "import { area, hole, type Shape } from './shape';\nimport { label } from './view';\n\n"
        "const shape: Shape = { width: 2, height: 3 };\n\n"
        "test('area', () => {\n  assert.equal(area(shape), 6);\n});\n\n"
        "test('label', () => {\n  assert.equal(label(2), '2');\n});\n\n"
        "test('wrong', () => {\n  assert.equal(area(shape), 7);\n});\n\n"
        "test('waits', () => {\n  hole();\n});\n"
    ),
}


def test_typescript_is_mapped_back_to_what_was_written() -> None:
    result = run(project(TYPESCRIPT))
    assert statuses(result) == {
        "src/shape.test.ts::area": TestStatus.PASSED,
        "src/shape.test.ts::label": TestStatus.PASSED,
        "src/shape.test.ts::wrong": TestStatus.FAILED,
        "src/shape.test.ts::waits": TestStatus.SKIPPED,
    }, result
    assert result.coverage["src/shape.test.ts::area"] == {"src/shape.ts": (10, 11)}
    assert set(result.coverage["src/shape.test.ts::label"]) == {"src/shape.ts", "src/view.tsx"}
    by_id = {case.id: case for case in result.cases}
    assert by_id["src/shape.test.ts::waits"].message == "waits for shape.hole"
    assert ("src/shape.test.ts", 17) in by_id["src/shape.test.ts::wrong"].frames


def test_a_typescript_file_that_does_not_parse_turns_its_tests_red() -> None:
    result = run(project({**TYPESCRIPT, "src/shape.ts": "export function area( {\n"}))
    assert set(statuses(result).values()) == {TestStatus.ERROR}
    assert all(("src/shape.ts", 1) in case.frames for case in result.cases)
