"""The MVP's API answers the same with V2 off, on, and without its tables.

``MGE_RECORD_CONTRACT=1 pytest mge_project/tests/test_contract.py`` writes what the suite holds the API to.
"""

import json
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from execution.models import ExecutionRun
from flags.models import FlagChange
from flags.pins import SWITCHES
from flags.routing import current
from flags.services import change
from masterplans.models import Masterplan
from mge_project.tests.contract.script import Answers, difference, play
from mge_project.tests.test_migrations import SEVEN, tables

pytestmark = pytest.mark.django_db(transaction=True)
RECORDED = Path(__file__).parent / "contract" / "v1.json"
NEEDS_V2 = (
    "/api/v2/review/queue",
    "/api/v2/atoms/00000000-0000-0000-0000-000000000000",
    "/api/v2/graphs/00000000-0000-0000-0000-000000000000",
    "/api/v2/validation/results/00000000-0000-0000-0000-000000000000",
)


def migrate(*argv: str) -> None:
    call_command("migrate", *argv, verbosity=0, stdout=StringIO())


@pytest.fixture
def up_again() -> Iterator[None]:
    yield
    migrate()


def turn_v2_on() -> None:
    why: Any = {"reason": "contract", "source": FlagChange.Source.COMMAND}
    change("ENABLE_V2", {"enabled": True, "percentage": 100}, **why)
    for name in SWITCHES:
        change(name, {"active": True}, **why)


def keeps_contract() -> Answers:
    actual = play("alice-secret")
    if os.environ.get("MGE_RECORD_CONTRACT") and current().enabled:  # only then is nothing null
        RECORDED.write_text(json.dumps(actual, indent=1, sort_keys=True) + "\n")
    recorded = json.loads(RECORDED.read_text())
    assert recorded.keys() == actual.keys()
    for step, answer in recorded.items():
        assert difference(answer, actual[step]) is None, step
    return actual


def modes() -> list[str]:
    return list(ExecutionRun.objects.order_by("created_at").values_list("mode", flat=True))


def test_the_contract_holds_with_v2_off_on_and_gone(up_again: None, alice: User) -> None:
    off = keeps_contract()
    turn_v2_on()
    on = keeps_contract()
    assert difference(on, off) is None
    assert modes() == ["mvp", "v2_atoms"]
    old = Masterplan.objects.get(runs__mode="v2_atoms")
    run = ExecutionRun.objects.get(mode="v2_atoms")

    migrate("atoms", "zero")
    assert not SEVEN & tables()

    gone = keeps_contract()
    assert difference(on, gone) is None
    assert modes() == ["mvp", "v2_atoms", "mvp"], "the routing still says V2, and nobody is stopped by that"
    client = Client()
    client.force_login(alice)
    for url in NEEDS_V2:
        answer = client.get(url)
        assert (answer.status_code, answer.json()["code"]) == (503, "v2_not_installed"), url
    for url in (
        f"/api/v1/masterplans/{old.pk}/",
        f"/api/v2/execution/runs/{run.pk}",
        f"/api/v2/execution/runs/{run.pk}/atoms",
        "/api/v2/execution/runs",
        "/api/v2/execution/status",
        "/api/v2/events",
        "/api/v2/flags",
    ):
        assert client.get(url).status_code == 200, url
    asked = client.post(f"/api/v1/masterplans/{old.pk}/execute", {"mode": "v2_atoms"}, content_type="application/json")
    assert (asked.status_code, asked.json()["code"]) == (503, "v2_not_installed")
