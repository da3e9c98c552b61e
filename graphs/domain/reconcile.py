"""Planned edges against those that accepted code really has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from atoms.domain.model import FileAtoms
from graphs.domain.model import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """``unplanned``: in the code, not in the plan. ``unwired``: in the plan, not in the code."""

    unplanned: tuple[Edge, ...]
    unwired: tuple[Edge, ...]


def reconcile(planned: Iterable[Edge], actual: Iterable[Edge]) -> Reconciliation:
    """Compare by pair of atoms; the type and weight of an edge may change without a finding."""
    before = {(e.source, e.target): e for e in planned}
    after = {(e.source, e.target): e for e in actual}
    return Reconciliation(
        unplanned=tuple(edge for pair, edge in after.items() if pair not in before),
        unwired=tuple(edge for pair, edge in before.items() if pair not in after),
    )


def with_code(file: FileAtoms, codes: Mapping[str, bytes]) -> FileAtoms:
    """Return a file with accepted code in the place of what its atoms held; ids, kinds and symbols stay.

    ``parse_ok`` is taken over: the caller knows whether the new text parses.
    """
    if all(codes.get(atom.id, file.text(atom)) == file.text(atom) for atom in file.atoms):
        return file
    parts, atoms, offset, line = [], [], 0, 1
    for atom in sorted(file.atoms, key=lambda a: a.start_byte):
        part = codes.get(atom.id, file.text(atom))
        height = part.count(b"\n")
        last = line + height - (1 if part.endswith(b"\n") else 0)
        atoms.append(
            replace(atom, start_byte=offset, end_byte=offset + len(part), start_line=line, end_line=max(line, last))
        )
        parts.append(part)
        offset, line = offset + len(part), line + height
    return replace(file, source=b"".join(parts), atoms=tuple(atoms), facts=None)
