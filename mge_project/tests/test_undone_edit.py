"""An edit that is taken back, with a real run: what is shown of the atom is what holds for the draft again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from execution.dispatchers import local
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from review.models import HumanReviewQueue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]
SHOWN = ("code", "failing_tests", "tests", "confidence_terms", "atom_status")


def test_the_failing_test_is_shown_again(
    tmp_path: Path, import_folder: Callable[..., Masterplan], run_now: RunNow, as_alice: Client
) -> None:
    (tmp_path / "prices.py").write_text("def discount(amount):\n    return amount\n")
    (tmp_path / "test_prices.py").write_text("import prices\n\n\ndef test_it():\n    assert prices.discount(10) == 1\n")
    run = run_now(import_folder(tmp_path))
    row = HumanReviewQueue.objects.get(run=run, priority=1)
    before = as_alice.get(f"/api/v2/review/{row.pk}").json()
    assert [test["id"] for test in before["failing_tests"]] == ["test_prices.py::test_it"]

    def post(what: str, **more: Any) -> None:
        answer = as_alice.post(
            f"/api/v2/review/{what}", {"review_id": str(row.pk), **more}, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        assert local.join(run.pk, timeout=60)

    post("edit", version=row.version, code="def discount(amount):\n    return amount / 10\n")
    assert as_alice.get(f"/api/v2/review/{row.pk}").json()["failing_tests"] == []

    post("undo")
    after = as_alice.get(f"/api/v2/review/{row.pk}").json()
    assert {name: after[name] for name in SHOWN} == {name: before[name] for name in SHOWN}
