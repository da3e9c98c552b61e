"""What waits for an atom: ready when it is done, also when it failed; skipped only where a hole stays without code."""

import threading
import uuid
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from atoms.models import AtomicUnit
from execution import leases, statements
from execution.models import ExecutionRun, RunAtom
from execution.runs import close_waves
from execution.tests.test_leases import make_run
from execution.transitions import move_atoms
from graphs.models import AtomDependency, DependencyGraph, ExecutionWave
from kernel.states import AtomStatus
from masterplans.models import MasterplanTask

pytestmark = pytest.mark.django_db(transaction=True)


def chain(length: int, **weights: Any) -> tuple[ExecutionRun, list[RunAtom]]:
    """Atoms of which each needs the one before."""
    run = make_run(length)
    atoms = list(RunAtom.objects.filter(run=run).order_by("position"))
    plan = run.masterplan
    task = MasterplanTask.objects.create(
        masterplan=plan, task_number=1, name="a", target_path="a.py", place="a.py", language="python", draft=b""
    )
    graph = DependencyGraph.objects.create(
        masterplan=plan, total_atoms=length, total_edges=length - 1, max_depth=length, total_waves=length,
        nodes_json=[], edges_json=[], topological_order=[],
    )  # fmt: skip
    for number, atom in enumerate(atoms):
        AtomicUnit.objects.create(
            atom_id=atom.atom_id, task=task, masterplan=plan, atom_number=number, name="f", description="f",
            language="python", estimated_loc=1, complexity=1, path="a.py", kind="function", symbol="f", start_byte=0,
            end_byte=0, start_line=1, end_line=1, content_sha="",
        )  # fmt: skip
    for before, after in pairwise(atoms):
        AtomDependency.objects.create(
            graph=graph, from_atom_id=after.atom_id, to_atom_id=before.atom_id, dependency_type="data",
            **{"weight": "1.00", **weights},
        )  # fmt: skip
        RunAtom.objects.filter(pk=after.pk).update(status=AtomStatus.PENDING, pending_deps=1)
    return run, atoms


def finish(run: ExecutionRun, atom: RunAtom, after: AtomStatus) -> None:
    claimed = leases.claim(run.pk, stage="draft", limit=1)
    assert claimed.atom_ids == (atom.atom_id,)
    assert leases.settle(claimed, claimed.atom_ids, after=after) == 1


def statuses(run: ExecutionRun) -> list[str]:
    return list(RunAtom.objects.filter(run=run).order_by("position").values_list("status", flat=True))


@pytest.mark.parametrize("after", [AtomStatus.PASSED, AtomStatus.FAILED])
def test_a_dependent_starts_when_what_it_needs_is_done_however_it_ended(after: AtomStatus) -> None:
    """Race bug 1: dependents ran beside their dependencies. Race bug 8: one branch's problem stops healthy ones."""
    run, atoms = chain(3)
    assert statuses(run) == ["ready", "pending", "pending"]
    finish(run, atoms[0], after)
    assert statuses(run) == [after, "ready", "pending"]
    finish(run, atoms[1], AtomStatus.PASSED)
    assert statuses(run) == [after, "passed", "ready"]


def test_a_hole_without_code_takes_everything_that_builds_on_it_along() -> None:
    run, atoms = chain(4)
    RunAtom.objects.filter(pk=atoms[0].pk).update(is_hole=True)
    RunAtom.objects.filter(pk__in=[a.pk for a in atoms[1:]]).update(is_hole=True)
    finish(run, atoms[0], AtomStatus.FAILED)
    assert statuses(run) == ["failed", "skipped", "skipped", "skipped"]


def test_a_dependent_with_code_of_its_own_ends_the_skipping() -> None:
    run, atoms = chain(3)
    RunAtom.objects.filter(pk=atoms[0].pk).update(is_hole=True)
    finish(run, atoms[0], AtomStatus.FAILED)
    assert statuses(run) == ["failed", "skipped", "ready"]


def test_informing_edges_hold_nobody_back() -> None:
    """Race bug 10: the scheduler reads one table, and of it only what orders."""
    run, atoms = chain(2, weight="0.95")
    RunAtom.objects.filter(pk=atoms[1].pk).update(pending_deps=0, status=AtomStatus.READY)
    finish(run, atoms[1], AtomStatus.PASSED)
    finish(run, atoms[0], AtomStatus.PASSED)
    assert statuses(run) == ["passed", "passed"]


def test_the_same_news_twice_counts_once() -> None:
    """Race bug 2: a prerequisite goes back to pending while its dependent is queued; no count falls below zero."""
    run, atoms = chain(2)
    finish(run, atoms[0], AtomStatus.PASSED)
    leases.release_dependents(run.pk, [atoms[0].atom_id])
    row = RunAtom.objects.get(pk=atoms[1].pk)
    assert (row.status, row.pending_deps) == ("ready", 0)


