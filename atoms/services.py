"""Writes of the atoms room: cut the tasks of a plan and store the atoms (the seed's AtomService)."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer, whole_file_hole
from atoms.domain.model import Atom, AtomFacts, AtomKind, FileAtoms, Language
from atoms.models import AtomicUnit
from kernel.collector import collector_paused
from kernel.rows import update
from kernel.text import decode, storable
from masterplans.models import Masterplan, MasterplanFile, MasterplanTask

_PARTS_FROM = 1_000_000  # numbers of subtasks, which stand beside the atoms of the same task
_PLACE_FIELDS = (
    "task_id", "atom_number", "name", "description", "language", "estimated_loc", "complexity", "path", "kind",
    "symbol", "parent", "start_byte", "end_byte", "start_line", "end_line", "content_sha", "is_hole", "uncuttable",
)  # fmt: skip
_FACT_FIELDS = (
    "context_json", "imports", "types", "preconditions", "postconditions", "test_cases", "needs",
    "context_completeness", "criteria", "atomicity_score", "is_atomic",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """What a plan was cut into: the files in task order, and the database id of each domain atom id."""

    files: tuple[FileAtoms, ...]
    ids: dict[str, uuid.UUID]
    changed: bool  # whether any stored atom is new, moved or gone


def cut(task: MasterplanTask) -> FileAtoms:
    """Cut one task's text. A task without any code is one whole-file hole."""
    language = Language(task.language)
    if not task.text:
        hole = () if task.draft is not None else (whole_file_hole(task.target_path, language),)
        return FileAtoms(path=task.target_path, language=language, source=b"", parse_ok=True, problem=None, atoms=hole)
    return RecursiveDecomposer().split(task.text, path=task.target_path, language=language)


