"""Claims: one holder an atom, fenced, released when it dies. The names are of bugs that others shipped."""

import threading
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from execution import leases
from execution.models import ExecutionRun, RunAtom
from execution.transitions import ATOM_MOVES, move_atoms, move_run
from kernel.states import AtomStatus, RunStatus
from masterplans.models import Masterplan, SourceKind

pytestmark = pytest.mark.django_db(transaction=True)


def make_run(atoms: int, **fields: Any) -> ExecutionRun:
    owner, _ = User.objects.get_or_create(username="owner")
    plan = Masterplan.objects.create(name="plan", owner=owner, source_kind=SourceKind.PLAN_FILE)
    run = ExecutionRun.objects.create(masterplan=plan, mode="v2_atoms", status=RunStatus.RUNNING, **fields)
    RunAtom.objects.bulk_create(
        RunAtom(
            run=run, atom_id=uuid.uuid4(), task_id=uuid.uuid4(), position=n, path="a.py", symbol=f"f{n}",
            kind="function", start_line=1, end_line=1, loc=1, wave_number=1, status=AtomStatus.READY, priority=n,
        )
        for n in range(atoms)
    )  # fmt: skip
    return run


def statuses(run: ExecutionRun) -> Counter[str]:
    return Counter(RunAtom.objects.filter(run=run).values_list("status", flat=True))


def test_six_threads_claim_every_atom_exactly_once() -> None:
    run = make_run(60)
    taken: list[uuid.UUID] = []
    lock = threading.Lock()

    def work() -> None:
        try:
            while (claimed := leases.claim(run.pk, stage="draft", limit=4)).atom_ids:
                moved = leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED)
                with lock:
                    taken.extend(claimed.atom_ids[:moved])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses(run) == {"passed": 60}
    assert len(taken) == len(set(taken)) == 60


def test_the_longest_chain_is_claimed_first() -> None:
    run = make_run(5)
    [first] = leases.claim(run.pk, stage="draft", limit=1).atom_ids
    assert RunAtom.objects.get(run=run, atom_id=first).priority == 4


def test_the_late_result_of_a_superseded_claim_changes_nothing() -> None:
    """Race bug 3: the late result of a superseded attempt overwrites the new one."""
    run = make_run(1)
    old = leases.claim(run.pk, stage="draft", limit=1)
    RunAtom.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.sweep(run.pk) == 1
    new = leases.claim(run.pk, stage="draft", limit=1)
    assert leases.settle(old, old.atom_ids, after=AtomStatus.FAILED, code="old") == 0, "the new holder still works"
    assert leases.settle(new, new.atom_ids, after=AtomStatus.PASSED, code="new") == 1
    assert leases.settle(old, old.atom_ids, after=AtomStatus.FAILED, code="old") == 0
    with transaction.atomic():
        assert leases.held(old, old.atom_ids) == []
    assert RunAtom.objects.get(run=run).code == "new"


def test_a_beating_claim_is_not_swept() -> None:
    run = make_run(1)
    claimed = leases.claim(run.pk, stage="draft", limit=1)
    RunAtom.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    leases.renew([claimed.token])
    assert leases.sweep(run.pk) == 0


def test_cancel_does_not_overwrite_what_completed_meanwhile() -> None:
    """Race bug 5: cancel overwrites a task that completed between read and write."""
    run = make_run(1)
    claimed = leases.claim(run.pk, stage="draft", limit=1)
    leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED)
    assert move_atoms(RunAtom.objects.filter(run=run), before=AtomStatus.READY, after=AtomStatus.CANCELLED) == 0
    assert statuses(run) == {"passed": 1}


@pytest.mark.parametrize("status", [RunStatus.PAUSED, RunStatus.CANCELLED, RunStatus.BUDGET_STOPPED])
def test_nothing_is_claimed_from_a_run_that_rests(status: RunStatus) -> None:
    run = make_run(3)
    move_run(run.pk, before=RunStatus.RUNNING, after=status)
    assert leases.claim(run.pk, stage="draft", limit=3).atom_ids == ()


def test_a_barrier_holds_the_next_wave_until_the_last_atom_of_this_one() -> None:
    run = make_run(3, barrier=True)
    RunAtom.objects.filter(run=run, position=2).update(wave_number=2)
    claimed = leases.claim(run.pk, stage="draft", limit=9)
    assert len(claimed.atom_ids) == 2
    leases.settle(claimed, claimed.atom_ids[:1], after=AtomStatus.PASSED)
    assert leases.claim(run.pk, stage="draft", limit=9).atom_ids == ()
    leases.settle(claimed, claimed.atom_ids[1:], after=AtomStatus.FAILED)
    assert len(leases.claim(run.pk, stage="draft", limit=9).atom_ids) == 1


def test_an_atom_that_waits_is_claimed_when_its_time_has_come() -> None:
    run = make_run(1)
    claimed = leases.claim(run.pk, stage="draft", limit=1)
    later = timezone.now() + timedelta(hours=1)
    leases.settle(claimed, claimed.atom_ids, after=AtomStatus.RETRY_WAIT, not_before=later)
    assert leases.claim(run.pk, stage="draft", limit=1).atom_ids == ()
    RunAtom.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert len(leases.claim(run.pk, stage="draft", limit=1).atom_ids) == 1


def test_one_driver_a_run_until_its_lease_runs_out() -> None:
    run = make_run(0)
    mine, other = uuid.uuid4(), uuid.uuid4()
    assert leases.take_run(run.pk, mine)
    assert leases.take_run(run.pk, mine)
    assert not leases.take_run(run.pk, other)
    ExecutionRun.objects.update(driver_until=timezone.now() - timedelta(seconds=1))
    assert leases.take_run(run.pk, other)
    assert not leases.take_run(run.pk, mine)
    leases.leave_run(run.pk, mine)
    assert ExecutionRun.objects.get(pk=run.pk).driver_token == other


@given(st.sampled_from(list(AtomStatus)), st.sampled_from(list(AtomStatus)))
def test_only_drawn_moves_are_possible(before: AtomStatus, after: AtomStatus) -> None:
    if after in ATOM_MOVES[before]:
        return
    with pytest.raises(ValueError, match=f"from {before} to {after}"):
        move_atoms(RunAtom.objects.none(), before=before, after=after)
