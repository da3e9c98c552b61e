"""Every endpoint of runs: who may, who sees nothing, what is refused, and how many queries it takes."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from execution.models import ExecutionRun, RunAtom
from graphs.models import ExecutionWave
from kernel.v2 import v2_installed
from llm import ledger
from llm.messages import ModelReply
from llm.models import LlmCall
from llm.tests.conftest import PROFILE, REQUEST
from masterplans.models import Masterplan

MakeRun = Callable[..., ExecutionRun]
V2 = "/api/v2/execution"
NOBODY = uuid.UUID(int=7)


def paths(run: ExecutionRun, plan: Masterplan) -> list[tuple[str, str, dict[str, Any]]]:
    wave = ExecutionWave.objects.filter(run_id=run.pk).order_by("wave_number")[0]
    atom = RunAtom.objects.filter(run=run).order_by("position")[0]
    body = {"masterplan_id": str(plan.pk)}
    return [
        ("GET", f"{V2}/status/{plan.pk}", {}),
        ("GET", f"{V2}/runs/{run.pk}", {}),
        ("GET", f"{V2}/runs/{run.pk}/atoms", {}),
        ("GET", f"{V2}/waves?run={run.pk}", {}),
        ("GET", f"{V2}/waves?masterplan={plan.pk}", {}),
        ("GET", f"{V2}/runs?masterplan={plan.pk}", {}),
        ("GET", f"{V2}/spending?masterplan={plan.pk}", {}),
        ("GET", f"/api/v2/events?run={run.pk}", {}),
        ("POST", f"{V2}/start", body),
        ("POST", f"{V2}/estimate", body),
        ("POST", f"{V2}/waves", {"run_id": str(run.pk), "wave_number": 1}),
        ("POST", f"{V2}/waves/{wave.pk}/execute", {}),
        ("POST", f"{V2}/runs/{run.pk}/pause", {}),
        ("POST", f"{V2}/runs/{run.pk}/resume", {}),
        ("POST", f"{V2}/runs/{run.pk}/cancel", {}),
        ("POST", f"{V2}/runs/{run.pk}/budget", {"add_usd": 1}),
        ("POST", f"{V2}/runs/{run.pk}/retry-failed", {}),
        ("POST", f"/api/v2/retry/{atom.atom_id}", {}),
    ]


def call(client: Client, method: str, path: str, body: Any) -> Any:
    return client.get(path) if method == "GET" else client.post(path, body, "application/json")


def test_signed_out_is_401_foreign_404_and_without_the_role_403(
    make_run: MakeRun, plan: Masterplan, charlie: Client, bob: Client
) -> None:
    run = make_run("failed", "passed")
    for method, path, body in paths(run, plan):
        assert call(Client(), method, path, body).status_code == 401, path
        assert call(charlie, method, path, body).status_code == 404, path
        if method == "POST":
            assert call(bob, method, path, body).status_code == 403, path
    assert charlie.get(f"{V2}/status").json() == {"runs": []}
    assert charlie.get(f"{V2}/runs").json()["results"] == []
    run.refresh_from_db()
    assert run.status == "completed"


def test_ids_that_name_nothing_are_404_and_ids_that_are_none_are_refused(
    make_run: MakeRun, plan: Masterplan, client: Client
) -> None:
    run = make_run("failed", "passed")
    wave = ExecutionWave.objects.filter(run_id=run.pk).order_by("wave_number")[0]
    atom = RunAtom.objects.filter(run=run).order_by("position")[0]
    for method, path, body in paths(run, plan):
        for known in (run.pk, plan.pk, wave.pk, atom.atom_id):
            unknown = {name: str(NOBODY) if name.endswith("id") else value for name, value in body.items()}
            if str(known) in path or unknown != body:
                assert call(client, method, path.replace(str(known), str(NOBODY)), unknown).status_code == 404, path
            if str(known) in path:
                assert call(client, method, path.replace(str(known), "not-an-id"), body).status_code in (400, 404), path


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("start", {}),
        ("start", {"masterplan_id": "x"}),
        ("start", {"masterplan_id": "{plan}", "concurrency": 0}),
        ("start", {"masterplan_id": "{plan}", "mode": "v3"}),
        ("start", []),
        ("estimate", {"masterplan_id": "{plan}", "policy": "hope"}),
        ("waves", {"run_id": "{run}"}),
        ("waves", {"run_id": "{run}", "wave_number": 0}),
        ("runs/{run}/budget", {"add_usd": "much"}),
        ("runs/{run}/budget", {"add_usd": -1}),
        ("../retry/{atom}", {"words": 5 * ["x"]}),
        ("../retry/{atom}", {"words": "x" * 4001}),
    ],
)
def test_a_bad_body_is_400_and_says_what_is_wrong(
    make_run: MakeRun, plan: Masterplan, client: Client, path: str, body: Any
) -> None:
    run = make_run("failed", budget_micro=1)
    atom = RunAtom.objects.get(run=run).atom_id
    names = {"{plan}": str(plan.pk), "{run}": str(run.pk), "{atom}": str(atom)}
    for name, value in names.items():
        path = path.replace(name, value)
    filled = {k: names.get(v, v) if isinstance(v, str) else v for k, v in body.items()} if body else body
    answer = client.post(f"{V2}/{path}".replace("execution/../", ""), filled, "application/json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "data"}


def test_a_failed_atom_is_tried_again_with_words(make_run: MakeRun, client: Client, with_model: None) -> None:
    run = make_run("failed", "passed", "running")
    failed, passed, _ = RunAtom.objects.filter(run=run).order_by("position")
    answer = client.post(f"/api/v2/retry/{failed.atom_id}", {"words": "Mind the cents."}, "application/json")
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    failed.refresh_from_db()
    assert (failed.status, failed.allowed_attempts, failed.human_words) == ("ready", 4, "Mind the cents.")
    for atom in (failed, passed):
        again = client.post(f"/api/v2/retry/{atom.atom_id}", {}, "application/json")
        assert (again.status_code, again.json()["code"]) == (409, "nothing_to_retry")


def test_a_wave_is_tried_again_and_only_what_did_not_pass(make_run: MakeRun, client: Client, with_model: None) -> None:
    run = make_run("failed", "skipped", "passed", "failed")
    first, second = ExecutionWave.objects.filter(run_id=run.pk).order_by("wave_number")
    assert client.post(f"{V2}/waves/{first.pk}/execute").status_code == 202
    states = list(RunAtom.objects.filter(run=run).order_by("position").values_list("status", flat=True))
    assert states == ["ready", "ready", "passed", "failed"]
    assert client.post(f"{V2}/waves/{first.pk}/execute").status_code == 409
    assert client.post(f"{V2}/runs/{run.pk}/retry-failed").status_code == 202
    assert not RunAtom.objects.filter(run=run, status="failed").exists()
    ExecutionWave.objects.filter(pk=second.pk).update(run_id=None)
    assert client.post(f"{V2}/waves/{second.pk}/execute").status_code == 409


def test_what_waits_for_its_run_or_for_a_model_says_so(make_run: MakeRun, client: Client, settings: Any) -> None:
    run = make_run("failed", "parked")
    failed, parked = RunAtom.objects.filter(run=run).order_by("position")
    answer = client.post(f"/api/v2/retry/{failed.atom_id}", {}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_model")
    assert "add budget" in client.post(f"/api/v2/retry/{parked.atom_id}", {}, "application/json").json()["message"]
    settings.ANTHROPIC_API_KEY = "sk-ant-test-0000000000000000"
    ExecutionRun.objects.filter(pk=run.pk).update(status="budget_stopped")
    answer = client.post(f"{V2}/runs/{run.pk}/retry-failed")
    assert (answer.status_code, answer.json()["data"]) == (409, {"status": "budget_stopped"})
    ExecutionRun.objects.filter(pk=run.pk).update(status="completed", mode="mvp", units="subtasks")
    assert client.post(f"{V2}/runs/{run.pk}/retry-failed").status_code == 409
    assert RunAtom.objects.filter(run=run, status="failed").count() == 1


def test_a_live_run_tells_the_time_left_and_who_is_at_work(make_run: MakeRun, client: Client, settings: Any) -> None:
    settings.MGE_MODEL_PROFILES = {"scripted": PROFILE}
    run = make_run("passed", "running", "running", "ready", status="running", phase="executing", max_inflight=1)
    rows = RunAtom.objects.filter(run=run).order_by("position")
    rows.filter(status="passed").update(started_at="2026-01-01T00:00:00Z", finished_at="2026-01-01T00:00:04Z")
    rows.filter(status="ready").update(priority=1)
    asked, ahead = rows.filter(status="running")
    rows.filter(status="running").update(stage="generate")
    words: dict[str, Any] = {"run_id": run.pk, "attempt": 1, "purpose": "generate"}
    ledger.book(REQUEST, atom_id=asked.atom_id, **words)
    ledger.settle(ledger.book(REQUEST, atom_id=ahead.atom_id, **words).call, ModelReply(text="x"))
    answer = client.get(f"{V2}/runs/{run.pk}").json()
    assert (answer["eta_seconds"], answer["in_flight"], answer["in_flight_limit"]) == (12.0, 1, 1)
    assert answer["reserved_usd"] == (ledger.worst_price(REQUEST) or 0) / 1_000_000 > 0
    assert [atom["symbol"] for atom in answer["at_work"]] == ["s1"], "the other lies claimed for the next thread"
    assert answer["wave_now"] == 1
    rows.update(stage="draft")
    ExecutionRun.objects.filter(pk=run.pk).update(units="subtasks")
    parts = client.get(f"{V2}/runs/{run.pk}").json()["at_work"]
    assert [(part["symbol"], part["stage"]) for part in parts] == [("s1", "generate")], "one part of a task at a time"


def test_what_a_budget_parked_is_no_failure(make_run: MakeRun, client: Client) -> None:
    run = make_run("failed", "parked", "parked", "passed", status="budget_stopped", phase="executing")
    away = RunAtom.objects.filter(run=run).order_by("position")[2]
    RunAtom.objects.filter(pk=away.pk).update(last_error={"category": "provider", "message": "away"})
    failures = client.get(f"{V2}/runs/{run.pk}").json()["failures"]
    assert [(row["symbol"], row["status"]) for row in failures] == [("s0", "failed"), ("s2", "parked")]


def test_the_time_left_is_that_of_as_many_calls_as_the_budget_bears(
    make_run: MakeRun, client: Client, settings: Any
) -> None:
    settings.MGE_MODEL_PROFILES = {"scripted": PROFILE}
    worst = ledger.worst_price(REQUEST) or 0
    run = make_run("passed", *["running"] * 2, *["ready"] * 10, status="running", phase="executing", max_inflight=12,
                   budget_micro=2 * worst + 100, spent_micro=50)  # fmt: skip
    rows = RunAtom.objects.filter(run=run)
    rows.filter(status="passed").update(started_at="2026-01-01T00:00:00Z", finished_at="2026-01-01T00:00:04Z")
    for atom in rows.filter(status="running"):
        ledger.book(REQUEST, run_id=run.pk, atom_id=atom.atom_id, attempt=1, purpose="generate")
    assert client.get(f"{V2}/runs/{run.pk}").json()["eta_seconds"] == 24.0, "12 open atoms of 4 seconds, 2 at once"


def test_runs_are_filtered_and_paged(make_run: MakeRun, client: Client) -> None:
    done, live = make_run("passed"), make_run("ready", status="running", phase="executing")
    rows = client.get(f"{V2}/runs?limit=1").json()
    assert [row["run_id"] for row in rows["results"]] == [str(live.pk)]
    assert rows["next"]
    found = client.get(f"{V2}/runs?status=live").json()["results"]
    assert [row["run_id"] for row in found] == [str(live.pk)]
    found = client.get(f"{V2}/runs?status=completed").json()["results"]
    assert [row["run_id"] for row in found] == [str(done.pk)]
    assert client.get(f"{V2}/runs?status=gone").status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_rows(
    make_run: MakeRun, client: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.v2.REMEMBERED_SECONDS", 3600.0)  # its look at the tables comes once a second
    for _ in range(8):
        run = make_run(*["passed", "failed"] * 10)
    v2_installed()
    for path, most in [
        (f"{V2}/runs", 7),
        (f"{V2}/status", 7),
        (f"{V2}/runs/{run.pk}", 15),
        (f"{V2}/runs/{run.pk}/atoms", 7),
        (f"{V2}/waves?run={run.pk}", 6),
        ("/api/v2/events", 6),  # with how far may be read
    ]:
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_todays_spending_is_of_visible_runs_and_counts_unknown_prices_apart(
    make_run: MakeRun, plan: Masterplan, client: Client, charlie: Client
) -> None:
    run = make_run("passed", status="running", phase="executing")
    now = timezone.now()
    for key, micro, sent_at in [
        ("today", 250_000, now), ("unpriced", None, now), ("yesterday", 7_000_000, now - timedelta(days=1, minutes=1)),
    ]:  # fmt: skip
        LlmCall.objects.create(
            key=key, run_id=run.pk, purpose="generate", model="m", state="received", request_sha="", request={},
            response={}, cost_micro=micro, sent_at=sent_at, received_at=sent_at,
        )  # fmt: skip
    everything = client.get(f"{V2}/spending").json()
    assert (everything["spent_usd"], everything["calls"], everything["unpriced_calls"]) == (0.25, 2, 1)
    assert everything["budget_usd"] is None
    Masterplan.objects.filter(pk=plan.pk).update(budget_usd=5)
    assert client.get(f"{V2}/spending?masterplan={plan.pk}").json()["budget_usd"] == 5.0
    assert charlie.get(f"{V2}/spending").json()["calls"] == 0


def test_the_estimate_counts_from_the_last_run_and_never_calls_an_unknown_price_free(
    make_run: MakeRun, plan: Masterplan, client: Client, with_model: None, settings: Any
) -> None:
    ask = {"masterplan_id": str(plan.pk), "mode": "v2_atoms", "budget_usd": 0.001}
    first = client.post(f"{V2}/estimate", ask, "application/json").json()
    assert first["based_on_run"] is None
    assert 0 < first["usd_low"] < first["usd_high"]
    assert first["budget_may_stop_it"] is True
    assert any("no run of this plan tells better" in words for words in first["assumptions"])
    run = make_run("failed", "passed", "passed", "passed", finished_at="2026-01-01T00:00:00Z")
    then = client.post(f"{V2}/estimate", ask, "application/json").json()
    assert then["based_on_run"] == str(run.pk)
    assert f"Of the drafts 25.0% fail, as in run {run.pk}." in then["assumptions"]
    usage = {"input_tokens": 1000, "output_tokens": 100}
    LlmCall.objects.create(
        key="k", run_id=run.pk, purpose="generate", model="m", state="received", request_sha="", request={},
        response={}, usage=usage, received_at=run.created_at,
    )  # fmt: skip
    learnt = client.post(f"{V2}/estimate", ask, "application/json").json()
    assert any("about 1000 tokens in and 100 out" in words for words in learnt["assumptions"])
    mvp = client.post(f"{V2}/estimate", {**ask, "mode": "mvp"}, "application/json").json()
    pair = client.post(f"{V2}/estimate", {**ask, "mode": "mvp", "shadow": True}, "application/json").json()
    assert pair["mode"] == "mvp"
    assert pair["calls"]["high"] == mvp["calls"]["high"] + learnt["calls"]["high"]
    assert pair["usd_high"] == pytest.approx(mvp["usd_high"] + learnt["usd_high"])
    assert any(words.startswith("V2, in its shadow: ") for words in pair["assumptions"])
    settings.MGE_MODEL = "nobody-knows-me"
    unknown = client.post(f"{V2}/estimate", ask, "application/json").json()
    assert (unknown["usd_low"], unknown["usd_high"]) == (None, None)
    assert "nobody-knows-me" in unknown["unpriced_reason"]
    settings.ANTHROPIC_API_KEY = settings.ANTHROPIC_BASE_URL = None
    none = client.post(f"{V2}/estimate", ask, "application/json").json()
    assert (none["model"], none["calls"], none["usd_high"]) == (None, {"low": 0, "high": 0}, 0)
