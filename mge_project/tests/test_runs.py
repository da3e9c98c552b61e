"""Runs over a real project folder, over HTTP, and by command; what is bad is refused whole."""

import json
import shutil
import subprocess
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import networkx
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from execution.dispatchers import local
from execution.export import as_patch, collect, write
from execution.models import ExecutionRun, RunAtom, RunEvent
from execution.report import report
from kernel.errors import Conflict, InvalidInput
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from validation.models import ValidationResult

pytestmark = [pytest.mark.django_db(transaction=True)]
NETWORKX = Path(networkx.__file__).parent


@pytest.fixture
def utils(tmp_path: Path) -> Path:
    """A copy of a package that is also installed, with two of its tests: only the copy may be seen by them."""
    copy = tmp_path / "utils"
    shutil.copytree(NETWORKX / "utils", copy, ignore=shutil.ignore_patterns("__pycache__", "test_*.py"))
    for name in ("test_heaps.py", "test_unionfind.py"):
        shutil.copy(NETWORKX / "utils/tests" / name, copy / "tests")
    return copy


@pytest.mark.sandbox
def test_an_installed_package_is_tested_as_imported_and_comes_out_unchanged(
    utils: Path, import_folder: Callable[..., Masterplan], run_now: RunNow, tmp_path: Path
) -> None:
    plan = import_folder(utils, root_package="networkx.utils")

    run = run_now(plan)

    result = report(run)
    assert result["precision"] == 1.0
    assert result["levels"]["4"]["passed"] == 1
    counted = RunAtom.objects.filter(run=run, loc__gt=0).count()
    assert len(result["review_queue"]) == round(0.18 * counted)
    write(collect(plan, run), tmp_path / "out")
    for file in utils.rglob("*.py"):
        assert (tmp_path / "out" / file.relative_to(utils)).read_bytes() == file.read_bytes()
    assert as_patch(collect(plan, run)) == b""


@pytest.mark.sandbox
def test_breaking_one_imported_file_turns_level_4_red(
    utils: Path, import_folder: Callable[..., Masterplan], run_now: RunNow
) -> None:
    heaps = utils / "heaps.py"
    heaps.write_text(heaps.read_text().replace("return (key, value)", "return (value, key)"))

    run = run_now(import_folder(utils, root_package="networkx.utils"))

    assert run.precision is not None
    assert run.precision < 1
    level4 = ValidationResult.objects.get(run_id=run.pk, level=4, superseded=False)
    assert (level4.status, level4.passed) == ("failed", False)
    suite = next(check for check in level4.checks_run if check["name"] == "suite")
    assert suite["evidence"]["command"]
    culprits = set(RunAtom.objects.filter(run=run, status="failed").values_list("symbol", flat=True))
    assert any("MinHeap" in symbol or "Heap" in symbol for symbol in culprits), culprits


