"""New script code of a project is judged apart from its tests, file by file; what cannot be is said, test by test."""

import pytest

from validation.engine.strict_scripts import judge_scripts_strictly
from validation.tests.engine.test_suite_scripts import JAVASCRIPT, TYPESCRIPT
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

OWN = (
    "import assert from 'node:assert/strict';\nimport os from 'node:os';\nimport { describe, test } from 'node:test';\n"
    "import { gross, net } from '../lib/price.js';\nimport old from '../lib/old.cjs';\n\n"
    "test('good', () => { assert.equal(gross(old.twice(5), 0.5), 15); });\n"
    "test('vacuous', () => { net(1, 1); });\n"
    "test('swallows', () => { try { assert.equal(net(1, 1), 0); } catch {} });\n"
    "test('os', () => { assert.ok(os.EOL && gross(10, 0.5)); });\n"
    "describe('group', () => { test('wrong', () => { assert.equal(gross(10, 0.5), 16); }); });\n"
)
FORGED = (
    "import assert from 'node:assert/strict';\nassert.equal = () => {};\nexport const gross = () => 0, net = gross;\n"
)


def ids(path: str, *names: str) -> dict[str, str]:
    return {name: f"{path}::{name}" for name in names}


def test_each_test_of_a_file_says_for_itself_what_it_proves() -> None:
    own = ids("test/own.test.js", "good", "vacuous", "swallows", "os", "group::wrong")
    other = ids("test/price.test.js", "gross::adds", "twice")
    foreign = "test/foreign.test.js::x"
    run = judge_scripts_strictly(
        project({**JAVASCRIPT, "test/own.test.js": OWN}), [*own.values(), *other.values(), foreign], seconds=9.0
    )
    assert run.proven == {own["good"], *other.values()}, run
    assert set(run.failed) == {own["group::wrong"]}
    assert "15 !== 16" in run.failed[own["group::wrong"]]
    assert run.why_not == {
        own["vacuous"]: "it passes with modules that do nothing",
        own["swallows"]: "it passes whatever is expected",
        own["os"]: "import of os",
        foreign: "tests for vitest share a process with the code",
    }


def test_forged_code_fails_apart_and_typescript_is_proven() -> None:
    own = ids("test/own.test.js", "good")
    files = {**JAVASCRIPT, "test/own.test.js": OWN, "lib/price.js": FORGED}
    assert set(judge_scripts_strictly(project(files), own.values(), seconds=9.0).failed) == {own["good"]}

    typed = ids("src/shape.test.ts", "area", "label", "wrong")
    run = judge_scripts_strictly(project(TYPESCRIPT), typed.values(), seconds=9.0)
    assert run.proven == {typed["area"], typed["label"]}, run
    assert set(run.failed) == {typed["wrong"]}
