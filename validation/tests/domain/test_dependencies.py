"""Declared, undeclared and unpinned packages; and how a file's definitions hang together."""

from masterplans.domain.workspace import Workspace
from validation.domain.cohesion import cohesion_check, groups
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


def test_definitions_that_share_nothing_are_groups_of_their_own() -> None:
    uses = {
        "a": frozenset({"b"}),
        "b": frozenset[str](),
        "c": frozenset({"X"}),
        "d": frozenset({"X"}),
        "e": frozenset(),
    }
    assert sorted(map(sorted, groups(uses))) == [["a", "b"], ["c", "d"], ["e"]]
    workspace = project({
        "m.py": "X = 1\n\n\ndef a():\n    return b()\n\n\ndef b():\n    return X\n\n\nclass Many:\n"
        + "".join(f"    def m{n}(self):\n        return self.x{n}\n\n" for n in range(5)),
        "n.ts": "", "o.py": "def f(:\n",
    })  # fmt: skip
    check = cohesion_check(workspace.files["m.py"])
    assert check.reason == "3 definitions in 2 groups; the largest holds 66 %"
    assert [f.code for f in check.findings] == ["lcom4"]
    assert {cohesion_check(workspace.files[path]).status for path in ("n.ts", "o.py")} == {Status.NOT_RUN}
