"""Where an atom stands in its file, as the file is in the run: accepted code above it moves it."""

from dataclasses import dataclass

from execution.assembly import assemble_file
from execution.models import RunAtom
from kernel.text import decode

CONTEXT_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """First and last line (1-based, inclusive), and up to CONTEXT_LINES lines around."""

    first: int
    last: int
    before: str = ""
    after: str = ""


def place_of(atom: RunAtom) -> Place:
    """The atom's place; in a file that nobody has written yet, the one it had in the plan."""
    file = assemble_file(atom)
    span = next((s for s in file.spans if s[0] == str(atom.atom_id)), None) if file else None
    if file is None or span is None:
        return Place(first=atom.start_line, last=atom.end_line)
    _, first, last = span
    lines = file.content.split(b"\n")  # as spans are counted: form feeds and the like end no line
    rows = [line + b"\n" for line in lines[:-1]] + lines[-1:]
    return Place(
        first=first,
        last=last,
        before=decode(b"".join(rows[max(0, first - 1 - CONTEXT_LINES) : first - 1])),
        after=decode(b"".join(rows[last : last + CONTEXT_LINES])),
    )
