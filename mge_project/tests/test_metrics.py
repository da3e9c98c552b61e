"""``GET /metrics``: what Prometheus reads is what the rows say, from whichever process, and not for everybody."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from execution.models import ExecutionRun, RunAtom
from kernel.states import AtomStatus, ExecutionMode, RunStatus
from llm.models import LlmCall
from masterplans.models import Masterplan
from mge_project.metrics.rows import SECONDS
from rollout.models import RunFeedback

pytestmark = pytest.mark.django_db
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(client: Client, **headers: str) -> Samples:
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200, response.content
    families = text_string_to_metric_families(response.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


def a_run(plan: Masterplan, mode: str, *, seconds: float, dollars: float = 0.0, **fields: Any) -> ExecutionRun:
    now = timezone.now()
    defaults = {"status": RunStatus.COMPLETED, "finished_at": now, "started_at": now - timedelta(seconds=seconds)}
    return ExecutionRun.objects.create(
        masterplan=plan, mode=mode, spent_micro=int(dollars * 1e6), **{**defaults, **fields}
    )


def atoms(run: ExecutionRun, **counts: int) -> None:
    RunAtom.objects.bulk_create(
        RunAtom(
            run=run, atom_id=f"00000000-0000-4000-8000-{run.pk.hex[:4]}{i:08d}", task_id=run.masterplan_id, position=i,
            path="a.py", symbol="f", kind="function", start_line=1, end_line=2, loc=2, wave_number=1, status=status,
            lease_token=run.pk if status == AtomStatus.RUNNING else None,
        )
        for i, status in enumerate(status for status, n in counts.items() for _ in range(n))
    )  # fmt: skip


def test_the_seeds_names_say_what_the_rows_say(shop: Masterplan, client: Client) -> None:
    v2, hybrid = ExecutionMode.V2_ATOMS, ExecutionMode.HYBRID
    atoms(a_run(shop, v2, seconds=100, dollars=3, tests_total=60, tests_passed=57, precision=0.95), passed=8, failed=2)
    a_run(shop, hybrid, seconds=8000, dollars=300, tests_total=40, tests_passed=40, precision=1.0)
    a_run(shop, ExecutionMode.MVP, seconds=10, dollars=1, tests_total=10, tests_passed=1, precision=0.1)
    live = a_run(shop, v2, seconds=50, status=RunStatus.RUNNING, finished_at=None)
    atoms(live, running=3, ready=2, pending=1)

    RunFeedback.objects.create(run=live, user=shop.owner, score=4)

    seen = scrape(client)

    assert value(seen, "v2_user_satisfaction") == 4.0
    assert value(seen, "v2_execution_time_seconds_count") == 2
    assert value(seen, "v2_execution_time_seconds_bucket", le="7200.0") == 1
    assert value(seen, "v2_execution_time_seconds_sum") == pytest.approx(8100, abs=1)
    assert value(seen, "v2_cost_per_project_usd_bucket", le="250.0") == 1
    assert value(seen, "v2_cost_per_project_usd_sum") == 303
    assert value(seen, "v2_atoms_generated_total") == 10
    assert value(seen, "v2_atoms_failed_total") == 2
    assert value(seen, "v2_parallel_atoms") == 3
    assert value(seen, "v2_waves_executed_total") == 0
    assert value(seen, "v2_precision_percent") == pytest.approx(97.0)  # by tests, not by runs; the MVP's is not in it
    assert value(seen, "mge_precision_percent", mode="mvp") == pytest.approx(10.0)
    assert value(seen, "mge_queue_atoms", status="ready") == 2
    oldest = value(seen, "mge_oldest_live_run_seconds", mode="v2_atoms")
    assert oldest is not None
    assert 50 <= oldest < 80


def test_what_was_not_measured_has_no_series(shop: Masterplan, client: Client) -> None:
    day_old = timezone.now() - timedelta(hours=30)
    a_run(shop, ExecutionMode.V2_ATOMS, seconds=5, precision=0.5, tests_total=2, tests_passed=1, finished_at=day_old)
    a_run(shop, ExecutionMode.V2_ATOMS, seconds=5, precision=None)
    seen = scrape(client)
    assert value(seen, "v2_precision_percent") is None
    assert value(seen, "v2_user_satisfaction") is None


def test_buckets_are_cumulative(shop: Masterplan, client: Client) -> None:
    for seconds in (1, 60, 301, 4000, 99999):
        a_run(shop, ExecutionMode.V2_ATOMS, seconds=seconds)
    seen = scrape(client)
    counts = [value(seen, "v2_execution_time_seconds_bucket", le=str(float(limit))) for limit in SECONDS]
    assert counts == [2, 2, 3, 3, 3, 4, 4, 4, 4]
    assert value(seen, "v2_execution_time_seconds_bucket", le="+Inf") == 5


def test_unknown_prices_are_counted_and_not_free(client: Client) -> None:
    common = {"model": "m", "request": {}, "request_sha": "", "response": {}, "received_at": timezone.now()}
    LlmCall.objects.create(key="a", purpose="generate", state="received", cost_micro=2_500_000, **common)
    LlmCall.objects.create(key="b", purpose="generate", state="received", cost_micro=None, **common)
    seen = scrape(client)
    assert value(seen, "mge_model_cost_usd_total", model="m", purpose="generate") == 2.5
    assert value(seen, "mge_model_calls_unpriced_total") == 1


def test_a_scrape_takes_a_fixed_number_of_queries(
    shop: Masterplan, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        atoms(a_run(shop, ExecutionMode.V2_ATOMS, seconds=n + 1.0), passed=3)
    with django_assert_max_num_queries(45):
        scrape(client)


def test_without_v2_tables_the_rest_is_told(shop: Masterplan, client: Client) -> None:
    a_run(shop, ExecutionMode.V2_ATOMS, seconds=5)
    names = connection.introspection.table_names()
    left = [name for name in names if name not in ("execution_waves", "human_review_queue", "review_decisions")]
    with patch.object(connection.introspection, "table_names", return_value=left):
        seen = scrape(client)
    assert value(seen, "v2_execution_time_seconds_count") == 1
    assert not [name for name, _ in seen if name.startswith(("mge_review", "v2_waves"))]


def test_a_database_that_is_away_is_told_and_no_error(client: Client) -> None:
    with patch.object(connection.introspection, "table_names", side_effect=OperationalError("gone")):
        seen = scrape(client)
    assert value(seen, "mge_database_up") == 0
    assert value(seen, "mge_leases_expired_total") is not None  # what the process knows by itself


class TestWhoMayScrape:
    def test_this_machine_without_a_token(self, client: Client) -> None:
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 401
        through_a_proxy = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert through_a_proxy.status_code == 401
        assert b"MGE_METRICS_TOKEN" in through_a_proxy.content

    def test_whoever_has_the_token(self, client: Client, settings: Any) -> None:
        settings.MGE_METRICS_TOKEN = "token-of-the-scraper"
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        right = {"Authorization": "Bearer token-of-the-scraper"}
        assert client.get("/metrics", headers=right, REMOTE_ADDR="10.1.2.3").status_code == 200

    def test_a_browser_gets_the_console(self, client: Client, settings: Any, tmp_path: Path) -> None:
        (tmp_path / "index.html").write_text("<!doctype html>console")
        settings.CONSOLE_DIST = tmp_path
        page = client.get("/metrics", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert page.content == b"<!doctype html>console"


def test_processes_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from kernel import telemetry; telemetry.LEASES_EXPIRED.inc(3)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], cwd=configured.BASE_DIR, env=environment, check=True)
    tell = (
        "from prometheus_client import generate_latest; from mge_project.metrics.registry import own_registry;"
        "print(generate_latest(own_registry()).decode())"
    )
    told = subprocess.run(
        [sys.executable, "-c", tell],
        cwd=configured.BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "mge_leases_expired_total 6.0" in told.stdout


def test_hostile_methods_make_no_series(client: Client) -> None:
    assert client.generic("XYZZY", "/api/v1/health").status_code == 405
    assert not [labels for _, labels in scrape(client) if ("method", "XYZZY") in labels]
