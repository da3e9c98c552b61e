"""The MVP engine: tasks in dependency order, at most 3 at once.

Subtasks of about 25 LOC, a syntax check, one blind retry. It also writes what V2 leaves to it: files that do not parse,
and everything that is open when a run falls back.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models.functions import Greatest

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language
from execution import events, leases, logs
from execution.assembly import Range, assemble, joined, ranges_of
from execution.domain.fitting import fit
from execution.domain.prompts.mvp import SubtaskBrief, build
from execution.domain.subtasks import cut_parts
from execution.domain.tasks import levels
from execution.engine import budget, calls
from execution.engine.briefs import project_brief
from execution.engine.evidence import suite_of
from execution.engine.finish import write_suite
from execution.models import ExecutionRun, RunAtom, Units
from execution.phases import MVP_ATTEMPTS, MVP_WIDTH
from execution.progress import awaited_payload
from execution.runs import begin, by_status, end, is_running, set_phase
from kernel.states import ATOM_DONE, AtomStatus, Policy, RunStatus
from kernel.text import decode
from llm import ledger
from llm.client import configured
from llm.errors import InFlight, ModelError, UnusableReply
from llm.messages import ModelReply
from llm.replies import read_code
from masterplans.models import MasterplanSubtask, MasterplanTask

if TYPE_CHECKING:
    from execution.engine.driver import Beat


def execute_mvp(run: ExecutionRun, beat: "Beat") -> None:
    """Write every task, then measure the output with the project's tests."""
    if not begin(run):
        return
    if run.phase in ("", "atomizing"):
        set_phase(run, "atomizing", "cutting tasks into subtasks of about 25 lines")
        lay_out_subtasks(run)
    set_phase(run, "executing")
    tasks = {task.pk: task for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id)}
    for level in levels({task.pk: task.depends_on or [] for task in tasks.values()}):
        run.refresh_from_db()
        if run.status != RunStatus.RUNNING or beat.lost.is_set():
            return
        _write_tasks(run, [tasks[task_id] for task_id in level], beat)
    _finish(run)


def write_unparsable(run: ExecutionRun, beat: "Beat") -> None:
    """Write the tasks of a V2 run whose drafts do not parse, the MVP way; without a model they fail as drafts."""
    if run.settings["model"] is None or not configured():
        return
    broken = MasterplanTask.objects.filter(masterplan_id=run.masterplan_id, parse_ok=False, draft__isnull=False)
    _write_tasks(run, list(broken), beat)


def _write_tasks(run: ExecutionRun, tasks: Sequence[MasterplanTask], beat: "Beat") -> None:
    if tasks:
        with ThreadPoolExecutor(max_workers=MVP_WIDTH, thread_name_prefix="task") as pool:
            list(pool.map(lambda task: _named(run, task, beat), tasks))


def lay_out_subtasks(run: ExecutionRun) -> None:
    """Create the rows of a run whose units are subtasks. Repeating it after a kill changes nothing."""
    with transaction.atomic():
        RunAtom.objects.filter(run=run).delete()
        position = 0
        for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id):
            for subtask in _subtasks(task):
                position += 1
                _row(run, task, subtask, position).save()
        ExecutionRun.objects.filter(pk=run.pk).update(atoms_total=position, waves_total=0, units=Units.SUBTASKS)
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


def _named(run: ExecutionRun, task: MasterplanTask, beat: "Beat") -> None:
    with logs.about(run):  # a thread of the pool knows nothing of the run
        _execute_task(run, task, beat)


def _execute_task(run: ExecutionRun, task: MasterplanTask, beat: "Beat") -> None:
    claimed = None
    try:
        rows = RunAtom.objects.filter(run=run, task_id=task.pk).exclude(status__in=ATOM_DONE)
        wanted = list(rows.values_list("atom_id", flat=True))
        if not wanted:
            return
        claimed = leases.claim(run.pk, stage="draft", limit=len(wanted), among=wanted)
        beat.claims.add(claimed.token)
        ids = list(claimed.atom_ids)
        keeps = task.draft is not None and run.policy == Policy.REPAIR
        problem = _problem(task, task.text) if keeps else "there is no draft"
        if problem is None:
            leases.settle(claimed, ids, after=AtomStatus.PASSED)
        elif run.settings["model"] is None or not configured():
            error = {"category": "no_model", "message": f"no model configured ({problem})"}
            leases.settle(claimed, ids, after=AtomStatus.FAILED, last_error=error)
        elif ids:
            _write(run, task, claimed, lambda: is_running(run.pk) and not beat.lost.is_set())
        _tell(run, ids)
    finally:
        if claimed is not None:
            beat.claims.discard(claimed.token)
        connection.close()


