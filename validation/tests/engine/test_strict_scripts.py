"""New script code of a project is judged apart from its tests, file by file; what cannot be is said, test by test."""

from dataclasses import replace

import pytest

from validation.engine.strict_scripts import judge_scripts_strictly
from validation.tests.engine.test_suite_scripts import JAVASCRIPT, TYPESCRIPT
from validation.tests.engine.test_suite_vitest import NODE_MODULES
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

OWN = (
    "import assert from 'node:assert/strict';\nimport os from 'node:os';\nimport { describe, test } from 'node:test';\n"
    "import { gross, net } from '../lib/price.js';\nimport old from '../lib/old.cjs';\n\n"
    "test('good', () => { assert.equal(gross(old.twice(5), 0.5), 15); });\n"
    "test('vacuous', () => { net(1, 1); });\n"
    "test('swallows', () => { try { assert.equal(net(1, 1), 0); } catch {} });\n"
    "test('os', () => { assert.ok(os.EOL && gross(10, 0.5)); });\n"
    "describe('group', () => { test('wrong', () => { assert.equal(gross(10, 0.5), 16); });\n"
    "  for (const n of [1, 2]) test(`of ${n}`, () => { assert.equal(net(n, 0), n); }); });\n"
    "for (const n of [3]) test(`swallows ${n}`, () => { try { assert.equal(net(n, 1), 1); } catch {} });\n"
)
FORGED = (
    "import assert from 'node:assert/strict';\nassert.equal = () => {};\nexport const gross = () => 0, net = gross;\n"
)


def ids(path: str, *names: str) -> dict[str, str]:
    return {name: f"{path}::{name}" for name in names}


def test_each_test_of_a_file_says_for_itself_what_it_proves() -> None:
    own = ids(
        "test/own.test.js",
        "good",
        "vacuous",
        "swallows",
        "os",
        "group::wrong",
        "group::of 1",
        "group::of 2",
        "swallows 3",
    )
    other = ids("test/price.test.js", "gross::adds", "twice")
    foreign = "test/foreign.test.js::x"
    run = judge_scripts_strictly(
        project({**JAVASCRIPT, "test/own.test.js": OWN}), [*own.values(), *other.values(), foreign], seconds=9.0
    )
    assert run.proven == {own["good"], own["group::of 1"], own["group::of 2"], *other.values()}, run
    assert set(run.failed) == {own["group::wrong"]}
    assert "15 !== 16" in run.failed[own["group::wrong"]]
    assert run.why_not == {
        own["vacuous"]: "it passes with modules that do nothing",
        own["swallows"]: "it passes whatever is expected",
        own["swallows 3"]: "it passes whatever is expected",
        own["os"]: "import of os",
        foreign: "vitest is not in the project's packages: name its node_modules with --node-modules",
    }


def test_forged_code_fails_apart_and_typescript_is_proven() -> None:
    own = ids("test/own.test.js", "good")
    files = {**JAVASCRIPT, "test/own.test.js": OWN, "lib/price.js": FORGED}
    assert set(judge_scripts_strictly(project(files), own.values(), seconds=9.0).failed) == {own["good"]}

    typed = ids("src/shape.test.ts", "area", "label", "wrong")
    run = judge_scripts_strictly(project(TYPESCRIPT), typed.values(), seconds=9.0)
    assert run.proven == {typed["area"], typed["label"]}, run
    assert set(run.failed) == {typed["wrong"]}


IN_COMPANY = (  # what a file leaves behind in a module of Node's is there for the next one
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n"
    "import { gross } from '../lib/price.js';\n\n"
    "assert.times = (assert.times ?? 0) + 1;\n"
    "test('first', () => { assert.equal(gross(10, 0.5), 15); assert.equal(assert.times, 1); });\n"
)
ENDS = IN_COMPANY.replace("assert.equal(assert.times, 1);", "if (gross(1, 0) !== 1) (0, eval)('process.exit()');")


def test_files_share_a_process_until_one_fails_or_ends_it() -> None:
    files = {**JAVASCRIPT, "test/a.test.js": ENDS, "test/b.test.js": IN_COMPANY}
    ends, company = "test/a.test.js::first", "test/b.test.js::first"
    run = judge_scripts_strictly(project(files), [ends, company], seconds=9.0)
    assert run.proven == {ends, company}, run


VITEST_CODE = (
    "export class K {\n  constructor(private a: { b: string }) {}\n  get(): string { return this.a.b; }\n}\n"
    "export class Boom extends Error {}\nexport const boom = () => { throw new Boom('boom'); };\n"
    "export const later = async (x: number) => { await null; return { x }; };\n"
    "export class Liar { asymmetricMatch() { return true; } }\nexport const lie = () => new Liar();\n"
    "export const plain = () => ({ asymmetricMatch: () => true, $$typeof: Symbol.for('jest.asymmetricMatcher') });\n"
)
VITEST_TESTS = (  # with vitest's functions as globals
    "import { Boom, K, boom, later, lie, plain } from '../lib/k';\n\n"
    "it('instance', () => { const k = new K({ b: 'x' }); expect(k.get()).toBe('x'); expect(k).toBeInstanceOf(K);\n"
    "  expect(k).toEqual(new K({ b: 'x' })); expect(k).toMatchObject({ a: { b: 'x' } }); });\n"
    "it('throws', () => { expect(boom).toThrow(Boom); expect(() => boom()).toThrow('boom'); });\n"
    "it('later', async () => { await expect(later(2).then((x) => x)).resolves.toEqual({ x: 2 }); });\n"
    "it('lies', () => { expect(lie()).toEqual({ a: 1 }); });\n"
    "it('vacuous', () => { expect(boom).toBeDefined(); });\n"
    "it('timers', () => { vi.useFakeTimers(); expect(new K({ b: 'x' }).get()).toBe('x'); });\n"
)
ONE_LIE = (
    "import { expect, it } from 'vitest';\nimport { plain } from '../lib/k';\n\n"
    "it('lies', () => { expect(plain()).toEqual({ a: 1 }); });\n"
)


@pytest.mark.skipif(
    not (NODE_MODULES / "vitest").is_dir(),
    reason="the console's packages, vitest among them, are not installed: make setup",
)
def test_vitest_judges_apart_too_and_nothing_decides_what_it_equals() -> None:
    files = {"lib/k.ts": VITEST_CODE, "test/k.test.ts": VITEST_TESTS, "test/lie.test.ts": ONE_LIE}
    own = ids("test/k.test.ts", "instance", "throws", "later", "lies", "vacuous", "timers")
    lie = "test/lie.test.ts::lies"
    workspace = replace(project(files), node_modules=str(NODE_MODULES))
    run = judge_scripts_strictly(workspace, [*own.values(), lie], seconds=15.0)
    assert run.proven == {own["instance"], own["throws"], own["later"]}, run
    assert own["lies"] in run.failed
    assert lie not in run.proven
    assert run.why_not[own["timers"]] == "use of vi.useFakeTimers"
    assert run.why_not[own["vacuous"]] == "it passes with modules that do nothing"
