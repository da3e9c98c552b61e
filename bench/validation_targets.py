"""What the measurement of validation seeds its defects into: packages with tests of their own, as workspaces."""

from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.parser import MultiLanguageParser
from kernel.errors import InvalidInput
from masterplans.domain.importing.tree_plan import SourceTree, plan_of_tree
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from masterplans.importers.source_tree import folder, scan_tree
from validation.domain.blame import Span

EXAMPLE = "examples/shop"
BUILDING = ("setup.py", "noxfile.py")
DEFAULTS = (EXAMPLE, "networkx.utils", "networkx.algorithms.tree", "networkx.algorithms.coloring")


def workspace_of(name: str) -> Workspace:
    """The bundled example with its solutions, a folder with code and tests, or an installed package with its tests.

    Raises ``InvalidInput`` where there is none, or it has no tests.
    """
    workspace = _example() if name == EXAMPLE else _folder(Path(name)) if "/" in name else _installed(name)
    if not workspace.of_role(FileRole.TEST):
        raise InvalidInput(f"{name} ships no tests")
    return workspace


def _example() -> Workspace:
    root = Path(__file__).parent.parent / EXAMPLE
    files: dict[str, WorkspaceFile] = {}
    for part, role in (("drafts", FileRole.SOURCE), ("solutions", FileRole.SOURCE), ("tests", FileRole.TEST)):
        for path in sorted((root / part).rglob("*.py")):
            place = path.relative_to(root if role is FileRole.TEST else root / part).as_posix()
            files[place] = WorkspaceFile(path=place, place=place, role=role, content=path.read_bytes())
    return Workspace(files=files)


def _folder(path: Path) -> Workspace:
    """A source tree as ``import_source`` reads it; what builds and documents it is left out."""
    root = folder(path, what="target")
    plan = plan_of_tree(SourceTree(folder=root.name, files=scan_tree(root).files))
    files = {
        file.path: file
        for file in (*plan.files, *(WorkspaceFile(path=t.path, place=t.place, role=FileRole.SOURCE,
                                                  content=t.draft or b"") for t in plan.tasks))
        if file.path not in BUILDING and not file.path.startswith("docs/")
    }  # fmt: skip
    packages = root / "node_modules"
    return Workspace(
        files=files, root_package=plan.root_package, node_modules=str(packages) if packages.is_dir() else None
    )


def _installed(name: str) -> Workspace:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise InvalidInput(f"{name} is no installed package")
    root = Path(spec.submodule_search_locations[0])
    files: dict[str, WorkspaceFile] = {}
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root).as_posix()
        role = FileRole.TEST if "tests" in Path(place).parts else FileRole.SOURCE
        whole = f"{name.replace('.', '/')}/{place}"
        files[place] = WorkspaceFile(path=place, place=whole, role=role, content=path.read_bytes())
    return Workspace(files=files, root_package=name)


def spans_of(workspace: Workspace) -> dict[str, list[Span]]:
    """The atoms of every source file by path, with their lines."""
    found: dict[str, list[Span]] = defaultdict(list)
    for file in workspace.of_role(FileRole.SOURCE):
        language = MultiLanguageParser.language_of(file.path)
        if language is None:
            continue
        split = RecursiveDecomposer().split(file.content, path=file.path, language=language)
        found[file.path] = [(str(atom.id), atom.start_line, atom.end_line) for atom in split.atoms]
    return found
