"""One id from the HTTP request through the queue to the model, and on every log line about the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.test import Client

from bench.scripted_model.script import Reply, Rule, Script
from execution import logs
from execution.dispatchers import local
from execution.models import ExecutionRun
from masterplans.models import Masterplan

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", ["v2_atoms", "mvp"])
def test_the_model_is_asked_under_the_id_of_the_request(
    mode: str, import_folder: Callable[..., Masterplan], as_alice: Client, scripted: Any, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("def f() -> int:\n    return missing\n" if mode == "v2_atoms" else "def f(:\n")
    plan = import_folder(tmp_path)
    server = scripted(Script(rules=[Rule(replies=[Reply(code="def f() -> int:\n    return 1\n")])]))
    answer = as_alice.post(
        f"/api/v1/masterplans/{plan.pk}/execute",
        {"mode": mode},
        "application/json",
        headers={"X-Request-ID": "trace-7"},
    )
    assert answer.headers["X-Request-ID"] == "trace-7"
    run = ExecutionRun.objects.get()
    assert local.join(run.pk, timeout=60)
    assert run.settings["request_id"] == "trace-7"
    assert server.request_ids
    assert set(server.request_ids) == {"trace-7"}


@pytest.mark.django_db
def test_a_log_line_names_run_mode_and_atom(import_folder: Callable[..., Masterplan], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    plan = import_folder(tmp_path)
    run = ExecutionRun(masterplan=plan, mode="v2_atoms", settings={"request_id": "trace-8"})
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        with logs.about(run, atom_id=plan.pk):
            structlog.get_logger().info("judged")
        structlog.get_logger().info("elsewhere")
    judged, elsewhere = lines
    assert (judged["run"], judged["mode"], judged["atom"]) == (str(run.pk), "v2_atoms", str(plan.pk))
    assert judged["request_id"] == "trace-8"
    assert "run" not in elsewhere
