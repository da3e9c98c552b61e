"""Which source file imports which, read from the text: for dependency rules between packages."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.static import Family, family_of
from validation.domain.testfiles import imported_places, python_modules

_SCRIPT_IMPORT = re.compile(
    r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](?P<target>\.{1,2}/[^"'\n]+)["']"""
)
_ENDINGS = ("", ".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs", "/index.ts", "/index.tsx", "/index.js")


def file_imports(workspace: Workspace) -> dict[str, frozenset[str]]:
    """Path -> paths of the source files that it imports, in Python and in scripts. What cannot be parsed has none."""
    modules = python_modules(workspace)
    sources = workspace.of_role(FileRole.SOURCE)
    by_place = {file.place: file.path for file in sources}
    found: dict[str, frozenset[str]] = {}
    for file in sources:
        if family_of(file.path) is Family.PYTHON:
            found[file.path] = _without_ancestors(file, imported_places(file, modules))
        elif family_of(file.path) is Family.SCRIPT:
            found[file.path] = frozenset(_script_targets(file, by_place))
    return found


def _without_ancestors(file: WorkspaceFile, targets: Iterable[str]) -> frozenset[str]:
    """Leave out the packages that the file lies in: ``from . import x`` is no use of the package's own code."""
    own = {str(parent / "__init__.py") for parent in PurePosixPath(file.path).parents}
    return frozenset(target for target in targets if target not in own and target != file.path)


def _script_targets(file: WorkspaceFile, by_place: dict[str, str]) -> Iterable[str]:
    folder = PurePosixPath(file.place).parent
    for match in _SCRIPT_IMPORT.finditer(file.content.decode("utf-8", "replace")):
        base = _normal(folder / match["target"])
        stem = re.sub(r"\.(js|jsx|mjs|cjs)$", "", base)
        for candidate in (base + e for e in _ENDINGS):
            if candidate in by_place:
                yield by_place[candidate]
                break
        else:
            yield from (by_place[stem + e] for e in (".ts", ".tsx", ".mts") if stem + e in by_place)


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    return "/".join(parts)


def importing(workspace: Workspace, files: Iterable[WorkspaceFile]) -> frozenset[str]:
    """Paths of those files, tests perhaps, that name a source file of the workspace in an import."""
    targets = _targets(workspace)
    return frozenset(file.path for file in files if any(True for _ in targets(file)))


def reached_by(workspace: Workspace, files: Iterable[WorkspaceFile]) -> frozenset[str]:
    """Paths of the source files that these files, tests perhaps, import, themselves or through other sources.

    A package that is named only on the way to one of its modules is not followed.
    """
    targets, imports = _targets(workspace), file_imports(workspace)
    waiting: list[str] = []
    for file in files:
        named = set(targets(file))
        on_the_way = {str(folder / "__init__.py") for path in named for folder in _above(path)}
        waiting += named - on_the_way
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imports.get(path, ())
    return frozenset(found)


def _above(path: str) -> Iterable[PurePosixPath]:
    """The packages around a module; those around a package's own file, but not itself."""
    parents = PurePosixPath(path).parents
    return parents[1:] if path.endswith("__init__.py") else parents


def _targets(workspace: Workspace) -> Callable[[WorkspaceFile], Iterable[str]]:
    modules = python_modules(workspace)
    by_place = {file.place: file.path for file in workspace.of_role(FileRole.SOURCE)}

    def targets(file: WorkspaceFile) -> Iterable[str]:
        if family_of(file.path) is Family.PYTHON:
            return imported_places(file, modules)
        return _script_targets(file, by_place)

    return targets


def package_of(path: str) -> str:
    """The package folder of a file: ``.`` at the root."""
    return str(PurePosixPath(path).parent)


def packages_of(imports: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Package folder -> other package folders that its files import, from the imports of files."""
    found: dict[str, set[str]] = {}
    for path, targets in imports.items():
        mine = found.setdefault(package_of(path), set())
        mine.update(package for target in targets if (package := package_of(target)) != package_of(path))
    return {package: frozenset(targets) for package, targets in found.items()}
