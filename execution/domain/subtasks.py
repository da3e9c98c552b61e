"""How the MVP cuts a task: about 25 lines of code a part, at line ends, with no eye for meaning."""

import uuid
from dataclasses import dataclass, replace

from atoms.domain.model import Atom, AtomKind, FileAtoms

LOC_PER_PART = 25
_NAMES = uuid.UUID("3f1c5f0e-6f0a-4a57-9d0e-6b9f6f2f9c11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A byte range of a task's text with its lines that hold anything."""

    start: int
    end: int
    loc: int


def cut_parts(text: bytes) -> tuple[Part, ...]:
    """Cut at line ends after every 25 lines that are not blank; the parts, in order, are exactly the text."""
    parts: list[Part] = []
    start = position = loc = 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        loc += bool(line.strip())
        if loc == LOC_PER_PART:
            parts.append(Part(start=start, end=position, loc=loc))
            start, loc = position, 0
    if position > start or not parts:
        parts.append(Part(start=start, end=position, loc=loc))
    return tuple(parts)


def as_parts(file: FileAtoms) -> FileAtoms:
    """A cut file with its atoms replaced by subtasks, which the graph takes as it takes atoms."""
    if not file.source:
        return replace(file, atoms=tuple(replace(atom, kind=AtomKind.SUBTASK) for atom in file.atoms))
    atoms: list[Atom] = []
    line = 1
    for number, part in enumerate(cut_parts(file.source)):
        text = file.source[part.start : part.end]
        lines = text.count(b"\n")
        holes = [a for a in file.atoms if a.is_hole and part.start <= a.start_byte < part.end]
        atoms.append(
            Atom(
                id=str(uuid.uuid5(_NAMES, f"{file.path}\n{number}\n{text!r}")),
                path=file.path,
                language=file.language,
                number=number,
                kind=AtomKind.SUBTASK,
                symbol=f"part {number + 1}",
                parent=None,
                start_byte=part.start,
                end_byte=part.end,
                start_line=line,
                end_line=line + max(0, lines - text.endswith(b"\n")),
                loc=part.loc,
                complexity=1.0,
                is_hole=bool(holes),
            )
        )
        line += lines
    return replace(file, atoms=tuple(atoms))
