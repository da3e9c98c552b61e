"""What each level judges together: modules (a file, or a part of a long one), package folders, the whole.

The members come from ``graphs.domain.boundaries``; the lines are those of the judged state of the code.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphs.domain.boundaries import Boundary
from masterplans.domain.workspace import FileRole, Workspace

LAST_LINE = 2**31
WHOLE = "."
PART = "#"  # stands between the path of a long file and the number of its part
Span = tuple[str, int, int]  # atom id, first and last line


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleScope:
    """A file, or part ``#n`` of it, by lines; ``atoms`` are its members, none where the file was not cut."""

    scope: str
    path: str
    first: int = 1
    last: int = LAST_LINE
    atoms: tuple[str, ...] = ()

    def holds(self, line: int) -> bool:
        """Whether a line belongs to it."""
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The modules and package folders of a plan, with the atoms of each."""

    modules: tuple[Boundary, ...] = ()
    components: tuple[Boundary, ...] = ()

    def module_of(self) -> dict[str, str]:
        """Atom id -> the scope of its module."""
        return {atom: module.scope for module in self.modules for atom in module.atoms}

    def ready(self, done: Collection[str]) -> frozenset[str]:
        """Scopes of levels 2 to 4 all of whose atoms are ``done``; the whole is ready when every atom is."""
        scopes = {("module", one.scope): one.atoms for one in self.modules}
        scopes |= {("component", one.scope): one.atoms for one in self.components}
        found = {f"{level}:{scope}" for (level, scope), atoms in scopes.items() if all(a in done for a in atoms)}
        everything = all(atom in done for one in self.components for atom in one.atoms)
        return frozenset(found | ({f"system:{WHOLE}"} if everything else set()))


def module_scopes(
    workspace: Workspace, modules: Sequence[Boundary] = (), spans: Mapping[str, Iterable[Span]] | None = None
) -> list[ModuleScope]:
    """The modules of a workspace, by path; a file that no boundary names is one module."""
    lines = {atom: (first, last) for found in (spans or {}).values() for atom, first, last in found}
    by_path: dict[str, list[Boundary]] = {}
    for one in modules:
        by_path.setdefault(one.paths[0], []).append(one)
    found: list[ModuleScope] = []
    for file in workspace.of_role(FileRole.SOURCE):
        parts = by_path.get(file.path, [])
        if len(parts) < 2:
            found.append(ModuleScope(scope=file.path, path=file.path, atoms=parts[0].atoms if parts else ()))
            continue
        starts = [min((lines[a][0] for a in part.atoms if a in lines), default=0) for part in parts]
        ends = [*(start - 1 for start in starts[1:]), LAST_LINE]
        found += [
            ModuleScope(scope=part.scope, path=file.path, first=start, last=max(start, end), atoms=part.atoms)
            for part, start, end in zip(parts, starts, ends, strict=True)
        ]
    return found
