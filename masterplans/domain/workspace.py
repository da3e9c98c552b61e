"""A project as files in memory: the one form in which code travels between phases.

The folder on disk is derived from it and can be deleted at any time.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class FileRole(StrEnum):
    """What a file is for."""

    SOURCE = "source"  # a task: code that V2 may change
    TEST = "test"  # project tests, never changed
    SUPPORT = "support"  # data, configuration, conftest.py: needed to run, never changed


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceFile:
    """One file.

    ``path`` is what people see and what the export writes, relative to the imported folder. ``place`` is where the file
    lies in the workspace, relative to its root: the same, below the folders of ``root_package`` where the imported
    folder is itself a package (``clique.py`` -> ``networkx/algorithms/clique.py``). Both use ``/``.
    """

    path: str
    place: str
    role: FileRole
    content: bytes
    generated: bool = False  # tests that nobody wrote: they say what the code does, and weigh less


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """All files of a plan in one state: drafts, or drafts with accepted atoms put in."""

    files: Mapping[str, WorkspaceFile] = field(default_factory=dict)  # by path
    root_package: str | None = None  # dotted import name of the imported folder, where it is a package
    python: str | None = None  # interpreter of the project under test; its packages are mounted read-only
    node_modules: str | None = None

    def of_role(self, role: FileRole) -> tuple[WorkspaceFile, ...]:
        """Files of one role, by path."""
        return tuple(f for _, f in sorted(self.files.items()) if f.role is role)

    def with_content(self, path: str, content: bytes) -> "Workspace":
        """The same workspace with the bytes of one file replaced."""
        files = dict(self.files)
        files[path] = replace(files[path], content=content)
        return replace(self, files=files)

    def digest(self) -> str:
        """sha256 over places and bytes; equal digests mean that a result of one run holds for the other."""
        whole = hashlib.sha256()
        for file in sorted(self.files.values(), key=lambda f: f.place):
            for part in (file.place.encode("utf-8", "surrogateescape"), file.content):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
        whole.update(repr((self.root_package, self.python, self.node_modules)).encode())
        return whole.hexdigest()
