"""Calibration, reviews alike, exports and undo over HTTP."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from execution.export import collect
from execution.models import ExecutionRun, RunAtom
from kernel.states import AtomStatus
from review.models import HumanReviewQueue
from review.tests.world import make_atoms, make_plan, make_review, make_run

SignIn = Callable[[Any], APIClient]


@pytest.fixture
def rows(atoms: list[RunAtom]) -> list[HumanReviewQueue]:
    """Ten open reviews, the first five far less certain."""
    return [make_review(atom, priority=n + 1, confidence=0.2 if n < 5 else 0.92) for n, atom in enumerate(atoms)]


def post(client: APIClient, name: str, **body: Any) -> Any:
    """Post to the review API."""
    return client.post(f"/api/v2/review/{name}", body, format="json")


def decide_all(client: APIClient, rows: list[HumanReviewQueue]) -> None:
    """Reject the first half, approve the rest."""
    for n, row in enumerate(rows):
        name, more = ("reject", {"reason_code": "tests"}) if n < 5 else ("approve", {})
        answer = post(client, name, review_id=str(row.pk), version=1, **more)
        assert answer.status_code == 200, answer.json()


def test_calibration_learns_from_verdicts(rows: list[HumanReviewQueue], alice: User, as_user: SignIn) -> None:
    client = as_user(alice)
    before = client.get("/api/v2/review/calibration").json()
    assert (before["n"], before["auroc"]["value"], before["caught"]["share"]) == (0, None, None)

    decide_all(client, rows)

    figures = client.get("/api/v2/review/calibration", {"run": str(rows[0].run_id)}).json()
    assert figures["run_ids"] == [str(rows[0].run_id)]
    assert (figures["n"], figures["verdicts"], figures["later_failures"]) == (10, 10, 0)
    assert figures["auroc"]["value"] == 1.0
    assert figures["auroc"]["interval"][0] < 1.0
    assert [(b["n"], b["right_share"]) for b in figures["bands"] if b["n"]] == [(5, 0.0), (5, 1.0)]

    assert post(client, "undo", review_id=str(rows[0].pk)).status_code == 200
    after = client.get("/api/v2/review/calibration").json()
    assert (after["n"], after["auroc"]["value"]) == (9, None), "what was undone is no outcome"


def test_a_later_failure_counts_against_what_nobody_looked_at(
    run: ExecutionRun, atoms: list[RunAtom], alice: User, as_user: SignIn
) -> None:
    atoms[0].run.run_atoms.update(confidence=0.97)
    newer = make_run(run.masterplan)
    ExecutionRun.objects.filter(pk=newer.pk).update(created_at=run.created_at + timedelta(hours=1))
    for n, atom in enumerate(atoms[:7]):
        code = "other" if n == 6 else None  # not the same code, so it says nothing about the older run
        RunAtom.objects.create(
            run=newer, atom_id=atom.atom_id, task_id=atom.task_id, position=n, path=atom.path, symbol=atom.symbol,
            kind=atom.kind, start_line=1, end_line=2, loc=2, wave_number=1, status=AtomStatus.FAILED, code=code,
            suspiciousness=0.8,
        )  # fmt: skip
    make_review(atoms[0], confidence=0.97)
    figures = as_user(alice).get("/api/v2/review/calibration", {"run": str(run.pk)}).json()
    assert figures["later_failures"] == 6
    assert figures["caught"] == {"share": 1 / 6, "n_flagged": 1, "n": 6}


def test_calibration_shows_nothing_of_others(
    rows: list[HumanReviewQueue], alice: User, bob: User, as_user: SignIn
) -> None:
    decide_all(as_user(alice), rows)
    assert as_user(bob).get("/api/v2/review/calibration").json()["run_ids"] == []
    bad = as_user(alice).get("/api/v2/review/calibration", {"since": "yesterday"})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid_input")


def test_reviews_alike(atoms: list[RunAtom], alice: User, bob: User, as_user: SignIn) -> None:
    for n, atom in enumerate(atoms[:4]):
        RunAtom.objects.filter(pk=atom.pk).update(code=f"def f{n}(x):\n    return {'x' if n < 3 else 'y'}\n\n")
    rows = [make_review(atom, reasons=["types fail"]) for atom in atoms[:4]]
    HumanReviewQueue.objects.filter(pk=rows[2].pk).update(reasons=["failing test"])
    answer = as_user(alice).get(f"/api/v2/review/{rows[0].pk}/similar").json()
    assert (answer["kind"], answer["reasons"], answer["results"]) == ("change", ["types fail"], [])
    RunAtom.objects.filter(pk=atoms[1].pk).update(code="def f1(x):\n    return x + 0\n\n")
    RunAtom.objects.filter(pk=atoms[0].pk).update(code="def f0(x):\n    return x + 0\n\n")
    answer = as_user(alice).get(f"/api/v2/review/{rows[0].pk}/similar").json()
    assert answer["results"] == [], "f0 took away x + 0, f1 took away x + 1"
    issue = "undefined name `cart` in line 3"
    HumanReviewQueue.objects.update(issue_detected=issue)
    RunAtom.objects.update(code=None)
    answer = as_user(alice).get(f"/api/v2/review/{rows[0].pk}/similar").json()
    assert (answer["kind"], {r["symbol"] for r in answer["results"]}) == ("finding", {"f1", "f3"})
    assert as_user(bob).get(f"/api/v2/review/{rows[0].pk}/similar").status_code == 404


def test_decisions_go_out_with_what_came_of_them(rows: list[HumanReviewQueue], alice: User, as_user: SignIn) -> None:
    client = as_user(alice)
    decide_all(client, rows[5:7])
    post(client, "approve", review_id=str(rows[7].pk), version=1)
    post(client, "undo", review_id=str(rows[5].pk))
    RunAtom.objects.filter(atom_id=rows[7].atom_id).update(status=AtomStatus.FAILED, suspiciousness=1.0)
    answer = client.get("/api/v2/review/decisions.jsonl", {"run": str(rows[0].run_id)})
    lines = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert [(line["symbol"], line["decision"], bool(line["undone_at"])) for line in lines] == [
        ("f5", "reject", True), ("f6", "reject", False), ("f7", "approve", False),
    ]  # fmt: skip
    assert (lines[2]["status_before"], lines[2]["status_now"]) == ("passed", "failed")
    assert [bool(line["tests_failed_later"]) for line in lines] == [False, False, True]


def test_the_approved_patch_leaves_out_what_nobody_approved(
    rows: list[HumanReviewQueue], alice: User, as_user: SignIn, tmp_path: Path
) -> None:
    for n, row in enumerate(rows[:3]):
        RunAtom.objects.filter(atom_id=row.atom_id).update(code=f"def f{n}(x):\n    return 'changed {n}'\n\n")
    post(as_user(alice), "approve", review_id=str(rows[1].pk), version=1)
    plan = rows[0].masterplan
    client = as_user(alice)
    export = f"/api/v1/masterplans/{plan.pk}/export"
    patches = [client.get(export, {"format": "patch", "approved_only": only}) for only in ("false", "true")]
    whole, approved = (b"".join(answer).decode() for answer in patches)
    assert [f"changed {n}" in whole for n in range(3)] == [True, True, True]
    assert [f"changed {n}" in approved for n in range(3)] == [False, True, False]

    before = collect(plan).before.files
    for path, file in before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(file.content)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=approved.encode(), check=True)
    merged = "".join((tmp_path / path).read_text() for path in before)
    assert [f"changed {n}" in merged for n in range(3)] == [False, True, False]


def test_undo_answers_like_every_decision(rows: list[HumanReviewQueue], alice: User, as_user: SignIn) -> None:
    client = as_user(alice)
    nothing = post(client, "undo", review_id=str(rows[0].pk))
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")
    post(client, "approve", review_id=str(rows[0].pk), version=1)
    done = post(client, "undo", review_id=str(rows[0].pk), idempotency_key="one-of-mine")
    assert set(done.json()) == {"review", "run", "revalidating"}
    assert (done.json()["review"]["status"], done.json()["review"]["version"]) == ("in_review", 3)


def test_reviews_of_others_are_not_there(alice: User, bob: User, as_user: SignIn) -> None:
    theirs = make_review(make_atoms(make_run(make_plan(alice)), 1)[0])
    for name, body in (("undo", {}), ("check", {"code": "x"})):
        assert post(as_user(bob), name, review_id=str(theirs.pk), **body).status_code == 404