def small(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.sandbox
def test_a_folder_without_tests_measures_nothing_and_passes_nothing(
    tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow
) -> None:
    run = run_now(import_folder(small(tmp_path / "p", a="def f(x: int) -> int:\n    return x + 1\n")))
    assert (run.status, run.precision, run.tests_total) == ("completed", None, None)
    assert report(run)["levels"]["4"] == {"passed": 0, "failed": 0, "not_run": 1, "not_applicable": 0}


@pytest.mark.sandbox
def test_a_file_that_does_not_parse_is_located_and_the_rest_goes_on(
    tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow
) -> None:
    folder = small(tmp_path / "p", good="def f():\n    return 1\n", bad="def g(:\n    pass\n")
    (folder / "latin.py").write_bytes(b"# caf\xe9\nx = 1\n")
    plan = import_folder(folder)

    run = run_now(plan)

    problems = dict(plan.tasks.values_list("target_path", "problem"))
    assert (problems["bad.py"] or {})["line"] == 1
    assert problems["good.py"] is None
    failed = set(RunAtom.objects.filter(run=run, status="failed").values_list("path", flat=True))
    assert "bad.py" in failed
    assert "good.py" not in failed
    exported = collect(plan, run).after.files
    assert exported["latin.py"].content == b"# caf\xe9\nx = 1\n"
    assert exported["bad.py"].content == b"def g(:\n    pass\n"


@pytest.mark.sandbox
def test_the_mvp_runs_the_same_plan(shop: Masterplan, run_now: RunNow) -> None:
    run = run_now(shop, mode="mvp")
    result = report(run)
    assert result["status"] == "completed"
    assert result["mode"] == "mvp"
    assert result["precision"] is not None
    assert 0 < result["precision"] < 1
    assert set(result["by_status"]) == {"passed", "failed"}
    assert result["levels"] == {}


def test_a_second_live_run_is_refused_by_the_database(shop: Masterplan) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    ExecutionRun.objects.create(
        masterplan=shop, mode="v2_atoms", status="running", driver_token=uuid.uuid4(), driver_until=soon
    )
    with pytest.raises(CommandError, match="live run already") as caught:
        call_command("run_masterplan", str(shop.pk), "--mode", "v2_atoms", stdout=StringIO(), stderr=StringIO())
    assert caught.value.returncode == 2
    assert shop.runs.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mode", "v3"], "Unknown mode 'v3'"),
        (["--policy", "guess"], "Unknown policy 'guess'"),
        (["--ordering", "random"], "Unknown ordering 'random'"),
        (["--budget", "much"], "not an amount of USD"),
        (["--budget", "-1"], "budget of -1 USD is not possible"),
        (["--concurrency", "0"], "concurrency of 0 is not possible"),
        (["--suite-timeout", "0"], "suite timeout of 0"),
    ],
)
def test_bad_options_are_one_line_and_start_nothing(shop: Masterplan, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        call_command("run_masterplan", str(shop.pk), *arguments, stdout=StringIO(), stderr=StringIO())
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    assert not ExecutionRun.objects.exists()


def test_export_overwrites_nothing_and_needs_a_run(shop: Masterplan, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="no run yet"):
        collect(shop)
    run = ExecutionRun.objects.create(masterplan=shop, mode="mvp", status="completed")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    with pytest.raises(InvalidInput, match="not an empty folder"):
        write(collect(shop, run), tmp_path / "full")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


@pytest.mark.sandbox
def test_over_http_a_run_is_started_followed_and_exported(pricing: Masterplan, as_alice: Client) -> None:
    answer = as_alice.post(
        f"/api/v1/masterplans/{pricing.pk}/execute", {"mode": "v2_atoms"}, content_type="application/json"
    )
    assert answer.status_code == 202, answer.content
    run_id = answer.json()["run_id"]
    assert local.join(ExecutionRun.objects.get().pk, timeout=60)

    run = as_alice.get(f"/api/v2/execution/runs/{run_id}").json()
    assert run["status"] == "completed"
    assert run["levels"]["4"]["failed"] == 1
    assert run["review_pending"] > 0
    atoms = as_alice.get(f"/api/v2/execution/runs/{run_id}/atoms?status=failed").json()["results"]
    assert {"tier_percent", "find_coupon"} <= {atom["symbol"] for atom in atoms}
    atom = as_alice.get(f"/api/v2/atoms/{atoms[0]['atom_id']}?run={run_id}").json()
    assert atom["attempts"][0]["attempt_number"] == 0
    assert len(atom["criteria"]) == 10
    plan = as_alice.get(f"/api/v1/masterplans/{pricing.pk}/").json()
    graph = as_alice.get(f"/api/v2/graphs/{plan['graph_id']}").json()
    assert graph["total_atoms"] == run["atoms_total"] == len(graph["nodes"])
    assert graph["reconciliation"]["run_id"] == run_id, "the accepted code was compared when the run completed"
    drawn = as_alice.get(f"/api/v2/graphs/{plan['graph_id']}/visualize?format=dot").json()["text"]
    assert drawn.startswith("digraph")
    levels = as_alice.get(f"/api/v2/execution/runs/{run_id}/validations?level=4").json()["results"]
    assert [row["status"] for row in levels] == ["failed"]
    events = as_alice.get(f"/api/v2/events?after=0&run={run_id}").json()
    assert {"run.status", "run.phase", "atoms.status", "run.finished"} <= {e["type"] for e in events["events"]}
    seqs = [event["id"] for event in events["events"]]
    older = as_alice.get(f"/api/v2/events?run={run_id}&before={seqs[5]}&limit=3").json()["events"]
    assert [event["id"] for event in older] == seqs[2:5], "the newest before it, oldest first"
    assert as_alice.get("/api/v2/events?before=5").status_code == 400
    export = as_alice.get(f"/api/v1/masterplans/{pricing.pk}/export?format=zip")
    names = zipfile.ZipFile(BytesIO(export.content)).namelist()
    assert {"shop/pricing.py", "tests/test_money.py", "report.json"} <= set(names)


def test_charlie_sees_nothing_of_it(shop: Masterplan, as_charlie: Client, client: Client) -> None:
    run = ExecutionRun.objects.create(masterplan=shop, mode="v2_atoms", status="completed")
    RunEvent.objects.create(run=run, topic="run", type="run.status", data={"status": "secret"})
    for url in (
        f"/api/v1/masterplans/{shop.pk}/status",
        f"/api/v1/masterplans/{shop.pk}/export",
        f"/api/v2/execution/status/{shop.pk}",
        f"/api/v2/execution/runs/{run.pk}",
        f"/api/v2/execution/runs/{run.pk}/atoms",
        f"/api/v2/execution/runs/{run.pk}/validations",
        f"/api/v2/events?run={run.pk}",
    ):
        answer = as_charlie.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), url
        assert client.get(url).status_code == 401, url
    assert as_charlie.get("/api/v2/events?after=0").json()["events"] == []
    assert as_charlie.get("/api/v2/execution/status").json() == {"runs": []}
    for action in ("pause", "resume", "cancel"):
        assert as_charlie.post(f"/api/v2/execution/runs/{run.pk}/{action}").status_code == 404


