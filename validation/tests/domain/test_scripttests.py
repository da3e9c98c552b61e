"""Whose tests a script file holds: its imports say so, else the project."""

import json

import pytest

from validation.domain.scripttests import UNKNOWN, foreign_runner
from validation.tests.projects import project

GLOBAL = "describe('a', () => { it('b', () => { expect(1).toBe(1); }); });\n"


@pytest.mark.parametrize(
    ("test", "package", "runner"),
    [
        ("import { test } from 'node:test';", {"scripts": {"test": "jest"}}, None),
        ("import test from 'ava';", {}, "ava"),
        ("import { it } from '@jest/globals';", {}, "jest"),
        (GLOBAL, {"scripts": {"test": "vitest run"}, "devDependencies": {"jest": "1"}}, "vitest"),
        (GLOBAL, {"scripts": {"test": "nyc mocha"}}, "mocha"),
        (f"import {{ expect }} from 'chai';\n{GLOBAL}", {"devDependencies": {"mocha": "11"}}, "mocha"),
        (GLOBAL + "jest.fn();", {"scripts": {"test": "vitest"}}, "jest"),
        (GLOBAL, {"scripts": ["hostile"]}, UNKNOWN),
    ],
)
def test_whose_tests_a_file_holds(test: str, package: dict[str, object], runner: str | None) -> None:
    files = {"lib/test/a.test.ts": test, "lib/package.json": "[]", "package.json": json.dumps(package)}
    workspace = project(files)
    assert foreign_runner(workspace.files["lib/test/a.test.ts"], workspace) == runner


def test_a_configuration_with_globals_names_vitest() -> None:
    config = "export default { test: { globals: true } };\n"
    workspace = project({"test/a.test.ts": GLOBAL, "vitest.config.ts": config})
    assert foreign_runner(workspace.files["test/a.test.ts"], workspace) == "vitest"
