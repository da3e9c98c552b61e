"""Atoms that a change of contract opened again: judged as they stand, in the code as it is now, before any payment."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from execution import events, leases
from execution.attempts.models import AtomRetryHistory
from execution.contracts import REOPENED
from execution.domain.verdict import Verdict, of_checks
from execution.engine.drafts import judge, judge_drafts
from execution.engine.evidence import Bench, Evidence, measure, regressions
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom, Stage
from execution.signals import atoms_failed
from kernel.states import AtomStatus
from llm.client import configured
from validation.domain.model import LevelResult, TestCase
from validation.services import load_suite
from validation.services import record as record_levels


def judge_claimed(run: ExecutionRun, claimed: Claim, bench: Bench) -> None:
    """Judge what was claimed at the stage ``draft``: drafts by the evidence of the drafts, re-opened atoms anew."""
    again = RunAtom.objects.filter(run=run, atom_id__in=claimed.atom_ids, last_error__category=REOPENED)
    reopened = set(again.values_list("atom_id", flat=True))
    if reopened:
        judge_reopened(run, replace(claimed, atom_ids=tuple(reopened)), bench)
    fresh = tuple(atom_id for atom_id in claimed.atom_ids if atom_id not in reopened)
    if fresh:
        judge_drafts(run, replace(claimed, atom_ids=fresh), bench.drafts())


def judge_reopened(run: ExecutionRun, claimed: Claim, bench: Bench) -> None:
    """Settle re-opened atoms: passed as they stand, else on to the model, or failed where there is none."""
    drafts = bench.drafts()
    evidence = measure(run, purpose="review", reuse=("final", "baseline"))
    before = load_suite(run.pk, "final") or drafts.suite
    broken = regressions(before, evidence.suite)
    atoms = list(RunAtom.objects.filter(run=run, atom_id__in=claimed.atom_ids).order_by("position"))
    results = judge(atoms, evidence, drafts)
    with transaction.atomic():
        mine = set(leases.held(claimed, claimed.atom_ids))
        kept = [(atom, result) for atom, result in zip(atoms, results, strict=True) if atom.atom_id in mine]
        record_levels(run_id=run.pk, masterplan_id=run.masterplan_id, results=[result for _, result in kept])
        rows = [
            _settle(claimed, atom, _verdict(atom, result, broken, (evidence, drafts)), evidence)
            for atom, result in kept
        ]
        events.publish(topic="run", type="atoms.status", data={"atoms": rows}, run_id=run.pk)
        failed = [uuid.UUID(row["atom_id"]) for row in rows if row["status"] == AtomStatus.FAILED]
        if failed:
            transaction.on_commit(lambda: atoms_failed.send(sender=ExecutionRun, run_id=run.pk, atom_ids=failed))


def _verdict(atom: RunAtom, result: LevelResult, broken: Sequence[TestCase], seen: Sequence[Evidence]) -> Verdict:
    """An atom answers for every test through it that the change broke: the person's code is what it must fit now."""
    key = str(atom.atom_id)
    reaching = {test for evidence in seen for test in evidence.blame.reaching.get(key, ())}
    mine = tuple(case for case in broken if case.id in reaching)
    verdict = of_checks(result, regressions=mine)
    if verdict.error is None:
        return verdict
    because = (atom.last_error or {}).get("message", "")
    error = {**verdict.error, "message": f"{because}: {verdict.error['message']}", "broken": [c.id for c in mine]}
    return replace(verdict, error=error)


def _settle(claimed: Claim, atom: RunAtom, verdict: Verdict, evidence: Evidence) -> dict[str, Any]:
    key = str(atom.atom_id)
    RunAtom.objects.filter(pk=atom.pk).update(
        suspiciousness=evidence.blame.suspiciousness.get(key, 0.0),
        tests_reaching=len(evidence.blame.reaching.get(key, ())),
    )
    error = dict(verdict.error) if verdict.error else None
    if error is None:
        after, fields = AtomStatus.PASSED, {}
    else:
        after, fields = AtomStatus.READY if configured() else AtomStatus.FAILED, {"stage": Stage.GENERATE}
        tries = AtomRetryHistory.objects.filter(run=atom.run_id, atom_id=atom.atom_id, attempt_number=atom.attempts)
        tries.update(success=False, error=error, error_message=error["message"][:4000])  # what the next attempt is told
    leases.settle(claimed, [atom.atom_id], after=after, last_error=error, **fields)
    return {"atom_id": key, "status": after, "attempts": atom.attempts}
