"""Validation over HTTP: judged with real tools, and visible to the owner alone."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from atoms.models import AtomicUnit
from masterplans.models import Masterplan, MasterplanTask
from validation import jobs
from validation.domain.model import Check, Level, LevelResult, Status
from validation.models import ValidationJob
from validation.services import record

pytestmark = pytest.mark.django_db(transaction=True)  # jobs have threads of their own
DRAFT = b"def f(x):\n    return x\n\n\ndef g(x):\n    return nothing\n"


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(name))
    return client


@pytest.fixture
def alice() -> Client:
    return client_of("alice")


@pytest.fixture
def atoms(alice: Client) -> list[AtomicUnit]:
    owner = User.objects.get(username="alice")
    plan = Masterplan.objects.create(name="p", owner=owner, source_kind="plan_file")
    task = MasterplanTask.objects.create(
        masterplan=plan, task_number=1, name="m", target_path="m.py", place="m.py", language="python", draft=DRAFT
    )
    return [
        AtomicUnit.objects.create(
            task=task, masterplan=plan, atom_number=number, name=name, language="python", estimated_loc=2, complexity=1,
            path="m.py", kind="function", symbol=name, start_byte=0, end_byte=1, start_line=first, end_line=last,
        )
        for number, (name, first, last) in enumerate([("f", 1, 4), ("g", 5, 6)])
    ]  # fmt: skip


def post(client: Client, name: str, **body: Any) -> Any:
    return client.post(f"/api/v2/validation/{name}", body, content_type="application/json")


@pytest.mark.sandbox
def test_it_judges_atoms_and_levels(alice: Client, atoms: list[AtomicUnit]) -> None:
    [good] = post(alice, "atomic", atom_id=atoms[0].pk).json()["results"]
    [bad] = post(alice, "atomic", atom_id=atoms[1].pk).json()["results"]
    assert (good["status"], bad["status"]) == ("passed", "failed")
    assert {c["name"]: c["status"] for c in good["checks"]}["tests"] == "not_run"
    plan = atoms[0].masterplan_id
    everything = post(alice, "hierarchical", masterplan_id=plan).json()["results"]
    assert [(row["level"], row["scope"]) for row in everything[2:]] == [(2, "m.py"), (3, "."), (4, ".")]
    assert post(alice, "module", masterplan_id=plan, scope="m.py").json()["results"][0]["level_name"] == "module"
    assert post(alice, "component", masterplan_id=plan).status_code == 200
    [system] = post(alice, "system", masterplan_id=plan).json()["results"]
    assert system["status"] == "not_run"
    assert post(alice, "module", masterplan_id=plan, scope="other.py").status_code == 404
    assert post(alice, "component", masterplan_id=plan, scope="m.py").status_code == 404


def test_it_shows_what_was_stored(alice: Client, atoms: list[AtomicUnit]) -> None:
    run_id, atom = uuid.uuid4(), atoms[0]
    check = Check(name="syntax", status=Status.PASSED)
    result = LevelResult(level=Level.ATOMIC, scope=str(atom.pk), atom_id=str(atom.pk), checks=(check,))
    record(run_id, atom.masterplan_id, [result], attempt_number=0)
    url = f"/api/v2/validation/results/{atom.pk}"
    [row] = alice.get(url).json()["results"]
    assert (row["status"], row["checks"][0]["name"]) == ("not_run", "syntax")
    assert alice.get(url, {"run": str(uuid.uuid4())}).json()["results"] == []
    assert alice.get(url, {"run": "x"}).status_code == 400


def test_charlie_sees_nothing(atoms: list[AtomicUnit]) -> None:
    charlie = client_of("charlie")
    assert charlie.get(f"/api/v2/validation/results/{atoms[0].pk}").status_code == 404
    assert post(charlie, "atomic", atom_id=atoms[0].pk).status_code == 404
    assert post(charlie, "system", masterplan_id=atoms[0].masterplan_id).status_code == 404


def test_a_long_judgement_goes_on_and_is_polled(
    alice: Client, atoms: list[AtomicUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slow(*_: Any, **__: Any) -> list[LevelResult]:
        assert go.wait(10)
        return []

    monkeypatch.setattr(jobs, "judge_levels", slow)
    asked = {"masterplan_id": atoms[0].masterplan_id, "wait_seconds": 0}
    first = post(alice, "system", **asked)
    assert (first.status_code, first.json()["state"]) == (202, "running")
    again = post(alice, "system", **asked)
    assert again.json()["job_id"] == first.json()["job_id"]
    url = f"/api/v2/validation/jobs/{first.json()['job_id']}"
    assert alice.get(url).status_code == 202
    assert client_of("charlie").get(url).status_code == 404
    go.set()
    done = post(alice, "system", **{**asked, "wait_seconds": 10})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert (alice.get(url).status_code, alice.get(url).json()["error"]) == (200, None)


def test_a_judgement_that_breaks_off_says_so_and_never_passes(
    alice: Client, atoms: list[AtomicUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "judge_levels", lambda *_, **__: 1 / 0)
    job = post(alice, "system", masterplan_id=atoms[0].masterplan_id).json()
    assert (job["state"], job["error"]["code"], job["results"]) == ("failed", "internal_error", [])
    lost = ValidationJob.objects.create(masterplan=atoms[0].masterplan, kind="system")
    ValidationJob.objects.filter(pk=lost.pk).update(beat_at=timezone.now() - timedelta(minutes=5))
    seen = alice.get(f"/api/v2/validation/jobs/{lost.pk}").json()
    assert (seen["state"], seen["error"]["code"]) == ("failed", "lost")


def test_only_the_last_judgements_of_a_plan_are_kept(
    alice: Client, atoms: list[AtomicUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "KEPT", 2)
    monkeypatch.setattr(jobs, "judge_levels", lambda *_, **__: [])
    for _ in range(4):
        assert post(alice, "system", masterplan_id=atoms[0].masterplan_id).json()["state"] == "done"
    assert ValidationJob.objects.count() == 2


def test_it_requires_login_and_ids(alice: Client, atoms: list[AtomicUnit]) -> None:
    assert post(Client(), "atomic", atom_id=atoms[0].pk).status_code == 401
    assert post(alice, "atomic", atom_id="x").json()["code"] == "invalid_input"
    assert post(alice, "system").status_code == 400
    too_long = post(alice, "system", masterplan_id=atoms[0].masterplan_id, wait_seconds=3600)
    assert (too_long.status_code, "wait_seconds" in too_long.content.decode()) == (400, True)
