"""The options of ``import_source`` into a plan."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import InvalidInput
from masterplans.domain.importing.spec import PlanSpec
from masterplans.domain.importing.tree_plan import FoundFile, SourceTree, plan_of_tree
from masterplans.importers.source_tree import Report, folder, scan_tree, storable_path


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What ``import_source`` was asked for; paths as they were typed."""

    directory: str
    tests: Sequence[str] = ()
    root_package: str | None = None
    include: Sequence[str] = ()
    python: str | None = None
    node_modules: str | None = None
    name: str | None = None


def plan_of_folder(options: SourceOptions, *, report: Report | None = None) -> PlanSpec:
    """Read a source tree and its test folders and make the plan; one clear error for anything that is not there."""
    root = folder(options.directory, what="The source folder")
    python = _executable(options.python) if options.python else None
    inside, outside = _test_folders(root, options.tests)
    scan = scan_tree(root, report=report)
    notices = list(scan.all_notices())
    node_modules, found_note = _node_modules(root, options.node_modules)
    beside: list[tuple[str, Sequence[FoundFile]]] = []
    for tests in outside:
        more = scan_tree(tests)
        notices += more.all_notices()
        beside.append((tests.name, more.files))
    return plan_of_tree(
        SourceTree(
            folder=root.name or "root",
            files=scan.files,
            name=options.name,
            root_package=options.root_package,
            test_folders=inside,
            outside_tests=beside,
            include=options.include,
            python=python,
            node_modules=node_modules,
            notices=(*notices, *found_note),
        )
    )


def _test_folders(root: Path, asked: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Test folders inside the source folder, relative to it, and those elsewhere; each once."""
    inside: list[str] = []
    outside: list[Path] = []
    for path in dict.fromkeys(folder(one, what="The test folder") for one in asked):
        if root.is_relative_to(path):
            raise InvalidInput(f"The test folder {str(path)!r} holds the source folder itself; name a folder of tests.")
        if path.is_relative_to(root):
            inside.append(path.relative_to(root).as_posix())
        else:
            outside.append(path)
    return inside, outside


def _executable(python: str) -> str:
    """The interpreter's absolute path. Its links are kept: that of a virtual environment is one."""
    path = Path(python).absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise InvalidInput(f"The interpreter {python!r} is not an executable file; give its path (--python).")
    return str(storable_path(path, what="The interpreter"))


def _node_modules(root: Path, asked: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The folder of installed npm packages: the one named, else the one inside the source folder."""
    if asked:
        return str(folder(asked, what="The folder of npm packages")), ()
    own = root / "node_modules"
    if own.is_dir() and not own.is_symlink():  # a project must not choose what of this machine is mounted
        return str(own), ("using the node_modules folder inside the source folder",)
    return None, ()
