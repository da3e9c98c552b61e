"""Declared, undeclared and unpinned packages; and how a file's definitions hang together."""

from masterplans.domain.workspace import Workspace
from validation.domain.dependencies import dependencies_check
from validation.domain.model import Finding, Status
from validation.domain.static import StaticCheck, StaticReport, locate
from validation.tests.projects import project


def lost(workspace: Workspace, path: str, line: int) -> StaticReport:
    finding = Finding(tool="t", code="missing-import", message="no", path=path, line=line, severity="warning")
    return StaticReport(digest="", findings={StaticCheck.TYPES: locate([finding], workspace.files)})


def test_what_is_undeclared_and_not_there_fails() -> None:
    files = {"a/m.py": "import os\nimport a.n\nimport nowhere\nimport numpy\n", "requirements.txt": "numpy>=2\n"}
    workspace = project(files)
    check = dependencies_check(workspace, lost(workspace, "a/m.py", 3))
    assert (check.status, check.reason) == (Status.FAILED, "nowhere is imported and not declared")
    installed = dependencies_check(workspace, None)
    assert (installed.status, [f.severity for f in installed.findings]) == (Status.PASSED, ["warning"])
    optional = project({**files, "a/m.py": "try:\n    import x\n\nexcept ImportError:\n    x = 1\n"})
    assert dependencies_check(optional, lost(optional, "a/m.py", 2)).status is Status.PASSED


def test_names_of_distributions_and_open_versions() -> None:
    code = {"m.py": "import yaml, dateutil.parser, rest_framework, PIL\n"}
    toml = (
        '[project]\nname = "p"\ndependencies = ["PyYAML==6", "python-dateutil", "djangorestframework", "pillow>=1"]\n'
    )
    assert dependencies_check(project({**code, "pyproject.toml": toml}), None).findings == ()
    unpinned = dependencies_check(project({"m.py": "import yaml\n", "requirements.txt": "pyyaml\n"}), None)
    assert [(f.code, f.severity) for f in unpinned.findings] == [("unpinned", "warning")]
    dynamic = '[project]\nname = "p"\ndynamic = ["dependencies"]\n'
    assert dependencies_check(project({**code, "pyproject.toml": dynamic}), None).status is Status.NOT_RUN


def test_without_a_manifest_nothing_can_be_said_of_what_is_imported() -> None:
    assert dependencies_check(project({"m.py": "import numpy\n"}), None).status is Status.NOT_RUN
    assert dependencies_check(project({"m.py": "import os\n"}), None).status is Status.PASSED


def test_scripts_declare_in_their_own_way() -> None:
    code = "import a from 'left-pad/x';\nimport b from 'node:fs';\nimport { c } from './c.js';\nimport '@s/p';\n"
    manifest = '{"dependencies": {"left-pad": "*"}}'
    check = dependencies_check(project({"m.ts": code, "package.json": manifest}), None)
    assert {(f.code, f.message.split()[0]) for f in check.findings} == {
        ("undeclared", "@s/p"),
        ("unpinned", "left-pad"),
    }
