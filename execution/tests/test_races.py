"""Race bugs that others shipped, each by its name, and what else goes wrong between processes."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from atoms.models import AtomicUnit
from execution import dispatchers, leases, runs
from execution.attempts.models import AtomRetryHistory
from execution.domain.verdict import Verdict, of_checks
from execution.engine import budget, calls, driver
from execution.engine.fallback import fall_back
from execution.engine.generation import refused
from execution.engine.outcomes import Ended, Judged, settle_all
from execution.models import ExecutionRun, RunAtom, RunEvent
from execution.orchestrator import orchestrator
from execution.services import cancel
from execution.tests.test_dependents import chain, finish, statuses
from execution.tests.test_leases import make_run
from execution.transitions import move_atoms
from graphs.models import DependencyGraph
from kernel.states import AtomStatus, RunStatus
from llm import ledger
from llm.messages import ModelReply, ModelRequest
from llm.models import LlmCall
from llm.together import Question
from validation.domain.model import Check, Level, LevelResult, Status, TestCase, TestStatus

pytestmark = pytest.mark.django_db(transaction=True)
REQUEST = ModelRequest(model="claude-sonnet-5-5", system=(), prompt="the same for both", max_tokens=100)
FROZEN = {"model": "claude-sonnet-5-5", "max_attempts": 3, "switches": {}}


def verdict(*, accepted: bool) -> Verdict:
    error = None if accepted else {"category": "syntax", "message": "no"}
    return Verdict(accepted=accepted, score=float(accepted), error=error)


def judged(claimed: leases.Claim, atom: RunAtom, *, accepted: bool, code: str = "new", number: int = 1) -> Ended:
    told = {"number": number, "feedback": "", "model": "m"}
    return Ended(claimed=claimed, atom=atom, outcome=Judged(verdict=verdict(accepted=accepted), told=told, code=code))


def in_threads(work: Callable[[], object], count: int) -> None:
    def one() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def expire(run: ExecutionRun) -> None:
    RunAtom.objects.filter(run=run).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_01_a_dependent_never_runs_beside_what_it_needs() -> None:
    run, atoms = chain(3)
    for atom in atoms:
        claimed = leases.claim(run.pk, stage="draft", limit=9)
        assert claimed.atom_ids == (atom.atom_id,)
        leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED)


def test_02_a_prerequisite_that_goes_back_neither_frees_nor_strands_its_dependents() -> None:
    run, atoms = chain(3)
    finish(run, atoms[0], AtomStatus.PASSED)
    assert statuses(run) == ["passed", "ready", "pending"]
    first = RunAtom.objects.filter(pk=atoms[0].pk)
    assert move_atoms(first, before=AtomStatus.PASSED, after=AtomStatus.READY)
    claimed = leases.claim(run.pk, stage="draft", limit=1, among=[atoms[0].atom_id])
    leases.settle(claimed, claimed.atom_ids, after=AtomStatus.PASSED)
    assert statuses(run) == ["passed", "ready", "pending"], "the third still waits for the second"
    assert list(RunAtom.objects.filter(run=run).order_by("position").values_list("pending_deps", flat=True)) == [
        0,
        0,
        1,
    ]


def test_03_the_late_result_of_a_superseded_attempt_leaves_no_trace() -> None:
    run, atoms = chain(1)
    old = leases.claim(run.pk, stage="draft", limit=1)
    expire(run)
    leases.sweep(run.pk)
    new = leases.claim(run.pk, stage="draft", limit=1)
    settle_all(run, [judged(old, atoms[0], accepted=False, code="old")])
    assert not AtomRetryHistory.objects.filter(run=run).exists()
    settle_all(run, [judged(new, atoms[0], accepted=True)])
    settle_all(run, [judged(old, atoms[0], accepted=False, code="old")])
    atom = RunAtom.objects.get(run=run)
    assert (atom.status, atom.code, AtomRetryHistory.objects.get(run=run).code_generated) == ("passed", "new", "new")


def test_04_the_count_of_attempts_outlives_the_process(settings: Any) -> None:
    settings.ANTHROPIC_BASE_URL = "http://127.0.0.1:9"
    run, atoms = chain(1)
    run.settings = FROZEN
    bench: Any = None  # what is refused is not judged
    assert refused(run, atoms[0], bench) is None
    for number in (1, 2, 3):
        claimed = leases.claim(run.pk, stage="draft" if number == 1 else "generate", limit=1)
        settle_all(run, [judged(claimed, RunAtom.objects.get(run=run), accepted=False, number=number)])
    again = RunAtom.objects.get(run=run)
    assert (again.status, again.attempts) == ("failed", 3)
    assert refused(run, again, bench) is not None, "a fresh process reads the same count"


def test_05_cancel_keeps_what_completed_meanwhile() -> None:
    run = make_run(3)
    claimed = leases.claim(run.pk, stage="draft", limit=2)
    leases.settle(claimed, claimed.atom_ids[:1], after=AtomStatus.PASSED)
    cancel(run)
    leases.settle(claimed, claimed.atom_ids[1:], after=AtomStatus.PASSED)
    assert Counter(statuses(run)) == {"passed": 2, "cancelled": 1}


def test_06_a_run_that_nobody_drives_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(1)
    woken: list[uuid.UUID] = []
    monkeypatch.setattr(dispatchers, "wake", woken.append)
    leases.take_run(run.pk, uuid.uuid4())
    assert dispatchers.wake_stranded() == 0
    ExecutionRun.objects.update(driver_until=timezone.now() - timedelta(seconds=1))
    assert dispatchers.wake_stranded() == 1
    assert woken == [run.pk]


def test_07_a_failure_in_a_wave_neither_repeats_nor_bills_its_siblings() -> None:
    run, _ = chain(4)
    RunAtom.objects.filter(run=run).update(status=AtomStatus.READY, pending_deps=0)
    claimed = leases.claim(run.pk, stage="draft", limit=4)
    rows = list(RunAtom.objects.filter(run=run).order_by("position"))
    settle_all(run, [judged(claimed, atom, accepted=n != 2) for n, atom in enumerate(rows)])
    assert statuses(run) == ["passed", "passed", "ready", "passed"]
    assert leases.claim(run.pk, stage="generate", limit=9).atom_ids == (rows[2].atom_id,)


def test_08_one_branch_that_is_stuck_stops_no_other() -> None:
    run, atoms = chain(3)
    RunAtom.objects.filter(pk=atoms[2].pk).update(status=AtomStatus.READY, pending_deps=0)
    RunAtom.objects.filter(pk=atoms[0].pk).update(is_hole=True)
    claimed = leases.claim(run.pk, stage="draft", limit=1, among=[atoms[0].atom_id])
    leases.settle(claimed, claimed.atom_ids, after=AtomStatus.FAILED)
    assert statuses(run) == ["failed", "skipped", "ready"]


def test_09_two_atoms_with_the_same_question_get_their_own_answers() -> None:
    run, one, two = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    for atom in (two, one):
        booking = ledger.book(REQUEST, run_id=run, atom_id=atom, attempt=1, purpose="generate")
        ledger.settle(booking.call, ModelReply(text=f"for {atom}"))
    for atom in (one, two):
        reply = ledger.reply_of_attempt(run_id=run, atom_id=atom, attempt=1, purpose="generate")
        assert reply is not None
        assert reply.text == f"for {atom}"


def test_10_a_cycle_in_the_copies_of_the_edges_deadlocks_nobody() -> None:
    run, atoms = chain(2)
    ids = [atom.atom_id for atom in atoms]
    AtomicUnit.objects.filter(pk=ids[0]).update(depends_on_atoms=[ids[1]])
    AtomicUnit.objects.filter(pk=ids[1]).update(depends_on_atoms=[ids[0]])
    cycle = [{"from": str(a), "to": str(b), "type": "data", "weight": 1} for a, b in (ids, reversed(ids))]
    DependencyGraph.objects.update(edges_json=cycle)
    for atom in atoms:
        finish(run, atom, AtomStatus.PASSED)
    assert statuses(run) == ["passed", "passed"]


def test_11_perfect_static_checks_do_not_outrank_a_failing_test() -> None:
    checks = tuple(Check(name=name, status=Status.PASSED) for name in ("syntax", "names", "types", "atomicity"))
    result = LevelResult(level=Level.ATOMIC, scope="a", atom_id="a", checks=checks)
    broken = TestCase(id="t.py::t", status=TestStatus.FAILED, message="1 != 2")
    assert of_checks(result).accepted
    assert not of_checks(result, regressions=(broken,)).accepted


def test_12_a_hundred_claims_at_once_never_pierce_the_cap() -> None:
    worst = ledger.worst_price(REQUEST)
    assert worst
    run = make_run(0, budget_micro=7 * worst)
    reserved: list[int] = []

    def work() -> None:
        for _ in range(10):
            try:
                reserved.append(budget.reserve(run, REQUEST))
            except budget.BudgetSpent:
                return

    in_threads(work, 10)
    run.refresh_from_db()
    assert len(reserved) == 7
    assert run.reserved_micro == 7 * worst == run.budget_micro


def test_12_calls_booked_together_never_pierce_the_cap() -> None:
    worst = ledger.worst_price(REQUEST)
    assert worst
    run = make_run(0, budget_micro=2 * worst)
    wanted = [
        Question(request=REQUEST, run_id=run.pk, atom_id=uuid.UUID(int=n), attempt=1, purpose="p") for n in (1, 2, 3)
    ]
    with pytest.raises(budget.BudgetHeld):
        calls.book_together(run, wanted)
    assert LlmCall.objects.count() == 0
    assert set(calls.book_together(run, wanted[:2])) == {one.atom_id for one in wanted[:2]}
    run.refresh_from_db()
    assert run.reserved_micro == 2 * worst == run.budget_micro


def test_13_a_crash_while_summing_up_leaves_nothing_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    run, atoms = chain(1)
    finish(run, atoms[0], AtomStatus.PASSED)
    monkeypatch.setattr(runs, "mirror_atoms", lambda run: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        runs.end(run, RunStatus.COMPLETED)
    run.refresh_from_db()
    assert (run.status, run.finished_at) == (RunStatus.RUNNING, None)
    assert not RunAtom.objects.exclude(lease_token=None).exists()
    monkeypatch.undo()
    assert runs.end(run, RunStatus.COMPLETED)
    run.refresh_from_db()
    assert (run.status, AtomicUnit.objects.get().status) == ("completed", "passed")


def test_the_same_message_three_times_drives_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(1)
    driven: list[uuid.UUID] = []

    def execute(run: ExecutionRun, beat: Any) -> None:
        driven.append(run.pk)
        time.sleep(0.5)

    monkeypatch.setattr(orchestrator, "execute", execute)
    in_threads(lambda: driver.drive(run.pk), 3)
    assert driven == [run.pk]


def test_a_clock_that_is_an_hour_ahead_takes_nobodys_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(1)
    mine = leases.claim(run.pk, stage="draft", limit=1)
    token = uuid.uuid4()
    leases.take_run(run.pk, token)
    ahead = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    assert leases.sweep(run.pk) == 0
    assert not leases.take_run(run.pk, uuid.uuid4())
    assert leases.settle(mine, mine.atom_ids, after=AtomStatus.PASSED) == 1


def test_a_lease_that_expires_while_its_worker_writes_decides_the_atom_once() -> None:
    run, atoms = chain(1)
    mine = leases.claim(run.pk, stage="draft", limit=1)
    expire(run)
    in_threads(lambda: settle_all(run, [judged(mine, atoms[0], accepted=True)]), 3)
    assert leases.sweep(run.pk) == 0, "who came first has settled it"
    assert RunAtom.objects.get(run=run).status == "passed"
    assert AtomRetryHistory.objects.filter(run=run).count() == 1
    assert RunEvent.objects.filter(run=run, type="atoms.status").count() == 1


def test_a_transaction_that_breaks_half_way_settles_nothing() -> None:
    run, atoms = chain(2)
    claimed = leases.claim(run.pk, stage="draft", limit=1)

    def half_way() -> None:
        with transaction.atomic():
            settle_all(run, [judged(claimed, atoms[0], accepted=True)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert statuses(run) == ["running", "pending"]
    settle_all(run, [judged(claimed, atoms[0], accepted=True)])
    assert statuses(run) == ["passed", "ready"]


def test_falling_back_keeps_what_is_done_and_opens_what_is_not() -> None:
    run, atoms = chain(3)
    finish(run, atoms[0], AtomStatus.PASSED)
    fall_back(run, "planted")
    assert statuses(run) == ["passed", "ready", "ready"]
    assert set(RunAtom.objects.filter(run=run).values_list("stage", flat=True)) == {"draft"}
    assert not RunAtom.objects.filter(run=run, status="ready", pending_deps__gt=0).exists()
