"""From the files of a source tree to a plan: which are tasks, which are tests, and where each lies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kernel.errors import InvalidInput
from masterplans.domain.importing.encoding import encoding_problem
from masterplans.domain.importing.globs import matches
from masterplans.domain.importing.languages import LANGUAGE_BY_SUFFIX, language_of
from masterplans.domain.importing.layout import check_plan
from masterplans.domain.importing.paths import check_package, place_of
from masterplans.domain.importing.roles import role_of, test_folders_of
from masterplans.domain.importing.spec import PlanSpec, TaskSpec
from masterplans.domain.workspace import FileRole, WorkspaceFile


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it was found, its path relative to the folder it was found in."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """A folder of code and what stands beside it.

    ``folder`` is the folder's own name; ``test_folders`` are folders inside whose files all count as tests;
    ``outside_tests`` are (name, files) of test folders that lie elsewhere; ``include`` narrows what becomes a task.
    """

    folder: str
    files: Sequence[FoundFile]
    name: str | None = None
    root_package: str | None = None
    test_folders: Sequence[str] = ()
    outside_tests: Sequence[tuple[str, Sequence[FoundFile]]] = ()
    include: Sequence[str] = ()
    python: str | None = None
    node_modules: str | None = None
    notices: tuple[str, ...] = ()


def plan_of_tree(tree: SourceTree) -> PlanSpec:
    """The plan of a source tree, or one clear error: no code in it, a name that cannot be imported, too much of it."""
    package = _package_of(tree)
    folders = (*tree.test_folders, *test_folders_of(file.path for file in tree.files))
    roles = {file.path: _role(tree, file.path, folders) for file in tree.files}
    sources = [file for file in tree.files if roles[file.path] is FileRole.SOURCE]
    if not sources:
        raise InvalidInput(_no_code(tree))
    files = [
        WorkspaceFile(path=file.path, place=place_of(file.path, package), role=role, content=file.content)
        for file in tree.files
        if (role := roles[file.path]) is not FileRole.SOURCE
    ]
    taken = {path.split("/", 1)[0] for file in tree.files for path in (file.path, place_of(file.path, package))}
    for folder, found in tree.outside_tests:
        top = _free_name(folder, taken)
        files += _tests_below(top, found)
    return check_plan(
        PlanSpec(
            name=tree.name or package or tree.folder,
            tasks=tuple(_task(file, package) for file in sorted(sources, key=lambda f: f.path)),
            files=tuple(sorted(files, key=lambda f: f.path)),
            root_package=package,
            python=tree.python,
            node_modules=tree.node_modules,
            notices=tree.notices,
        )
    )


def _package_of(tree: SourceTree) -> str | None:
    if tree.root_package:
        return check_package(tree.root_package, where="root package")
    if not any(file.path == "__init__.py" for file in tree.files):
        return None
    if not tree.folder.isidentifier():
        raise InvalidInput(
            f"{tree.folder}: it holds __init__.py, but its name cannot be imported; name the package (--root-package)."
        )
    return tree.folder


def _role(tree: SourceTree, path: str, test_folders: Sequence[str]) -> FileRole:
    if any(path.startswith(f"{folder}/") for folder in test_folders):
        return FileRole.TEST
    role = role_of(path)
    if role is FileRole.SOURCE and tree.include and not any(matches(path, pattern) for pattern in tree.include):
        return FileRole.SUPPORT  # still needed by the others, but not to be changed
    return role


def _no_code(tree: SourceTree) -> str:
    wanted = f" that matches {' or '.join(tree.include)}" if tree.include else ""
    endings = ", ".join(LANGUAGE_BY_SUFFIX)
    return f"{tree.folder}: there is no code{wanted} in this folder ({endings}; tests do not count)."


def _task(file: FoundFile, package: str | None) -> TaskSpec:
    language = language_of(file.path)
    assert language is not None  # noqa: S101 - role_of makes a source only of what has a language
    return TaskSpec(
        name=file.path,
        path=file.path,
        place=place_of(file.path, package),
        language=language,
        draft=file.content,
        problem=encoding_problem(file.content, language=language),
    )


def _free_name(folder: str, taken: set[str]) -> str:
    """The folder's name, with a number where the workspace has one of that name; adds it to ``taken``."""
    name, number = folder, 2
    while name in taken:
        name, number = f"{folder}_{number}", number + 1
    taken.add(name)
    return name


def _tests_below(top: str, found: Iterable[FoundFile]) -> Iterable[WorkspaceFile]:
    for file in found:
        path = f"{top}/{file.path}"
        yield WorkspaceFile(path=path, place=path, role=FileRole.TEST, content=file.content)
