"""The cap that stops: no call begins that could pierce it, and more budget goes on where it stopped."""

from decimal import Decimal
from typing import Any

import pytest

from bench.scripted_model.script import Reply, Rule, Script
from execution.dispatchers import local
from execution.models import RunAtom
from execution.services import add_budget
from llm.models import LlmCall
from masterplans.models import Masterplan
from mge_project.tests.conftest import RunNow
from mge_project.tests.test_example import piece, solution

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]


def fixed(symbol: str, path: str = "shop/pricing.py") -> Reply:
    return Reply(code=piece(solution(path), f"def {symbol}", "\n\n\n") + "\n")


def test_at_the_cap_work_parks_and_resumes_with_more(pricing: Masterplan, run_now: RunNow, scripted: Any) -> None:
    rules = [Rule(symbol=name, replies=[fixed(name)]) for name in ("tier_percent", "find_coupon")]
    server = scripted(Script(rules=rules, otherwise=Reply(status=400)))

    run = run_now(pricing, budget_usd=Decimal("0.000001"))

    assert run.status == "budget_stopped"
    assert "budget" in run.error
    assert server.book()["calls"] == 0, "a call was started beyond the cap"
    assert not RunAtom.objects.filter(run=run, status="passed", attempts__gt=0).exists()
    assert run.reserved_micro == 0

    add_budget(run, Decimal(20))
    assert local.join(run.pk, timeout=60)
    run.refresh_from_db()

    assert run.status == "completed"
    assert set(RunAtom.objects.filter(run=run, symbol__in=["tier_percent", "find_coupon"]).values_list("status")) == {
        ("passed",)
    }
    booked = sum(call.cost_micro or 0 for call in LlmCall.objects.filter(run_id=run.pk))
    assert run.spent_micro == booked > 0
    assert run.reserved_micro == 0


def test_a_provider_that_is_busy_uses_up_no_attempt(pricing: Masterplan, run_now: RunNow, scripted: Any) -> None:
    busy = Reply(status=429, retry_after=0.2)
    rules = [
        Rule(symbol="tier_percent", replies=[busy, Reply(status=529), fixed("tier_percent")]),
        Rule(symbol="find_coupon", replies=[fixed("find_coupon")]),
    ]
    scripted(Script(rules=rules, otherwise=Reply(status=400)))

    run = run_now(pricing)

    tier = RunAtom.objects.get(run=run, symbol="tier_percent")
    assert (tier.status, tier.attempts) == ("passed", 1)
    assert LlmCall.objects.filter(run_id=run.pk, atom_id=tier.atom_id, state="received").count() == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="I would rather talk about it."),
        Reply(huge=1_200_000),
        Reply(body="{not json"),
        Reply(fence="", tag=""),
    ],
    ids=["prose", "a megabyte", "malformed", "empty fence"],
)
def test_useless_replies_end_as_a_failed_atom_that_keeps_its_draft(
    pricing: Masterplan, run_now: RunNow, scripted: Any, reply: Reply
) -> None:
    scripted(Script(rules=[Rule(symbol="tier_percent", replies=[reply])], otherwise=Reply(status=400)))

    run = run_now(pricing, budget_usd=Decimal(1000))

    tier = RunAtom.objects.get(run=run, symbol="tier_percent")
    assert (run.status, tier.status, tier.code) == ("completed", "failed", None)
    assert tier.last_error
