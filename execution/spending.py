"""What model calls of runs have cost since a moment, as the top of every page of the console tells it."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum

from execution.selectors import visible_runs
from llm.models import CallState, LlmCall
from masterplans.models import Masterplan


def spent_since(user: Any, since: datetime, *, plan: Masterplan | None = None) -> dict[str, Any]:
    """Booked cost, in USD, of calls made since then by runs that the user may see, of one plan where it is given.

    Calls whose price is unknown are counted apart. ``budget_usd`` is the plan's, null without plan or budget.
    """
    runs = visible_runs(user).filter(Q(finished_at=None) | Q(finished_at__gte=since))
    if plan is not None:
        runs = runs.filter(masterplan=plan)
    charged = LlmCall.objects.filter(
        run_id__in=runs.order_by().values("pk"), sent_at__gte=since, state__in=[CallState.RECEIVED, CallState.UNKNOWN]
    )
    found = charged.aggregate(
        micro=Sum("cost_micro"), calls=Count("pk"), unpriced=Count("pk", filter=Q(cost_micro=None))
    )
    return {
        "since": since,
        "spent_usd": (found["micro"] or 0) / 1_000_000,
        "calls": found["calls"],
        "unpriced_calls": found["unpriced"],
        "budget_usd": None if plan is None or plan.budget_usd is None else float(plan.budget_usd),
    }