def decompose(masterplan_id: uuid.UUID, *, as_parts: Callable[[FileAtoms], FileAtoms] | None = None) -> Decomposition:
    """Cut every task of a plan and store its atoms in one transaction; atoms that did not change keep their ids.

    All the thinking is done before the transaction: it holds the database only while it writes. With ``as_parts``,
    which makes subtasks of a cut file, those are stored beside the atoms, so that earlier runs keep theirs; parts have
    no facts.
    """
    plan = Masterplan.objects.get(pk=masterplan_id)
    tasks = list(plan.tasks.order_by("task_number"))
    ids: dict[str, uuid.UUID] = {}
    with collector_paused():
        files = [cut(task) if as_parts is None else as_parts(cut(task)) for task in tasks]
        cuts = [_compare(task, file, ids, parts=as_parts is not None) for task, file in zip(tasks, files, strict=True)]
        changed = any(one.changed for one in cuts)
        facts = _describe(plan, files) if changed and as_parts is None else {}
    with transaction.atomic():
        for one in cuts:
            _note_parse(one.task, one.file)
            if one.changed:
                _store(one)
        if changed:
            rows = {row.atom_id: row for row in AtomicUnit.objects.filter(masterplan=plan)} if facts else {}
            update(list(_fill(rows, facts, ids)), _FACT_FIELDS)
    return Decomposition(files=tuple(files), ids=ids, changed=changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """One task, cut anew, beside what is stored of it."""

    task: MasterplanTask
    file: FileAtoms
    rows: list[AtomicUnit]
    known: frozenset[uuid.UUID]
    changed: bool
    parts: bool


def _stored(task: MasterplanTask, *, parts: bool) -> QuerySet[AtomicUnit]:
    rows = AtomicUnit.objects.filter(task=task)
    return rows.filter(kind=AtomKind.SUBTASK) if parts else rows.exclude(kind=AtomKind.SUBTASK)


def _compare(task: MasterplanTask, file: FileAtoms, ids: dict[str, uuid.UUID], *, parts: bool) -> _Cut:
    existing = list(_stored(task, parts=parts).order_by("atom_number"))
    rows = [_row(task, file, atom) for atom in file.atoms]
    _keep_ids(existing, rows)
    ids.update({atom.id: row.atom_id for atom, row in zip(file.atoms, rows, strict=True)})
    return _Cut(
        task=task,
        file=file,
        rows=rows,
        known=frozenset(row.atom_id for row in existing),
        changed=[_place(row) for row in existing] != [_place(row) for row in rows],
        parts=parts,
    )


def _store(one: _Cut) -> None:
    kept = {row.atom_id for row in one.rows} & one.known
    atoms = _stored(one.task, parts=one.parts)
    atoms.exclude(pk__in=kept).delete()
    atoms.update(atom_number=-1 - F("atom_number"))  # makes room for the new numbers
    update([r for r in one.rows if r.atom_id in kept], _PLACE_FIELDS)
    AtomicUnit.objects.bulk_create([r for r in one.rows if r.atom_id not in kept], batch_size=200)


def _note_parse(task: MasterplanTask, file: FileAtoms) -> None:
    problem = file.problem
    located = (
        {"line": problem.line, "column": problem.column, "message": storable(problem.message)} if problem else None
    )
    ok = file.parse_ok if task.draft is not None else None
    loc = sum(atom.loc for atom in file.atoms)
    if (task.parse_ok, task.problem, task.loc) != (ok, located, loc):
        MasterplanTask.objects.filter(pk=task.pk).update(parse_ok=ok, problem=located, loc=loc)


def _place(row: AtomicUnit) -> tuple[Any, ...]:
    return (row.atom_id, row.atom_number, row.start_byte, row.end_byte, row.content_sha, row.kind, row.symbol)


def _keep_ids(existing: Sequence[AtomicUnit], rows: Sequence[AtomicUnit]) -> None:
    """Give new rows the ids of old ones: first by symbol, kind and bytes, then by symbol and kind, in order."""
    free = list(existing)
    waiting = list(rows)
    for key in (lambda r: (r.symbol, r.kind, r.content_sha), lambda r: (r.symbol, r.kind)):
        by_key: dict[tuple[str, ...], list[AtomicUnit]] = defaultdict(list)
        for old in free:
            by_key[key(old)].append(old)
        still = []
        for row in waiting:
            if candidates := by_key.get(key(row)):
                row.atom_id = candidates.pop(0).atom_id
            else:
                still.append(row)
        free = [old for candidates in by_key.values() for old in candidates]
        waiting = still


def _row(task: MasterplanTask, file: FileAtoms, atom: Atom) -> AtomicUnit:
    symbol = storable(atom.symbol)
    return AtomicUnit(
        task=task,
        masterplan_id=task.masterplan_id,
        atom_number=atom.number + (_PARTS_FROM if atom.kind is AtomKind.SUBTASK else 0),
        name=symbol[:300],
        description=f"{atom.kind.value.replace('_', ' ')} {symbol} in {storable(atom.path)}",
        language=atom.language.value,
        estimated_loc=atom.loc,
        complexity=min(atom.complexity, 999.99),
        path=storable(atom.path),
        kind=atom.kind.value,
        symbol=symbol[:500],
        parent=storable(atom.parent)[:500] if atom.parent is not None else None,
        start_byte=atom.start_byte,
        end_byte=atom.end_byte,
        start_line=atom.start_line,
        end_line=atom.end_line,
        content_sha=hashlib.sha256(file.text(atom)).hexdigest(),
        is_hole=atom.is_hole,
        uncuttable=atom.uncuttable,
    )


def _describe(plan: Masterplan, files: Sequence[FileAtoms]) -> dict[str, AtomFacts]:
    tests = {f.path: bytes(f.content) for f in plan.files.filter(role=MasterplanFile.Role.TEST)}
    return ContextInjector().describe(files, root_package=plan.root_package, tests=tests)


def _fill(
    rows: dict[uuid.UUID, AtomicUnit], facts: dict[str, AtomFacts], ids: dict[str, uuid.UUID]
) -> Iterable[AtomicUnit]:
    for atom_id, fact in facts.items():
        row = rows[ids[atom_id]]
        row.context_json = _clean(
            {"defines": fact.defines, "uses": fact.uses, "scopes": fact.scopes, "signature": fact.signature,
             "raises": fact.raises, "mutates": fact.mutates, "pure": fact.pure, "deterministic": fact.deterministic}
        )  # fmt: skip
        row.imports, row.types = _clean(fact.imports), _clean(fact.types)
        row.preconditions, row.postconditions = _clean(fact.preconditions), _clean(fact.postconditions)
        row.test_cases = _clean(fact.test_cases)
        row.needs = _clean([{"name": n.name, "kind": n.kind, "resolved_by": n.resolved_by} for n in fact.needs])
        row.context_completeness = fact.context_completeness
        row.criteria = [
            {"name": c.name, "value": c.value, "measures": c.measures, "raise_by": c.raise_by} for c in fact.criteria
        ]
        row.atomicity_score = fact.atomicity_score
        row.is_atomic = fact.atomicity_score > 0.9
        yield row


def _clean(value: Any) -> Any:
    """JSON values with storable text; tuples become lists."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bytes):
        return decode(value)
    if isinstance(value, dict):
        return {storable(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