def _diamond() -> tuple[ExecutionRun, list[RunAtom]]:
    """The third needs both others."""
    run, atoms = chain(3)
    graph = DependencyGraph.objects.get(masterplan=run.masterplan)
    AtomDependency.objects.create(
        graph=graph, from_atom_id=atoms[2].atom_id, to_atom_id=atoms[0].atom_id, dependency_type="data", weight="1.00"
    )
    AtomDependency.objects.filter(from_atom=atoms[1].atom_id).delete()
    RunAtom.objects.filter(pk=atoms[1].pk).update(status=AtomStatus.READY, pending_deps=0)
    RunAtom.objects.filter(pk=atoms[2].pk).update(pending_deps=2)
    return run, atoms


def _end(run: ExecutionRun, atom: RunAtom) -> None:
    claimed = leases.claim(run.pk, stage="draft", limit=1, among=[atom.atom_id])
    assert leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED) == 1


def test_an_atom_that_is_sent_back_and_ends_again_frees_nobody_for_another() -> None:
    """Its first end counted; the second one once stood in for a need that was still open."""
    run, atoms = _diamond()
    first = RunAtom.objects.filter(pk=atoms[0].pk)
    _end(run, atoms[0])
    assert move_atoms(first, before=AtomStatus.PASSED, after=AtomStatus.READY)
    _end(run, atoms[0])
    assert statuses(run) == ["passed", "ready", "pending"]
    assert move_atoms(first, before=AtomStatus.PASSED, after=AtomStatus.READY)
    _end(run, atoms[1])
    assert statuses(run) == ["ready", "passed", "pending"], "what was sent back is waited for again"
    _end(run, atoms[0])
    assert statuses(run) == ["passed", "passed", "ready"]


def test_two_needs_that_end_at_the_same_moment_free_who_waits_for_both() -> None:
    run, atoms = _diamond()
    together = threading.Barrier(2)

    def end(atom: RunAtom) -> None:
        try:
            claimed = leases.claim(run.pk, stage="draft", limit=1, among=[atom.atom_id])
            together.wait(10)
            leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED)
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(atom,)) for atom in atoms[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses(run) == ["passed", "passed", "ready"]


def test_who_was_not_freed_is_found_when_nothing_else_is_left() -> None:
    run, atoms = chain(2)
    RunAtom.objects.filter(pk=atoms[0].pk).update(status=AtomStatus.PASSED)
    assert leases.free_stranded(run.pk) == 1
    assert statuses(run) == ["passed", "ready"]


def test_a_settlement_reads_only_the_atoms_that_it_names_however_many_wait() -> None:
    """Two statements took the index on run and status, and read all that waited: an atom cost more in a larger run."""
    run = make_run(1)
    many = [uuid.uuid4() for _ in range(500)]
    plans: list[str] = []
    explained = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "run_atoms" in sql and not sql.startswith("EXPLAIN"):
            with connection.cursor() as cursor:
                cursor.execute(f"{explained} {sql}", params)
                plans.append(" + ".join(str(row[-1]) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        statements.recount(run.pk, "interface", many)
        statements.make_ready(run.pk, many)
        leases.claim(run.pk, stage="generate", limit=5, wake=False)

    assert plans
    if connection.vendor != "sqlite":
        return  # PostgreSQL plans by what it counted in the tables; the statements ran there
    recounted, made_ready, taken = plans
    for plan in (recounted, made_ready):
        assert plan.startswith("SEARCH run_atoms USING INDEX sqlite_autoindex_run_atoms_1 (run_id=? AND atom_id=?)")
    assert "idx_run_atom_ready (run_id=? AND stage=?)" in taken


def test_a_wave_is_closed_when_all_its_atoms_are_done_with_how_long_it_took() -> None:
    run, atoms = chain(3)
    graph = DependencyGraph.objects.get(masterplan=run.masterplan)
    for number, atom in enumerate(atoms, start=1):
        RunAtom.objects.filter(pk=atom.pk).update(wave_number=number)
        ExecutionWave.objects.create(graph=graph, run_id=run.pk, wave_number=number, atom_ids=[], atom_count=1)
    waves = ExecutionWave.objects.filter(run_id=run.pk).order_by("wave_number")
    finish(run, atoms[0], AtomStatus.PASSED)
    leases.claim(run.pk, stage="draft", limit=1)
    close_waves(run)
    [first, second, third] = waves
    assert (first.status, second.status, third.status) == ("completed", "running", "pending")
    assert first.started_at is not None
    assert first.completed_at is not None
    assert first.duration_seconds is not None
    assert (second.completed_at, second.duration_seconds, third.started_at) == (None, None, None)
    close_waves(run)
    assert waves[0].completed_at == first.completed_at
