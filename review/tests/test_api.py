"""The review API over HTTP: who may, what it answers, what is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from atoms.models import AtomicUnit
from execution import changes
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun, RunAtom
from graphs.models import AtomDependency, DependencyGraph
from review.models import HumanReviewQueue
from review.selectors.queue import View
from review.services import queue
from review.tests.world import check, finding, make_atoms, make_plan, make_review, make_run, make_suite, validate
from validation.domain.model import Check, Level, LevelResult, Status

pytestmark = [pytest.mark.django_db, pytest.mark.urls("review.tests.urls")]
API = "/api/v2/review"
SignIn = Callable[[Any], APIClient]
ACTIONS = ("claim", "release", "skip", "approve", "edit", "reject", "regenerate")


@pytest.fixture
def review(atoms: list[RunAtom]) -> HumanReviewQueue:
    """One open review."""
    return make_review(atoms[0])


def body(review: HumanReviewQueue, **more: Any) -> dict[str, Any]:
    return {"review_id": str(review.pk), "version": 1, "code": "x = 1\n", "reason_code": "types", **more}


def test_it_requires_sign_in(review: HumanReviewQueue) -> None:
    client = APIClient()
    answers = [client.get(f"{API}/{name}") for name in ("queue", "stats", "decisions.jsonl", str(review.pk))]
    answers += [client.post(f"{API}/{action}", body(review)) for action in ACTIONS]
    assert {answer.status_code for answer in answers} == {401}


def test_acting_needs_the_role_and_reading_needs_sight(
    as_user: SignIn, bob: User, charlie: User, review: HumanReviewQueue
) -> None:
    for action in ACTIONS:
        refused = as_user(charlie).post(f"{API}/{action}", body(review))
        assert (refused.status_code, "reviewer" in refused.json()["message"]) == (403, True)
        hidden = as_user(bob).post(f"{API}/{action}", body(review))
        assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found"), action
    for user in (bob, charlie):
        assert as_user(user).get(f"{API}/{review.pk}").status_code == 404
        page = as_user(user).get(f"{API}/queue?view=pending").json()
        assert (page["results"], page["counts"]["pending"]) == ([], 0)
        assert b"".join(as_user(user).get(f"{API}/decisions.jsonl").streaming_content) == b""  # type: ignore[attr-defined]


def test_an_admin_sees_everything(as_user: SignIn, dora: User, review: HumanReviewQueue) -> None:
    [row] = as_user(dora).get(f"{API}/queue").json()["results"]
    assert row["review_id"] == str(review.pk)


def test_a_row_of_the_queue(as_user: SignIn, alice: User, run: ExecutionRun, review: HumanReviewQueue) -> None:
    page = as_user(alice).get(f"{API}/queue").json()
    created = page["results"][0].pop("created_at")
    assert created.endswith("Z")
    assert page["results"] == [
        {
            "review_id": str(review.pk), "atom_id": str(review.atom_id), "masterplan_id": str(run.masterplan_id),
            "masterplan_name": "Plan", "run_id": str(run.pk), "path": "pkg/code.py", "line": 1, "symbol": "f0",
            "kind": "function", "language": "python", "wave": 1, "confidence": 0.5, "priority": 1,
            "status": "pending", "reasons": [], "atom_status": "passed", "loc": 2, "assigned_to": None,
            "claimed_until": None, "decision": None, "version": 1, "reviewed_at": None,
        }
    ]  # fmt: skip
    assert page["counts"] == {"pending": 1, "in_review": 0, "done": 0, "mine_today": 0}
    assert (page["next"], page["as_of_id"]) == (None, 0)


def test_pages_follow_each_other_without_gap_or_repeat(as_user: SignIn, alice: User, run: ExecutionRun) -> None:
    for n, atom in enumerate(make_atoms(run, 23)):
        make_review(atom, priority=1 + n // 5, confidence=(n % 2) / 3)
    seen: list[tuple[int, float, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = as_user(alice).get(f"{API}/queue?limit=5&cursor={cursor}").json()
        seen += [(row["priority"], row["confidence"], row["review_id"]) for row in page["results"]]
        cursor = page["next"]
    assert len(seen) == 23
    assert seen == sorted(set(seen))


def test_a_page_costs_the_same_queries_however_long(
    as_user: SignIn, alice: User, run: ExecutionRun, django_assert_max_num_queries: Any
) -> None:
    for n, atom in enumerate(make_atoms(run, 60), start=1):
        make_review(atom, priority=n)
    client = as_user(alice)
    client.get(f"{API}/queue")  # once in a process it is asked whether V2 is installed
    for view in View:
        with django_assert_max_num_queries(8):
            client.get(f"{API}/queue?view={view}")


def test_views_and_filters(as_user: SignIn, alice: User, dora: User, atoms: list[RunAtom]) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    free, theirs, failed, done = (make_review(atom, priority=n) for n, atom in enumerate(atoms[:4], start=1))
    HumanReviewQueue.objects.filter(pk=theirs.pk).update(
        status="in_review", claimed_by=dora, assigned_to="dora", claimed_until=soon
    )
    RunAtom.objects.filter(pk=atoms[2].pk).update(status="failed")
    client = as_user(alice)
    client.post(f"{API}/approve", body(done))

    def ids(query: str) -> list[str]:
        return [row["review_id"] for row in client.get(f"{API}/queue?{query}").json()["results"]]

    assert ids("view=needs_me") == [str(free.pk), str(failed.pk)]
    assert ids("view=pending") == [str(free.pk), str(theirs.pk), str(failed.pk)]
    assert ids("view=failed") == [str(failed.pk)]
    assert ids("view=done") == ids("view=mine") == [str(done.pk)]
    assert ids("view=today") == [str(done.pk)]
    assert ids("q=F2") == [str(failed.pk)]
    assert ids("view=pending&assignee=dora") == [str(theirs.pk)]
    assert ids("view=pending&assignee=nobody") == [str(free.pk), str(failed.pk)]
    HumanReviewQueue.objects.filter(pk=free.pk).update(confidence=0.3, reasons=["types fail"])
    RunAtom.objects.filter(pk=atoms[0].pk).update(wave_number=7)
    for narrow in ("wave=7", "reason=Types", "band=low", "language=python&band=low"):
        assert ids(narrow) == [str(free.pk)], narrow
    assert ids("language=typescript") == ids("wave=6") == ids("band=high") == []
    other = make_run(make_plan(alice))
    assert ids(f"run={other.pk}") == ids(f"masterplan={other.masterplan_id}") == []
    assert client.get(f"{API}/queue").json()["counts"] == {"pending": 2, "in_review": 1, "done": 1, "mine_today": 1}
    assert as_user(dora).get(f"{API}/queue?view=mine").json()["results"] == []


def test_views_follow_an_atom_through_the_model(as_user: SignIn, alice: User, atoms: list[RunAtom]) -> None:
    away, back = (make_review(atom, priority=n, status="regenerated") for n, atom in enumerate(atoms[:2], start=1))
    again = make_review(atoms[1], priority=3)
    RunAtom.objects.filter(pk=atoms[0].pk).update(status="ready")
    HumanReviewQueue.objects.filter(pk__in=[away.pk, back.pk]).update(reviewed_at=timezone.now())
    client = as_user(alice)
    shown = {
        view: [row["review_id"] for row in client.get(f"{API}/queue?view={view}").json()["results"]]
        for view in ("sent_back", "regenerating")
    }
    assert shown == {"sent_back": [str(again.pk)], "regenerating": [str(away.pk)]}


@pytest.mark.parametrize(
    "query",
    ["view=x", "band=x", "wave=-1", "limit=0",
     "limit=x", "run=1", "cursor=%00", "cursor=!!", "cursor=WzFd", "cursor=W10", "q=%00",
     "cursor=WzAsIDk5OTk5OTk5OTk5OTk5OTk5OTk5LCAwLjUsICJ4Il0"],
)  # fmt: skip
def test_it_handles_bad_queries(as_user: SignIn, alice: User, review: HumanReviewQueue, query: str) -> None:
    answer = as_user(alice).get(f"{API}/queue?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "data"}


@pytest.mark.parametrize(
    ("action", "sent"),
    [
        ("claim", {}), ("claim", {"review_id": "x"}), ("claim", {"next": True, "review_id": "x"}), ("release", {}),
        ("approve", {"version": 0}), ("approve", {"version": "x"}), ("approve", {"active_ms": -1}),
        ("approve", {"idempotency_key": "short"}), ("approve", {"idempotency_key": "\ud800" * 10}),
        ("reject", {"reason_code": "because"}), ("edit", {"code": None}), ("edit", {"code": "\x00"}),
        ("edit", {"code": "\ud800"}), ("regenerate", {"feedback": "x" * 20_001}),
    ],
)  # fmt: skip
def test_it_handles_bad_bodies(
    as_user: SignIn, alice: User, review: HumanReviewQueue, action: str, sent: dict[str, Any]
) -> None:
    complete = sent if action in ("claim", "release") else body(review, **sent)
    answer = as_user(alice).post(f"{API}/{action}", json.dumps(complete), content_type="application/json")
    assert answer.status_code == 400
    review.refresh_from_db()
    assert (review.status, review.version) == ("pending", 1)


def test_claim_next_then_approve(as_user: SignIn, alice: User, review: HumanReviewQueue) -> None:
    client = as_user(alice)
    row = client.post(f"{API}/claim", {"next": True}).json()
    assert (row["review_id"], row["status"], row["assigned_to"]) == (str(review.pk), "in_review", "alice")
    answer = client.post(f"{API}/approve", body(review, active_ms=9_000, idempotency_key="a-key-1234"))
    assert answer.status_code == 200
    decided = answer.json()
    assert (decided["review"]["status"], decided["review"]["version"], decided["revalidating"]) == (
        "approved",
        2,
        False,
    )
    assert decided["run"]["run_id"] == row["run_id"]
    assert client.post(f"{API}/approve", body(review, idempotency_key="a-key-1234")).json() == decided
    assert client.post(f"{API}/claim", {"next": True}).json()["code"] == "queue_empty"
    stats = client.get(f"{API}/stats").json()
    assert parse_datetime(stats.pop("newest_at")) == review.created_at
    assert stats == {"pending": 0, "in_review": 0, "done": 1, "mine_today": 1, "median_seconds": 9.0}
    lines = b"".join(client.get(f"{API}/decisions.jsonl").streaming_content).splitlines()  # type: ignore[attr-defined]
    assert [(line["decision"], line["by"]) for line in map(json.loads, lines)] == [("approve", "alice")]


def test_conflicts_show_the_review_as_it_is(as_user: SignIn, alice: User, dora: User, review: HumanReviewQueue) -> None:
    HumanReviewQueue.objects.update(version=3)
    stale = as_user(alice).post(f"{API}/approve", body(review))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["data"]["review"]["version"] == 3
    as_user(dora).post(f"{API}/claim", {"review_id": str(review.pk)})
    claimed = as_user(alice).post(f"{API}/claim", {"review_id": str(review.pk)})
    assert (claimed.status_code, claimed.json()["code"], claimed.json()["data"]["by"]) == (409, "claimed", "dora")
    as_user(dora).post(f"{API}/approve", body(review, version=3))
    late = as_user(alice).post(f"{API}/approve", body(review, version=4))
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert late.json()["data"]["review"]["status"] == "approved"


def test_an_edit_shows_its_checks(
    as_user: SignIn, alice: User, review: HumanReviewQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Check(name="syntax", status=Status.FAILED, reason="invalid syntax")
    result = LevelResult(level=Level.ATOMIC, scope="x", atom_id="x", checks=(failed,))
    monkeypatch.setattr(changes, "check_edit", lambda *_: result)
    client = as_user(alice)
    tried = client.post(f"{API}/edit", body(review, code="def", dry_run=True))
    assert (tried.status_code, tried.json()["passed"], tried.json()["checks"][0]["status"]) == (200, False, "failed")
    refused = client.post(f"{API}/edit", body(review, code="def"))
    assert (refused.status_code, refused.json()["code"]) == (422, "edit_failed")
    assert refused.json()["data"]["checks"][0]["reason"] == "invalid syntax"


def test_whitespace_of_an_edit_is_kept(
    as_user: SignIn, alice: User, review: HumanReviewQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "    return 1  \r\n\n"
    passed = LevelResult(level=Level.ATOMIC, scope="x", atom_id="x", checks=())
    monkeypatch.setattr(changes, "check_edit", lambda *_: passed)
    monkeypatch.setattr(changes, "apply_edit", lambda *_: None)
    assert as_user(alice).post(f"{API}/edit", body(review, code=code)).status_code == 200
    review.refresh_from_db()
    assert review.modified_code == code


def test_the_detail(
    as_user: SignIn, alice: User, run: ExecutionRun, atoms: list[RunAtom], django_assert_max_num_queries: Any
) -> None:
    atom = atoms[1]
    changed = "def f1(x):\n    y = x\n    return y\n\n"
    RunAtom.objects.filter(pk=atoms[0].pk).update(code="# one line more\ndef f0(x):\n    return x\n\n")
    RunAtom.objects.filter(pk=atom.pk).update(status="failed", attempts=1, code=changed)
    validate(atom, check("syntax"), check("types", "failed", finding("Wrong type")))
    AtomRetryHistory.objects.create(
        atom_id=atom.atom_id, run=run, attempt_number=1, success=False, code_generated=changed, llm_model="scripted"
    )
    cases = [{"id": "t.py::a", "status": "failed", "message": "assert 1 == 2"}, {"id": "t.py::b", "status": "passed"}]
    make_suite(run, cases, {"t.py::a": {"pkg/code.py": [6]}, "t.py::b": {"pkg/code.py": [1, 2]}})
    graph = DependencyGraph.objects.create(
        masterplan=run.masterplan, total_atoms=2, total_edges=1, max_depth=1, total_waves=1, nodes_json={},
        edges_json=[], topological_order=[],
    )  # fmt: skip
    reasons = [{"type": "control", "symbol": "f0", "line": 5}]
    AtomDependency.objects.create(
        graph=graph, from_atom_id=atom.atom_id, to_atom_id=atoms[0].atom_id, dependency_type="control", weight="0.50",
        reasons=reasons,
    )  # fmt: skip
    queue.on_atoms_failed(run.pk, [atom.atom_id])
    review = HumanReviewQueue.objects.get()
    client = as_user(alice)
    with django_assert_max_num_queries(25):
        detail = client.get(f"{API}/{review.pk}").json()
    assert (detail["symbol"], detail["reasons"], detail["attempts"]) == ("f1", ["types fail"], 1)
    assert (detail["original_code"], detail["code"]) == ("def f1(x):\n    return x + 1\n\n", changed)
    assert detail["context_before"] == "# one line more\ndef f0(x):\n    return x\n\n"
    assert detail["context_after"].startswith("def f2(x):")
    assert [item["message"] for item in detail["findings"]] == ["Wrong type"]
    assert detail["failing_tests"] == [{"id": "t.py::a", "message": "assert 1 == 2"}]
    assert detail["tests"] == [{"id": "t.py::a", "status": "failed"}]
    assert [(v["level"], v["status"], v["checks"][1]["name"]) for v in detail["validations"]] == [
        (1, "failed", "types")
    ]
    assert [term["name"] for term in detail["confidence_terms"]] == [
        "validation",
        "attempts",
        "complexity",
        "integration",
    ]
    assert [item["attempt_number"] for item in detail["attempts_history"]] == [1]
    assert [item["source"] for item in detail["suggestions"]] == ["draft", "ruff"]
    [needed] = detail["needs"]
    assert (needed["symbol"], needed["type"], needed["weight"], needed["reasons"]) == ("f0", "control", 0.5, reasons)
    assert (detail["needed_by"], detail["decisions"]) == ([], [])


def test_the_detail_of_a_draft_that_stands(as_user: SignIn, alice: User, review: HumanReviewQueue) -> None:
    client = as_user(alice)
    client.post(f"{API}/reject", body(review, feedback="<i>why</i>"))
    RunAtom.objects.filter(run=review.run_id, atom_id=review.atom_id).update(confidence=0.125)
    detail = client.get(f"{API}/{review.pk}").json()
    assert detail["confidence"] == 0.125  # of the terms beside it; the row keeps that of the decision
    assert detail["model"] is None
    assert detail["code"] == detail["original_code"]
    assert [(d["decision"], d["by"], d["feedback"]) for d in detail["decisions"]] == [("reject", "alice", "<i>why</i>")]


def test_it_handles_bad_uuid(as_user: SignIn, alice: User, db: None) -> None:
    assert as_user(alice).get(f"{API}/nonsense").status_code == 404


def test_an_atom_of_a_plan_without_code_has_no_original(as_user: SignIn, alice: User, review: HumanReviewQueue) -> None:
    task = AtomicUnit.objects.get(pk=review.atom_id).task
    type(task).objects.filter(pk=task.pk).update(draft=None)
    detail = as_user(alice).get(f"{API}/{review.pk}").json()
    assert (detail["original_code"], detail["code"]) == (None, None)
