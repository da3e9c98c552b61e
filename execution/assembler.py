"""Assemblies of one run, again and again: what did not change since the last one is neither read nor joined anew."""

import threading
import time
import uuid
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from execution import statements
from execution.assembly import Assembled, Assembly, Range, Span, assemble_task, tasks_with_ranges
from execution.models import ExecutionRun
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from masterplans.models import MasterplanTask
from masterplans.selectors import load_workspace

LOOK_SECONDS = 1.0  # between two looks at what other processes accepted
SLACK = timedelta(seconds=10)  # a transaction may commit this long after the time that it wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changed(Set[str]):
    """The atoms that were ``accepted`` when it was made, with some more and some less.

    ``accepted`` goes on growing; what came into it from ``until`` on is no part, and only what is taken back leaves. A
    copy of it for every candidate would cost the more the longer a run goes.
    """

    accepted: Mapping[str, int]
    until: int
    more: frozenset[str]
    less: frozenset[str]

    def __contains__(self, atom: object) -> bool:
        return atom in self.more or (atom not in self.less and self.accepted.get(str(atom), self.until) < self.until)

    def __iter__(self) -> Iterator[str]:
        then = {atom for atom, number in list(self.accepted.items()) if number < self.until}
        return iter((then - self.less) | self.more)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Assembler:
    """The code of a run as it stands, kept in memory. Thread-safe; built from the database at its first use."""

    def __init__(self, run: ExecutionRun) -> None:
        self._run = run
        self._lock = threading.RLock()
        self._loaded = False
        self._seen: datetime | None = None
        self._looked = float("-inf")
        self._known: set[tuple[Any, ...]] = set()  # what the last look saw
        self._changed: dict[str, int] = {}  # what is accepted, numbered in the order of it
        self._number = 0
        self._spans: dict[str, tuple[Span, ...]] = {}
        self._codes: dict[uuid.UUID, str] = {}
        self._tasks: dict[uuid.UUID, tuple[MasterplanTask, list[Range]]] = {}
        self._place: dict[uuid.UUID, tuple[uuid.UUID, int, int]] = {}
        self._workspace = Workspace()

    def assembly(self, replacing: Mapping[uuid.UUID, str], *, leaving_out: Collection[uuid.UUID] = ()) -> Assembly:
        """The workspace with ``replacing`` in place of what atoms hold now, or their drafts (``leaving_out``)."""
        with self._lock:
            self._catch_up()
            workspace, spans = self._workspace, dict(self._spans)
            for task_id in {self._place[atom_id][0] for atom_id in (*replacing, *leaving_out)}:
                task, ranges = self._tasks[task_id]
                units = [unit for unit, _, _ in ranges if unit not in leaving_out]
                codes = {unit: self._codes[unit] for unit in units if unit in self._codes} | dict(replacing)
                file = assemble_task((task, ranges), codes)
                if file is not None:
                    workspace = _put(workspace, task, file)
                    spans[file.path] = file.spans
            changed = _Changed(
                accepted=self._changed, until=self._number,
                more=frozenset(map(str, replacing)), less=frozenset(map(str, leaving_out)),
            )  # fmt: skip
            return Assembly(workspace=workspace, spans=spans, changed=changed)

    def accept(self, codes: Mapping[uuid.UUID, str]) -> None:
        """Take in what this process itself has just settled."""
        with self._lock:
            if self._loaded:
                self._take(dict(codes))
                self._catch_up(LOOK_SECONDS / 2)  # here, where a connection is open, rather than where one judges

    def task(self, task_id: uuid.UUID) -> MasterplanTask:
        """A task of the plan."""
        with self._lock:
            self._load()
            return self._tasks[task_id][0]

    def paths(self, atom_ids: Collection[uuid.UUID]) -> set[str]:
        """The files that hold these atoms."""
        with self._lock:
            self._load()
            return {self._tasks[self._place[atom_id][0]][0].target_path for atom_id in atom_ids}

    def draft(self, atom_id: uuid.UUID) -> bytes:
        """The bytes that an atom came with."""
        with self._lock:
            self._load()
            task_id, start, end = self._place[atom_id]
            return self._tasks[task_id][0].text[start:end]

    def _load(self) -> None:
        if self._loaded:
            return
        for task, ranges in tasks_with_ranges(self._run):
            self._tasks[task.pk] = (task, ranges)
            for unit_id, start, end in ranges:
                self._place[unit_id] = (task.pk, start, end)
        self._workspace = load_workspace(self._run.masterplan_id)
        for task_id in self._tasks:
            self._join(task_id)
        self._loaded = True

    def _join(self, task_id: uuid.UUID) -> None:
        task, ranges = self._tasks[task_id]
        file = assemble_task((task, ranges), self._codes)
        if file is None:
            return
        self._spans[file.path] = file.spans
        self._workspace = _put(self._workspace, task, file)

    def _catch_up(self, after: float | None = None) -> None:
        """Take in what was accepted since the last look. Every second: what stood there then is not read again."""
        if time.monotonic() - self._looked < (LOOK_SECONDS if after is None else after):
            return
        self._load()
        self._looked = time.monotonic()
        since = None if self._seen is None else self._seen - SLACK
        seen, newest = statements.finished(self._run.pk, since)
        self._take(statements.codes_of([pk for pk, *_ in seen - self._known]))
        self._seen, self._known = newest or self._seen, seen

    def _take(self, news: Mapping[uuid.UUID, str | None]) -> None:
        touched = set()
        for atom_id, code in news.items():
            if code == self._codes.get(atom_id) or atom_id not in self._place:
                continue
            touched.add(self._place[atom_id][0])
            if code is None:
                self._codes.pop(atom_id, None)
                self._changed.pop(str(atom_id), None)
            else:
                self._codes[atom_id] = code
                self._changed.setdefault(str(atom_id), self._number)
                self._number += 1
        for task_id in touched:
            self._join(task_id)


def _put(workspace: Workspace, task: MasterplanTask, file: Assembled) -> Workspace:
    known = workspace.files.get(file.path)
    if known is not None:
        return workspace if known.content == file.content else workspace.with_content(file.path, file.content)
    new = WorkspaceFile(path=file.path, place=task.place, role=FileRole.SOURCE, content=file.content)
    return replace(workspace, files={**workspace.files, file.path: new})
