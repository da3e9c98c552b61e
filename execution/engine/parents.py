"""The last thing to try with an atom that stalls: its whole function or class is written anew, as one unit.

Only the atom that stalls is leased. Its siblings keep their state while the model writes; when the reply is settled
they are locked together with it, in the one order of locks, and all of them change or none. Where a sibling moved
meanwhile, the stored reply is judged once more on what is there then, and nothing is paid. What a person decided
stands.
"""

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomKind, Language
from atoms.models import AtomicUnit
from execution.assembler import Assembler
from execution.assembly import encoded
from execution.domain.parents import Part, Piece, family, share_out
from execution.models import ExecutionRun, RunAtom, Stage
from kernel.states import AtomStatus

MOST_BYTES = 12_000  # of a parent: more is no work for one reply
_OPEN = (AtomStatus.READY, AtomStatus.RETRY_WAIT)
_MOVABLE = (AtomStatus.PASSED, AtomStatus.FAILED, *_OPEN, AtomStatus.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A function or class of several atoms."""

    symbol: str
    task_id: uuid.UUID
    path: str
    language: str
    parts: Sequence[Part[uuid.UUID]]

    @property
    def lines(self) -> tuple[int, int]:
        """Its first and last line in the draft."""
        return self.parts[0].start_line, self.parts[-1].end_line

    @property
    def atom_ids(self) -> list[uuid.UUID]:
        """All its atoms, in order."""
        return [part.id for part in self.parts]


class Parents:
    """Finds the parents of a run's atoms; what a file is cut into does not change while a run goes. Thread-safe."""

    def __init__(self, run: ExecutionRun, assembler: Assembler) -> None:
        self._run, self._assembler = run, assembler
        self._lock = threading.Lock()
        self._parts: dict[uuid.UUID, list[Part[uuid.UUID]]] = {}

    def of(self, unit: AtomicUnit) -> Parent | None:
        """The parent of an atom; None where it has none, or a very long one."""
        if unit.kind == AtomKind.SUBTASK:
            return None
        with self._lock:
            parts = self._parts.get(unit.task_id)
            if parts is None:
                parts = self._parts[unit.task_id] = _parts_of(unit.task_id)
        index = next(n for n, part in enumerate(parts) if part.id == unit.atom_id)
        found = family(parts, index)
        if found is None or found[1][-1].end_byte - found[1][0].start_byte > MOST_BYTES:
            return None
        return Parent(
            symbol=found[0], task_id=unit.task_id, path=unit.path, language=unit.language, parts=found[1]
        )  # fmt: skip

    def text(self, parent: Parent) -> str:
        """What the parent is now: accepted code, else drafts."""
        codes = self._codes(parent)
        return "".join(codes[atom_id] for atom_id in parent.atom_ids)

    def draft(self, parent: Parent) -> str:
        """What the parent came as."""
        return "".join(plain(self._assembler.draft(one)) for one in parent.atom_ids)

    def divide(self, parent: Parent, text: str) -> dict[uuid.UUID, str]:
        """New text of a parent as the text of each of its atoms; the file around it is taken as it came in."""
        before, after = self._around(parent)
        file = RecursiveDecomposer().split(
            before + encoded(text) + after, path=parent.path, language=Language(parent.language)
        )
        end = len(before) + len(encoded(text))
        inside = [a for a in file.atoms if a.start_byte < end and a.end_byte > len(before)]
        pieces = [
            Piece(
                symbol=a.symbol,
                kind=a.kind,
                text=plain(file.source[max(a.start_byte, len(before)) : min(a.end_byte, end)]),
            )
            for a in inside
        ]
        return share_out(pieces, parent.parts)

    def free(self, parent: Parent, atom: RunAtom) -> bool:
        """Whether the siblings may change at all: none waits, and no person decided or asked for something."""
        rows = RunAtom.objects.filter(run=self._run, atom_id__in=parent.atom_ids).exclude(pk=atom.pk)
        return not any(fixed(sibling) for sibling in rows)

    def _codes(self, parent: Parent) -> dict[uuid.UUID, str]:
        rows = RunAtom.objects.filter(run=self._run, atom_id__in=parent.atom_ids, code__isnull=False)
        accepted: dict[uuid.UUID, str] = {one: code or "" for one, code in rows.values_list("atom_id", "code")}
        return {one: accepted[one] if one in accepted else plain(self._assembler.draft(one)) for one in parent.atom_ids}

    def _around(self, parent: Parent) -> tuple[bytes, bytes]:
        """The file before and after the parent, as it came in."""
        text = self._assembler.task(parent.task_id).text
        return text[: parent.parts[0].start_byte], text[parent.parts[-1].end_byte :]


def keep_apart(run_id: uuid.UUID, atoms: Sequence[RunAtom], wanted: Mapping[uuid.UUID, Parent]) -> set[uuid.UUID]:
    """Who of the atoms just claimed has to wait, where some are to be written with their parents.

    Nobody begins a parent while one of its parts is worked on; of parts claimed together the first one writes it, the
    others wait for what becomes of it.
    """
    here = {atom.atom_id for atom in atoms}
    members = {one for parent in wanted.values() for one in parent.atom_ids}
    rows = {row.atom_id: row for row in RunAtom.objects.filter(run_id=run_id, atom_id__in=members)}
    waiting: set[uuid.UUID] = set()
    for atom in atoms:
        parent = wanted.get(atom.atom_id)
        if parent is None or atom.atom_id in waiting:
            continue
        others = [one for one in parent.atom_ids if one != atom.atom_id]
        if _busy(rows[one] for one in others if one in rows and one not in here):
            waiting.add(atom.atom_id)
        else:
            waiting |= here.intersection(others)
    return waiting


def fixed(sibling: RunAtom) -> bool:
    """Whether a sibling must not be changed by another atom's attempt."""
    hole = sibling.is_hole and sibling.code is None
    return sibling.decided or bool(sibling.human_words) or hole or sibling.status not in _MOVABLE


def _busy(siblings: Iterable[RunAtom]) -> bool:
    """Whether somebody works on one, or has a reply for one that is still to be judged."""
    return any(
        one.status == AtomStatus.RUNNING or (one.status in _OPEN and one.stage == Stage.VALIDATE) for one in siblings
    )


def plain(data: bytes) -> str:
    """Bytes as text that goes back to the same bytes (see execution.assembly.encoded)."""
    return data.decode("utf-8", "surrogateescape")


def _parts_of(task_id: uuid.UUID) -> list[Part[uuid.UUID]]:
    rows = AtomicUnit.objects.filter(task_id=task_id).exclude(kind=AtomKind.SUBTASK).order_by("atom_number")
    return [
        Part(
            id=pk,
            symbol=symbol,
            kind=kind,
            parent=parent,
            start_byte=start,
            end_byte=end,
            start_line=first,
            end_line=last,
        )
        for pk, symbol, kind, parent, start, end, first, last in rows.values_list(
            "atom_id", "symbol", "kind", "parent", "start_byte", "end_byte", "start_line", "end_line"
        )
    ]
