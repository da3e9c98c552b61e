"""The first phases of a V2 run: atoms, graph, waves, and one row for each atom of the run."""

import uuid
from collections import Counter

from django.db import transaction
from django.db.models import QuerySet

from atoms.domain.model import AtomKind
from atoms.models import AtomicUnit
from atoms.services import Decomposition, decompose
from execution.domain.file_order import file_order
from execution.domain.subtasks import as_parts
from execution.domain.tasks import levels
from execution.models import ExecutionRun, RunAtom
from execution.phases import MVP_ATTEMPTS, Phases, phases_of
from graphs.domain.model import Ordering, ProjectGraph
from graphs.models import DependencyGraph
from graphs.selectors import ordering_edges
from graphs.services import build, plan_waves, store
from kernel.states import AtomStatus, Policy
from masterplans.models import MasterplanTask


def lay_out(run: ExecutionRun) -> None:
    """Cut the plan, build its graph and create the rows of the run. Repeating it after a kill changes nothing."""
    phases = phases_of(run)
    cut = decompose(run.masterplan_id, as_parts=None if phases.atomization else as_parts)
    row, graph = _graph(run, cut, phases)
    waves = [[cut.ids[atom] for atom in wave] for wave in graph.waves]
    with transaction.atomic():
        RunAtom.objects.filter(run=run).delete()
        row.waves.filter(run_id=run.run_id).delete()
        plan_waves(row, waves, run_id=run.run_id)
        _create_atoms(run, row, cut, graph)
        ExecutionRun.objects.filter(pk=run.pk).update(atoms_total=row.total_atoms, waves_total=len(waves))
    run.refresh_from_db()


def _graph(run: ExecutionRun, cut: Decomposition, phases: Phases) -> tuple[DependencyGraph, ProjectGraph]:
    ordering = Ordering(run.ordering_mode)
    if phases.graph:
        return build(run.masterplan_id, cut, ordering=ordering)
    tasks = list(MasterplanTask.objects.filter(masterplan_id=run.masterplan_id).order_by("task_number"))
    files = {task.pk: file for task, file in zip(tasks, cut.files, strict=True)}
    in_order = levels({task.pk: task.depends_on or [] for task in tasks})
    graph = file_order([[files[pk] for pk in level] for level in in_order], ordering=ordering)
    return store(run.masterplan, graph, cut.ids), graph


def _units(run: ExecutionRun, phases: Phases) -> QuerySet[AtomicUnit]:
    units = AtomicUnit.objects.filter(masterplan_id=run.masterplan_id).order_by("task__task_number", "atom_number")
    return units.exclude(kind=AtomKind.SUBTASK) if phases.atomization else units.filter(kind=AtomKind.SUBTASK)


def _create_atoms(run: ExecutionRun, row: DependencyGraph, cut: Decomposition, graph: ProjectGraph) -> None:
    phases = phases_of(run)
    depth = {cut.ids[atom]: value for atom, value in graph.depth.items()}
    wave_of = {cut.ids[atom]: n for n, wave in enumerate(graph.waves, start=1) for atom in wave}
    waits = Counter(ordering_edges(run.masterplan_id, run.ordering_mode).values_list("from_atom_id", flat=True))
    attempts = run.settings["max_attempts"] if phases.feedback else min(MVP_ATTEMPTS, run.settings["max_attempts"])
    RunAtom.objects.bulk_create(
        (
            _run_atom(run, unit, position, wave=wave_of[unit.atom_id], depth=depth, waits=waits, attempts=attempts)
            for position, unit in enumerate(_units(run, phases).defer("context_json", "needs", "criteria", "code"))
        ),
        batch_size=500,
    )


def _run_atom(
    run: ExecutionRun,
    unit: AtomicUnit,
    position: int,
    *,
    wave: int,
    depth: dict[uuid.UUID, int],
    waits: Counter[uuid.UUID],
    attempts: int,
) -> RunAtom:
    pending = waits[unit.atom_id]
    written_anew = run.policy == Policy.REGENERATE and unit.estimated_loc > 0
    return RunAtom(
        run=run,
        atom_id=unit.atom_id,
        task_id=unit.task_id,
        position=position,
        path=unit.path,
        symbol=unit.symbol,
        kind=unit.kind,
        start_line=unit.start_line,
        end_line=unit.end_line,
        loc=unit.estimated_loc,
        complexity=float(unit.complexity),
        is_hole=unit.is_hole,
        wave_number=wave,
        priority=depth.get(unit.atom_id, 0),
        status=AtomStatus.PENDING if pending else AtomStatus.READY,
        stage="generate" if unit.is_hole or written_anew else "draft",
        pending_deps=pending,
        allowed_attempts=attempts,
    )
