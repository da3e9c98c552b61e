"""Code under test that wants its wrong answers to look right, beside vitest and beside Node's runner, passes nothing.

One way stays open in one process: to patch what compares. The scan names it, and such results are marked forgeable.
"""

from dataclasses import replace

import pytest

from validation.domain.model import SuiteResult, TestStatus
from validation.sandbox.strict.scan import scan_script
from validation.tests.engine.test_suite_python import run
from validation.tests.engine.test_suite_vitest import NODE_MODULES
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

WRONG = "\nexport const f = () => 0;\n"
FORGED_LINE = r"{\"n\":\"\",\"k\":\"case\",\"id\":\"test/NAME::f\",\"status\":\"passed\"}\n"
HOSTILE = {
    "exits at import": "process.reallyExit(0);" + WRONG,
    "exits when called": "export const f = () => process.reallyExit(0);\n",
    "writes reports": "import fs from 'node:fs';\nfor (let fd = 3; fd < 40; fd += 1) {\n"
    f'  try {{ fs.writeSync(fd, "{FORGED_LINE}"); }} catch {{}}\n}}' + WRONG,
    "asks our channel": "const c = await import('file:///opt/mge/node_channel.mjs');\n"
    "(c.send ?? c.claim())('case', { id: 'test/NAME::f', status: 'passed' });\nprocess.reallyExit(0);" + WRONG,
    "rewrites messages": "const send = process.send?.bind(process);\nprocess.send = (message, ...more) =>\n"
    "  send(JSON.parse(JSON.stringify(message).replaceAll('\"fail\"', '\"pass\"')), ...more);" + WRONG,
    "leaves by a signal": "queueMicrotask(() => process.kill(process.pid, 'SIGKILL'));" + WRONG,
}
PATCHES = "import { chai } from 'vitest';\nchai.Assertion.overwriteMethod('toBe', () => function () {});" + WRONG
PLANTED = (
    "export default { test: { include: ['nothing'], passWithNoTests: true, testNamePattern: 'never', reporters: [],\n"
    "  dangerouslyIgnoreUnhandledErrors: true, pool: 'threads', retry: 3, alias: { vitest: '/work/lib/fake.js' } } };\n"
)
VITEST = (
    "import { expect, test } from 'vitest';\nimport { f } from '../lib/NAME';\n\n"
    "test('f', () => { expect(f()).toBe(4); });\n"
)
NODE = (
    "import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { f } from '../lib/NAME';\n\n"
    "test('f', () => { assert.equal(f(), 4); });\n"
)


def outcome(test: str, codes: dict[str, str], extra: dict[str, str] | None = None) -> SuiteResult:
    files = dict(extra or {})
    for name, code in codes.items():
        place = f"{name.replace(' ', '_')}.test.js"
        files[f"lib/{name.replace(' ', '_')}.js"] = code.replace("NAME", place)
        files[f"test/{place}"] = test.replace("NAME", name.replace(" ", "_"))
    result = run(replace(project(files), node_modules=str(NODE_MODULES)))
    assert result.ran, result.reason
    return result


def test_nothing_passes_beside_nodes_runner() -> None:
    result = outcome(NODE, HOSTILE)
    assert len(result.cases) >= len(HOSTILE)
    assert not [case for case in result.cases if case.status is TestStatus.PASSED], result.cases


@pytest.mark.skipif(
    not (NODE_MODULES / "vitest").is_dir(),
    reason="the console's packages, vitest among them, are not installed: make setup",
)
def test_nothing_passes_beside_vitest_and_what_patches_it_is_named() -> None:
    planted = outcome(VITEST, {"honest": WRONG}, {"vitest.config.ts": PLANTED})
    result = outcome(VITEST, HOSTILE)
    assert len(result.cases) >= len(HOSTILE)
    assert not [one for one in (*planted.cases, *result.cases) if one.status is TestStatus.PASSED], result.cases
    assert [signal.what for signal in scan_script(PATCHES)] == ["uses 'vitest'"]
