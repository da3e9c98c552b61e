"""The prompt of an attempt: read from the ledger, by those who may see the atom."""

import uuid
from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom
from llm.models import LlmCall

MakeRun = Callable[..., ExecutionRun]


def unit(run: ExecutionRun) -> RunAtom:
    """The first atom of the run, with its row in the plan."""
    atom = RunAtom.objects.filter(run=run).order_by("position")[0]
    AtomicUnit.objects.create(
        atom_id=atom.atom_id, task_id=atom.task_id, masterplan=run.masterplan, atom_number=1, name=atom.symbol,
        description="", language="python", estimated_loc=1, complexity=1, start_byte=0, end_byte=0, content_sha="",
        path=atom.path, kind=atom.kind, symbol=atom.symbol, start_line=1, end_line=1,
    )  # fmt: skip
    return atom


def book(run: ExecutionRun, atom: RunAtom, attempt: int, prompt: str, **more: object) -> None:
    fields = {"state": "received", "response": {}, "received_at": timezone.now(), "purpose": "generate", **more}
    LlmCall.objects.create(
        key=uuid.uuid4().hex, run_id=run.pk, atom_id=atom.atom_id, attempt=attempt, model="m", request_sha="",
        request={"model": "m", "system": ["rules", "plan"], "prompt": prompt}, **fields,
    )  # fmt: skip


def test_the_prompt_of_an_attempt_is_what_was_sent_for_it(make_run: MakeRun, client: Client, charlie: Client) -> None:
    run = make_run("failed", "passed")
    atom = unit(run)
    book(run, atom, 1, "Write it.")
    book(run, atom, 2, "Write it again: <script>")
    book(run, atom, 2, "Is it good?", purpose="review")
    book(run, atom, 3, "Never answered.", state="sent", response=None, received_at=None)
    path = f"/api/v2/atoms/{atom.atom_id}/attempts"
    told = client.get(f"{path}/2/prompt?run={run.pk}").json()
    assert (told["model"], told["system"], told["prompt"]) == ("m", ["rules", "plan"], "Write it again: <script>")
    assert client.get(f"{path}/1/prompt").json()["prompt"] == "Write it.", "the newest run where none is named"
    for number in (0, 3):
        answer = client.get(f"{path}/{number}/prompt")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert charlie.get(f"{path}/2/prompt?run={run.pk}").status_code == 404
    assert Client().get(f"{path}/2/prompt?run={run.pk}").status_code == 401
