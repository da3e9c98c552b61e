"""The MVP engine: tasks in dependency order, at most 3 at once.

Subtasks of about 25 LOC, a syntax check, one blind retry.
"""

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import connection, transaction

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language
from execution import events, leases
from execution.assembly import assemble
from execution.domain.fitting import fit
from execution.domain.prompts.mvp import SubtaskBrief, build
from execution.domain.subtasks import cut_parts
from execution.domain.tasks import levels
from execution.engine import budget, calls
from execution.engine.briefs import project_brief
from execution.engine.evidence import suite_of
from execution.models import ExecutionRun, RunAtom
from execution.runs import begin, by_status, end, set_phase
from kernel.states import ATOM_DONE, AtomStatus, Policy, RunStatus
from kernel.text import decode
from llm.client import configured
from llm.errors import InFlight, ModelError, UnusableReply
from llm.replies import read_code
from masterplans.models import MasterplanSubtask, MasterplanTask
from validation.domain.model import TestStatus

if TYPE_CHECKING:
    from execution.engine.driver import Beat

AT_ONCE = 3
ATTEMPTS = 2  # the first, and one blind retry


def execute_mvp(run: ExecutionRun, beat: "Beat") -> None:
    """Write every task, then measure the output with the project's tests."""
    if not begin(run):
        return
    if run.phase in ("", "atomizing"):
        set_phase(run, "atomizing", "cutting tasks into subtasks of about 25 lines")
        _lay_out(run)
    set_phase(run, "executing")
    tasks = {task.pk: task for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id)}
    for level in levels({task.pk: task.depends_on or [] for task in tasks.values()}):
        run.refresh_from_db()
        if run.status != RunStatus.RUNNING or beat.lost.is_set():
            return
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="task") as pool:
            list(pool.map(lambda task_id: _execute_task(run, tasks[task_id]), level))
    _finish(run)


def _lay_out(run: ExecutionRun) -> None:
    with transaction.atomic():
        RunAtom.objects.filter(run=run).delete()
        position = 0
        for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id):
            for subtask in _subtasks(task):
                position += 1
                _row(run, task, subtask, position).save()
        ExecutionRun.objects.filter(pk=run.pk).update(atoms_total=position, waves_total=0)
    run.refresh_from_db()


def _subtasks(task: MasterplanTask) -> Sequence[MasterplanSubtask]:
    parts = cut_parts(task.text)
    stored = list(task.subtasks.order_by("subtask_number"))
    if [(s.start_byte, s.end_byte) for s in stored] == [(p.start, p.end) for p in parts]:
        return stored
    task.subtasks.all().delete()
    return MasterplanSubtask.objects.bulk_create(
        MasterplanSubtask(task=task, subtask_number=n, start_byte=part.start, end_byte=part.end, loc=part.loc)
        for n, part in enumerate(parts, start=1)
    )


def _row(run: ExecutionRun, task: MasterplanTask, subtask: MasterplanSubtask, position: int) -> RunAtom:
    before = task.text[: subtask.start_byte].count(b"\n")
    lines = task.text[subtask.start_byte : subtask.end_byte].count(b"\n")
    return RunAtom(
        run=run,
        atom_id=subtask.pk,
        task_id=task.pk,
        position=position,
        path=task.target_path,
        symbol=f"part {subtask.subtask_number}",
        kind="subtask",
        start_line=before + 1,
        end_line=before + max(1, lines),
        loc=subtask.loc,
        is_hole=task.draft is None,
        wave_number=1,
        status=AtomStatus.READY,
    )