def _tell(run: ExecutionRun, ids: Collection[uuid.UUID]) -> None:
    done = [
        {"atom_id": str(row.atom_id), "status": row.status, "attempts": row.attempts}
        for row in RunAtom.objects.filter(run=run, atom_id__in=ids)
    ]
    events.publish(topic="run", type="atoms.status", data={"atoms": done}, run_id=run.pk)
    events.publish(
        topic="run", type="run.progress", data={"by_status": by_status(run.pk)} | awaited_payload(run.pk), run_id=run.pk
    )  # fmt: skip


def _problem(task: MasterplanTask, text: bytes) -> str | None:
    file = RecursiveDecomposer().split(text, path=task.target_path, language=Language(task.language))
    return None if file.problem is None else f"line {file.problem.line}: {file.problem.message}"


def _write(run: ExecutionRun, task: MasterplanTask, claimed: leases.Claim, going_on: Callable[[], bool]) -> None:
    """Ask for each open part, join them with what is done, check the syntax; where it fails, once more, blindly."""
    ids = list(claimed.atom_ids)
    ranges = ranges_of(run, task)
    problem = ""
    for number in range(1, MVP_ATTEMPTS + 1):
        try:
            codes = _ask_parts(run, task, ranges, ids, number=number, going_on=going_on)
        except budget.BudgetHeld:
            leases.settle(claimed, ids, after=AtomStatus.READY)  # it was stopped while this waited for room
            return
        except budget.BudgetSpent as stop:
            leases.settle(claimed, ids, after=AtomStatus.PARKED)
            budget.stop(run, stop.message)
            return
        except (ModelError, UnusableReply, InFlight) as error:
            problem = error.message
            continue
        RunAtom.objects.filter(run=run, atom_id__in=ids, lease_token=claimed.token).update(
            attempts=Greatest("attempts", number)
        )
        problem = _problem(task, joined(task.text, ranges, _accepted(run, task) | codes)) or ""
        if not problem:
            for atom_id, code in codes.items():
                leases.settle(claimed, [atom_id], after=AtomStatus.PASSED, code=code, best_attempt=number)
            return
    leases.settle(claimed, ids, after=AtomStatus.FAILED, last_error={"category": "syntax", "message": problem})


def _accepted(run: ExecutionRun, task: MasterplanTask) -> dict[uuid.UUID, str]:
    rows = RunAtom.objects.filter(run=run, task_id=task.pk, code__isnull=False)
    return {atom_id: code for atom_id, code in rows.values_list("atom_id", "code") if code is not None}


def _ask_parts(
    run: ExecutionRun,
    task: MasterplanTask,
    ranges: Sequence[Range],
    open_ids: Collection[uuid.UUID],
    *,
    number: int,
    going_on: Callable[[], bool],
) -> dict[uuid.UUID, str]:
    """The code of each open part, in the order of the file; a reply that an attempt has paid for is not asked again."""
    accepted = _accepted(run, task)
    codes: dict[uuid.UUID, str] = {}
    before = ""
    for n, (unit_id, start, end_) in enumerate(ranges, start=1):
        draft = decode(task.text[start:end_]) or None
        if unit_id not in open_ids:
            before += accepted.get(unit_id, draft or "")
            continue
        brief = SubtaskBrief(
            path=task.target_path,
            language=task.language,
            number=n,
            count=len(ranges),
            description=f"{task.name}\n{task.description}",
            draft=draft,
            before=before,
        )
        prompt = build(brief, project=project_brief(task.masterplan))
        paid = _paid_before(run, unit_id) if number == 1 and run.fell_back_at else None
        if paid is None:
            asked = calls.ask_patiently(
                run, prompt, unit_id=unit_id, attempt=number, purpose="mvp", going_on=going_on
            )  # fmt: skip
            paid = asked.reply
        codes[unit_id] = fit(read_code(paid, language=task.language), original=draft or "")
        before += codes[unit_id]
    return codes


def _paid_before(run: ExecutionRun, unit_id: uuid.UUID) -> ModelReply | None:
    """The reply of an attempt that V2 paid for and could not judge any more."""
    attempts = RunAtom.objects.filter(run=run, atom_id=unit_id).values_list("attempts", flat=True).first() or 0
    return ledger.reply_of_attempt(run_id=run.pk, atom_id=unit_id, attempt=attempts + 1, purpose="generate")


def _finish(run: ExecutionRun) -> None:
    if RunAtom.objects.filter(run=run).exclude(status__in=ATOM_DONE).exists():
        return
    set_phase(run, "system", "running the whole suite on the output")
    write_suite(run, suite_of(run, assemble(run)), reviewed=False)
    end(run, RunStatus.COMPLETED)