def test_pause_resume_cancel_say_what_is_possible(shop: Masterplan, as_alice: Client) -> None:
    run = ExecutionRun.objects.create(masterplan=shop, mode="v2_atoms", status="paused")
    assert as_alice.post(f"/api/v2/execution/runs/{run.pk}/pause").json()["code"] == "conflict"
    assert as_alice.post(f"/api/v2/execution/runs/{run.pk}/cancel").json()["status"] == "cancelled"
    answer = as_alice.post(f"/api/v2/execution/runs/{run.pk}/resume")
    assert (answer.status_code, answer.json()["data"]["status"]) == (409, "cancelled")


def test_analyze_source_prints_one_object_and_bad_paths_one_line(tmp_path: Path) -> None:
    small(
        tmp_path / "p", main="from lib import f\n\n\ndef g():\n    return f(), gone()\n", lib="def f():\n    return 1\n"
    )
    out = StringIO()
    call_command("analyze_source", str(tmp_path / "p"), "--json", "--callgraph", stdout=out)
    found = json.loads(out.getvalue())
    assert {row["path"] for row in found["files"]} == {"main.py", "lib.py"}
    assert found["callgraph"]["main.g"] == ["lib.f"]
    where = {row["id"]: row["symbol"] for row in found["atoms"]}
    assert [(where[u["atom"]], u["name"], u["line"]) for u in found["unresolved"]] == [("g", "gone", 5)]
    sources = {row["path"]: (tmp_path / "p" / row["path"]).read_bytes() for row in found["files"]}
    joined: dict[str, bytes] = dict.fromkeys(sources, b"")
    for atom in found["atoms"]:
        joined[atom["path"]] += sources[atom["path"]][atom["start_byte"] : atom["end_byte"]]
    assert joined == sources
    assert sorted(a for wave in found["waves"] for a in wave) == sorted(a["id"] for a in found["atoms"])
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(CommandError) as caught:
            call_command("analyze_source", str(path), "--json", stdout=StringIO())
        assert str(path) in str(caught.value)


@pytest.mark.sandbox
def test_the_patch_applies_with_git(pricing: Masterplan, run_now: RunNow, tmp_path: Path) -> None:
    run = run_now(pricing)
    atom: Any = RunAtom.objects.get(run=run, symbol="tier_percent")
    RunAtom.objects.filter(pk=atom.pk).update(code="def tier_percent(quantity: int) -> int:\n    return 7\n\n\n")
    export = collect(pricing, run)
    for path, file in export.before.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(file.content)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=as_patch(export), check=True)
    assert {p: (tmp_path / p).read_bytes() for p in export.after.files} == {
        p: f.content for p, f in export.after.files.items()
    }