def _execute_task(run: ExecutionRun, task: MasterplanTask) -> None:
    try:
        rows = list(RunAtom.objects.filter(run=run, task_id=task.pk).exclude(status__in=ATOM_DONE).order_by("position"))
        if not rows:
            return
        claimed = leases.claim(run.pk, stage="draft", limit=len(rows), among=[row.atom_id for row in rows])
        ids = list(claimed.atom_ids)
        keeps = task.draft is not None and run.policy == Policy.REPAIR
        problem = _problem(task, task.text) if keeps else "there is no draft"
        if problem is None:
            leases.settle(claimed, ids, after=AtomStatus.PASSED)
        elif run.settings["model"] is None or not configured():
            error = {"category": "no_model", "message": f"no model configured ({problem})"}
            leases.settle(claimed, ids, after=AtomStatus.FAILED, last_error=error)
        else:
            _write(run, task, rows, claimed)
        done = [
            {"atom_id": str(row.atom_id), "status": row.status}
            for row in RunAtom.objects.filter(run=run, atom_id__in=ids)
        ]
        events.publish(topic="run", type="atoms.status", data={"atoms": done}, run_id=run.pk)
        events.publish(topic="run", type="run.progress", data={"by_status": by_status(run.pk)}, run_id=run.pk)
    finally:
        connection.close()


def _problem(task: MasterplanTask, text: bytes) -> str | None:
    file = RecursiveDecomposer().split(text, path=task.target_path, language=Language(task.language))
    return None if file.problem is None else f"line {file.problem.line}: {file.problem.message}"


def _write(run: ExecutionRun, task: MasterplanTask, rows: Sequence[RunAtom], claimed: leases.Claim) -> None:
    """Ask for each part, join them, check the syntax; where it fails, once more, blindly."""
    ids = [row.atom_id for row in rows]
    problem = ""
    for number in range(1, ATTEMPTS + 1):
        try:
            codes = _ask_parts(run, task, rows, number)
        except budget.BudgetSpent as stop:
            leases.settle(claimed, ids, after=AtomStatus.PARKED)
            budget.stop(run, stop.message)
            return
        except (ModelError, UnusableReply, InFlight) as error:
            problem = error.message
            continue
        RunAtom.objects.filter(run=run, atom_id__in=ids, lease_token=claimed.token).update(attempts=number)
        problem = _problem(task, "".join(codes.values()).encode("utf-8", "surrogateescape")) or ""
        if not problem:
            for atom_id, code in codes.items():
                leases.settle(claimed, [atom_id], after=AtomStatus.PASSED, code=code, best_attempt=number)
            return
    leases.settle(claimed, ids, after=AtomStatus.FAILED, last_error={"category": "syntax", "message": problem})


def _ask_parts(run: ExecutionRun, task: MasterplanTask, rows: Sequence[RunAtom], number: int) -> dict[uuid.UUID, str]:
    ranges = {s.pk: (s.start_byte, s.end_byte) for s in task.subtasks.all()}
    codes: dict[uuid.UUID, str] = {}
    for n, row in enumerate(rows, start=1):
        start, end_ = ranges[row.atom_id]
        draft = decode(task.text[start:end_]) if task.draft is not None else None
        brief = SubtaskBrief(
            path=task.target_path,
            language=task.language,
            number=n,
            count=len(rows),
            description=f"{task.name}\n{task.description}",
            draft=draft,
            before="".join(codes.values()),
        )
        prompt = build(brief, project=project_brief(task.masterplan))
        asked = calls.ask(run, prompt, unit_id=row.atom_id, attempt=number, purpose="mvp")
        codes[row.atom_id] = fit(read_code(asked.reply, language=task.language), original=draft or "")
    return codes


def _finish(run: ExecutionRun) -> None:
    if RunAtom.objects.filter(run=run).exclude(status__in=ATOM_DONE).exists():
        return
    set_phase(run, "system", "running the whole suite on the output")
    suite = suite_of(run, assemble(run))
    counted = suite.counted if suite.ran else ()
    ExecutionRun.objects.filter(pk=run.pk).update(
        precision=suite.precision,
        tests_total=len(counted) if suite.ran else None,
        tests_passed=sum(c.status is TestStatus.PASSED for c in counted) if suite.ran else None,
    )
    end(run, RunStatus.COMPLETED)
