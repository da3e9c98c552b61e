"""A real Prometheus scrapes a real server after a real run: each panel of each dashboard, and each alert, has data."""

import json
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from bench.scripted_model.script import Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from mge_project.tests.services import free_port

pytestmark = [pytest.mark.drill, pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(settings.BASE_DIR)
DASHBOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
PATIENCE = 60.0
INTERVAL = "5s"  # what Grafana puts for $__rate_interval; several scrapes fit in


def until(found: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if answer := found():
                return answer
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


@contextmanager
def process(command: list[str], environment: dict[str, str] | None = None, cwd: Path = ROOT) -> Iterator[None]:
    started = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.terminate()
        try:
            started.wait(timeout=15)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


class Person:
    """Somebody with a browser's session."""

    def __init__(self, base: str, name: str, password: str) -> None:
        self.base, self.jar = base, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.call("/api/v1/session")
        self.call("/api/v1/session", {"username": name, "password": password})

    def call(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        token = next((cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken"), "")
        headers = {"Content-Type": "application/json", "X-CSRFToken": token, "Referer": self.base}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)
        with self.opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


def query(prometheus: str, expression: str) -> list[Any]:
    asked = urllib.parse.urlencode({"query": expression.replace("$__rate_interval", INTERVAL)})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query?{asked}", timeout=10) as answer:
        return list(json.load(answer)["data"]["result"])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A server with the bundled example run once, beside a model that is busy at first and then wrong."""
    import os  # noqa: PLC0415 - the environment of a process of its own, nothing else

    port = free_port()
    busy = Reply(status=429, retry_after=0.1)
    with ScriptedModel(Script(rules=[Rule(replies=[busy, Reply(text="No code.")])])) as model:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MGE_", "FF_", "DATABASE_"))},
            "MGE_DATA_DIR": str(tmp_path / "data"),
            "ANTHROPIC_BASE_URL": model.url,
            "ANTHROPIC_API_KEY": "test-key",
        }
        command = [sys.executable, "manage.py", "serve", "--port", str(port), "--migrate", "--demo"]
        with process(command, environment):
            base = f"http://127.0.0.1:{port}"
            until(lambda: urllib.request.urlopen(f"{base}/api/v1/health", timeout=10), "the server", 150)
            yield base


@pytest.fixture
def prometheus(served: str, tmp_path: Path) -> Iterator[str]:
    """Ours but for the address that it scrapes, and how often."""
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed: the dashboards were not asked")
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(ROOT / "deploy/prometheus/rules/*.yml")]
    [web] = [job for job in config["scrape_configs"] if job["job_name"] == "mge-web"]
    web.pop("authorization")
    web["static_configs"] = [{"targets": [served.removeprefix("http://")]}]
    config["scrape_configs"] = [web]
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    command = [
        "prometheus", f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with process(command, cwd=tmp_path):
        yield f"http://127.0.0.1:{port}"


def decide_and_answer(base: str, passwords: dict[str, str]) -> None:
    """One decision with its time, and a word about the run: what the review panels show."""
    operator = Person(base, "operator", passwords["operator"])
    row = operator.call("/api/v2/review/queue")["results"][0]
    claimed = operator.call("/api/v2/review/claim", {"review_id": row["review_id"]})
    operator.call(
        "/api/v2/review/reject",
        {"review_id": row["review_id"], "version": claimed["version"], "reason_code": "other", "active_ms": 9000},
    )
    feedback = {"score": 5, "words": "good"}
    operator.call(f"/api/v2/rollout/runs/{row['run_id']}/feedback", feedback, method="PUT")


def test_every_panel_and_every_alert_has_data(served: str, prometheus: str, tmp_path: Path) -> None:
    decide_and_answer(served, json.loads((tmp_path / "data/demo_users.json").read_text()))
    panels = [
        (f"{path.stem}: {panel['title']}", target["expr"])
        for path in DASHBOARDS
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
    ]
    assert len(panels) > 30
    empty = dict(panels)

    def all_answered() -> bool:
        urllib.request.urlopen(f"{served}/api/v1/health", timeout=10).close()  # so that HTTP has a rate
        for name, expression in list(empty.items()):
            if query(prometheus, expression):
                del empty[name]
        return not empty

    try:
        until(all_answered, "data for every panel")
    except AssertionError:
        pytest.fail(f"no data: {json.dumps(empty, indent=1)}")

    with urllib.request.urlopen(f"{prometheus}/api/v1/rules", timeout=10) as answer:
        rules = [rule for group in json.load(answer)["data"]["groups"] for rule in group["rules"]]
    assert len(rules) >= 12
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []
    assert query(prometheus, "v2_precision_percent")[0]["value"][1] != "0"
