"""Stage ``draft``: what came in is judged as it is. It costs nothing, and what passes is never paid for."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from atoms.models import AtomicUnit
from execution import events, leases
from execution.domain.verdict import Verdict, of_checks
from execution.engine.evidence import Evidence
from execution.engine.history import Try, record
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom
from execution.signals import atoms_failed
from kernel.states import AtomStatus
from llm.client import configured
from validation.domain.atomic import AtomicValidator
from validation.domain.model import LevelResult
from validation.services import record as record_levels

NO_MODEL = {"category": "no_model", "check": "generation", "message": "no model configured"}


def judge_drafts(run: ExecutionRun, claimed: Claim, evidence: Evidence) -> None:
    """Judge all claimed drafts by evidence that is already there, and settle them in one transaction."""
    mine = set(claimed.atom_ids)
    atoms = sorted((atom for atom in claimed.atoms if atom.atom_id in mine), key=lambda atom: atom.position)
    results = judge(atoms, evidence)
    verdicts = {atom.atom_id: of_checks(result) for atom, result in zip(atoms, results, strict=True)}
    with transaction.atomic():
        mine = set(leases.held(claimed, claimed.atom_ids))  # by now somebody else may have some
        kept = [atom for atom in atoms if atom.atom_id in mine]
        record_levels(
            run_id=run.run_id,
            masterplan_id=run.masterplan_id,
            results=[r for r in results if uuid.UUID(str(r.atom_id)) in mine],
            attempt_number=0,
        )
        _note(run, kept, verdicts, evidence)
        settled = _settle(claimed, kept, verdicts)
        events.publish(topic="run", type="atoms.status", data={"atoms": settled}, run_id=run.run_id)
    failed = [uuid.UUID(row["atom_id"]) for row in settled if row["status"] == AtomStatus.FAILED]
    if failed:
        transaction.on_commit(lambda: atoms_failed.send(sender=ExecutionRun, run_id=run.run_id, atom_ids=failed))


def judge(
    atoms: Sequence[RunAtom], evidence: Evidence, drafts: Evidence | None = None, *, behaviour_stays: bool = False
) -> list[LevelResult]:
    """Level 1 of atoms by given evidence; findings that the drafts had already are not held against them.

    Without ``drafts`` the evidence is that of the drafts themselves. With ``behaviour_stays`` new code must answer as a
    draft did for which tests vouched.
    """
    validator = AtomicValidator(
        static=evidence.static, drafts=(drafts or evidence).static, suite=evidence.suite, blame=evidence.blame,
        draft_suite=drafts.suite if drafts and behaviour_stays else None,
    )  # fmt: skip
    spans = [span for path in {atom.path for atom in atoms} for span in evidence.assembly.spans.get(path, ())]
    lines = {atom_id: (first, last) for atom_id, first, last in spans}
    kept_ids = [atom.atom_id for atom in atoms if str(atom.atom_id) not in evidence.assembly.changed]
    scores: dict[uuid.UUID, Any] = {}
    if kept_ids:
        scores = dict(AtomicUnit.objects.filter(pk__in=kept_ids).values_list("atom_id", "atomicity_score"))
    results = []
    for atom in atoms:
        first, last = lines.get(str(atom.atom_id), (atom.start_line, atom.end_line))
        score = scores.get(atom.atom_id)
        kept = str(atom.atom_id) not in evidence.assembly.changed
        results.append(
            validator.judge(
                atom_id=str(atom.atom_id),
                path=atom.path,
                start_line=first,
                end_line=last,
                loc=atom.loc,
                original=kept,
                whole=evidence.assembly.workspace,
                atomicity=float(score) if kept and score is not None else None,
                is_hole=atom.is_hole and kept,
            )
        )
    return results


def _note(
    run: ExecutionRun, atoms: Sequence[RunAtom], verdicts: Mapping[uuid.UUID, Verdict], evidence: Evidence
) -> None:
    record(
        run.run_id,
        [
            Try(atom_id=a.atom_id, number=0, error=verdicts[a.atom_id].error, score=verdicts[a.atom_id].score)
            for a in atoms
        ],
    )
    news = []
    for atom in atoms:
        key = str(atom.atom_id)
        before = (atom.suspiciousness, atom.tests_reaching, atom.last_error)
        atom.suspiciousness = evidence.blame.suspiciousness.get(key, 0.0)
        atom.tests_reaching = len(evidence.blame.reaching.get(key, ()))
        atom.last_error = dict(verdicts[atom.atom_id].error or {}) or None
        if before != (atom.suspiciousness, atom.tests_reaching, atom.last_error):
            news.append(atom)
    RunAtom.objects.bulk_update(news, ["suspiciousness", "tests_reaching", "last_error"], batch_size=500)


def _settle(claimed: Claim, atoms: Sequence[RunAtom], verdicts: Mapping[uuid.UUID, Verdict]) -> list[dict[str, Any]]:
    passed = [a.atom_id for a in atoms if verdicts[a.atom_id].accepted]
    wrong = [a.atom_id for a in atoms if not verdicts[a.atom_id].accepted]
    leases.settle(claimed, passed, after=AtomStatus.PASSED)
    after = AtomStatus.READY if configured() else AtomStatus.FAILED
    leases.settle(claimed, wrong, after=after, stage="generate")
    return [{"atom_id": str(i), "status": AtomStatus.PASSED, "attempts": 0} for i in passed] + [
        {"atom_id": str(i), "status": after, "attempts": 0} for i in wrong
    ]
