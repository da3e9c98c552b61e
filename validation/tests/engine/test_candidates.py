"""Many versions of a file against its failing tests: the green ones are found, whatever the others do."""

import pytest

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.engine.candidates import survivors

pytestmark = pytest.mark.sandbox
TESTS = b"from doubling import double\n\ndef test_it():\n    assert double(3) == 6\n"


def file(path: str, content: bytes, role: FileRole = FileRole.SOURCE) -> WorkspaceFile:
    return WorkspaceFile(path=path, place=path, role=role, content=content)


def test_only_green_versions_survive() -> None:
    files = [file("doubling.py", b"def double(x):\n    return x\n"), file("test_doubling.py", TESTS, FileRole.TEST)]
    workspace = Workspace(files={f.path: f for f in files})
    bodies = [b"return x + x", b"return x * 3", b"syntax error", b"while True: pass", b"import os; os._exit(1)",
              b"return 2 * x"]  # fmt: skip
    versions = [b"def double(x):\n    " + body + b"\n" for body in bodies]
    told: list[int] = []
    found = survivors(
        workspace, "doubling.py", versions, tests=["test_doubling.py::test_it"], seconds=20, progress=told.append
    )
    assert found == [0, 5]
    assert sum(told) == len(versions)
