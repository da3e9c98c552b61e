"""A graph without edges, for runs whose dependency graph is switched off: tasks by level, atoms as they stand."""

from collections.abc import Sequence

from atoms.domain.model import FileAtoms
from graphs.domain.model import Ordering, ProjectGraph


def file_order(levels: Sequence[Sequence[FileAtoms]], *, ordering: Ordering) -> ProjectGraph:
    """One wave for each level of tasks; ``depth`` falls along the files, so that claims follow their order."""
    waves = [tuple(atom.id for file in level for atom in file.atoms) for level in levels]
    order = tuple(atom for wave in waves for atom in wave)
    return ProjectGraph(
        edges=(),
        waves=tuple(wave for wave in waves if wave),
        order=order,
        units=(),
        depth={atom: len(order) - n for n, atom in enumerate(order)},
        unresolved=(),
        callgraph={},
        ordering=ordering,
    )
