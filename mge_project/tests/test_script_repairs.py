"""The assistant's search on JavaScript: the repair that it shows makes the plan's own test pass."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from execution.models import RunAtom
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.models import SourceKind
from masterplans.services import create_from_spec
from mge_project.tests.conftest import RunNow
from review.models import HumanReviewQueue
from review.services import help as search

pytestmark = [pytest.mark.drill, pytest.mark.sandbox, pytest.mark.django_db(transaction=True)]
CODE = """\
export function clamp(value, low, high) {
  if (value < low) {
    return low;
  }
  return value < high ? high : value;
}
"""
TEST = """\
import assert from "node:assert/strict";
import { test } from "node:test";

import { clamp } from "../web/clamp.js";

test("what is too much is cut", () => {
  assert.equal(clamp(12, 0, 10), 10);
});

test("what lies between stays", () => {
  assert.equal(clamp(7, 0, 10), 7);
});
"""
RIGHT = [f"value {more} high ? high : value" for more in (">", ">=")]
RIGHT += [f"value {less} high ? value : high" for less in ("<", "<=")]
PLAN = {
    "name": "Clamp",
    "tasks": [{"target_path": "web/clamp.js", "code": CODE}],
    "tests": [{"path": "tests/clamp.test.js", "code": TEST}],
    "files": [{"path": "package.json", "content": '{"type": "module"}'}],
}


def test_a_repair_of_a_script_is_found_and_verified(
    run_now: RunNow, alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_dispatch", search.work)
    spec = parse_plan(json.dumps(PLAN).encode(), name="plan")
    run = run_now(create_from_spec(spec, owner=alice, source_kind=SourceKind.PLAN_FILE))
    atom = RunAtom.objects.get(run=run, start_line__lte=5, end_line__gte=5)
    assert atom.status == "failed"
    row = HumanReviewQueue.objects.get(run=run, atom_id=atom.atom_id)
    answer = as_alice.post(f"/api/v2/review/{row.pk}/help", {}, content_type="application/json").json()
    [first, *_] = [item for item in answer["suggestions"] if item["source"] == "repair"]
    assert (first["kind"], first["verified"], first["model"]) == ("fix", True, None)
    assert any(right in first["code"] for right in RIGHT), first["code"]
