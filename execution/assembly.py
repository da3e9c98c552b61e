"""From atoms back to files: the code of a run, byte for byte, and where each atom lies in it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from django.db.models import QuerySet

from atoms.domain.model import AtomKind
from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom, Units
from execution.phases import phases_of
from masterplans.domain.workspace import Workspace
from masterplans.models import MasterplanSubtask, MasterplanTask
from masterplans.selectors import load_workspace

Span = tuple[str, int, int]  # atom id, first line, last line (1-based, inclusive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """One file of a run."""

    path: str
    content: bytes
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """All files of a run as they stand, with the lines of every atom."""

    workspace: Workspace
    spans: Mapping[str, tuple[Span, ...]]  # by path
    changed: Set[str]  # atoms whose code is not the draft's


def assemble(
    run: ExecutionRun,
    *,
    replacing: Mapping[uuid.UUID, str] | None = None,
    drafts: bool = False,
    only: Collection[uuid.UUID] | None = None,
) -> Assembly:
    """The whole workspace of a run; ``replacing`` puts candidates in place of what atoms hold now.

    With ``drafts`` it is the code as it came in, without anything that was accepted since; with ``only`` the code of
    these atoms alone counts as accepted.
    """
    accepted = {} if drafts else accepted_codes(run.run_id)
    codes = {pk: code for pk, code in accepted.items() if only is None or pk in only} | dict(replacing or {})
    files = [file for task in tasks_with_ranges(run) if (file := assemble_task(task, codes)) is not None]
    workspace = load_workspace(run.masterplan_id, replacing={f.path: f.content for f in files})
    changed = frozenset(str(unit_id) for unit_id in codes)
    return Assembly(workspace=workspace, spans={f.path: f.spans for f in files}, changed=changed)


def accepted_codes(run_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, str]:
    """Accepted code by atom, of all atoms of a run or of ``only`` these; atoms whose draft stands are absent."""
    atoms = RunAtom.objects.filter(run_id=run_id) if only is None else _some(run_id, only)
    changed = atoms.filter(code__isnull=False).order_by()
    return {atom_id: code for atom_id, code in changed.values_list("atom_id", "code") if code is not None}


def _some(run_id: uuid.UUID, only: Collection[uuid.UUID]) -> QuerySet[RunAtom]:
    return RunAtom.objects.filter(run_id=run_id, atom_id__in=list(only))


Range = tuple[uuid.UUID, int, int]  # unit id, start and end byte in the task's text


def tasks_with_ranges(run: ExecutionRun) -> list[tuple[MasterplanTask, list[Range]]]:
    """The plan's tasks, each with the ranges of its units in this run."""
    tasks = MasterplanTask.objects.filter(masterplan_id=run.masterplan_id).order_by("task_number")
    ranges: dict[uuid.UUID, list[Range]] = defaultdict(list)
    for task_id, unit_id, start, end in _units(run):
        ranges[task_id].append((unit_id, start, end))
    return [(task, ranges[task.task_id]) for task in tasks]


def _units(run: ExecutionRun) -> Iterable[tuple[uuid.UUID, uuid.UUID, int, int]]:
    """Task, id and range of the run's units: subtasks in the MVP, atoms in V2 (parts, where atomization is off)."""
    if run.units == Units.SUBTASKS:
        subtasks = MasterplanSubtask.objects.filter(task__masterplan_id=run.masterplan_id).order_by("subtask_number")
        return subtasks.values_list("task_id", "subtask_id", "start_byte", "end_byte")
    atoms = AtomicUnit.objects.filter(masterplan_id=run.masterplan_id).order_by("atom_number")
    atoms = atoms.exclude(kind=AtomKind.SUBTASK) if phases_of(run).atomization else atoms.filter(kind=AtomKind.SUBTASK)
    return atoms.values_list("task_id", "atom_id", "start_byte", "end_byte")


def ranges_of(run: ExecutionRun, task: MasterplanTask) -> list[Range]:
    """The ranges of one task in a run, in order."""
    return [(unit_id, start, end) for task_id, unit_id, start, end in _units(run) if task_id == task.pk]


def joined(text: bytes, ranges: Iterable[Range], codes: Mapping[uuid.UUID, str]) -> bytes:
    """A file's text with codes in place of the ranges that they stand for."""
    return b"".join(encoded(codes[unit]) if unit in codes else text[start:end] for unit, start, end in ranges)


def assemble_task(entry: tuple[MasterplanTask, list[Range]], codes: Mapping[uuid.UUID, str]) -> Assembled | None:
    """One file of a run; None where nothing was written yet."""
    task, ranges = entry
    text = task.text
    if not text and not any(unit_id in codes for unit_id, _, _ in ranges):
        return None if task.draft is None else Assembled(path=task.target_path, content=b"", spans=())
    parts, spans, line = [], [], 1
    for unit_id, start, end in ranges:
        part = encoded(codes[unit_id]) if unit_id in codes else text[start:end]
        newlines = part.count(b"\n")
        last = line + newlines - (1 if part.endswith(b"\n") else 0)
        spans.append((str(unit_id), line, max(line, last)))
        parts.append(part)
        line += newlines
    return Assembled(path=task.target_path, content=b"".join(parts), spans=tuple(spans))


def encoded(code: str) -> bytes:
    """Code as bytes; what came in as undecodable bytes goes out unchanged."""
    return code.encode("utf-8", "surrogateescape")


def original_text(atom: RunAtom) -> bytes | None:
    """The draft's bytes of an atom; None for a task that came without code."""
    unit = AtomicUnit.objects.select_related("task").get(pk=atom.atom_id)
    if unit.task.draft is None:
        return None
    return unit.task.text[unit.start_byte : unit.end_byte]


def atom_text(atom: RunAtom) -> bytes:
    """The bytes that count in this run: accepted code, else the draft's."""
    if atom.code is not None:
        return encoded(atom.code)
    unit = AtomicUnit.objects.select_related("task").get(pk=atom.atom_id)
    return unit.task.text[unit.start_byte : unit.end_byte]


def assemble_file(atom: RunAtom) -> Assembled | None:
    """The file of an atom as it stands in its run; None where nothing was written yet."""
    task = MasterplanTask.objects.get(pk=atom.task_id)
    units = AtomicUnit.objects.filter(task=task).order_by("atom_number")
    parts = atom.kind == AtomKind.SUBTASK
    units = units.filter(kind=AtomKind.SUBTASK) if parts else units.exclude(kind=AtomKind.SUBTASK)
    ranges = list(units.values_list("atom_id", "start_byte", "end_byte"))
    return assemble_task((task, ranges), accepted_codes(atom.run_id, only=[unit_id for unit_id, _, _ in ranges]))


def surroundings(atom: RunAtom, lines: int = 8) -> tuple[str, str]:
    """Up to ``lines`` lines before and after the atom in its assembled file."""
    file = assemble_file(atom)
    if file is None:
        return "", ""
    rows = [f"{row}\n" for row in file.content.decode("utf-8", "replace").split("\n")]  # spans count LF alone
    span = next((s for s in file.spans if s[0] == str(atom.atom_id)), None)
    if span is None:
        return "", ""
    return "".join(rows[max(0, span[1] - 1 - lines) : span[1] - 1]), "".join(rows[span[2] : span[2] + lines])
