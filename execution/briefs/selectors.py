"""Who may see which brief, and what is shown of one."""

import uuid
from typing import Any

from django.db.models import QuerySet

from execution.briefs.models import PlanBrief
from kernel.errors import NotFound
from kernel.roles import Role, has_role
from llm import ledger


def visible_briefs(user: Any) -> QuerySet[PlanBrief]:
    """The user's own; all of them for an admin."""
    briefs = PlanBrief.objects.all()
    return briefs if has_role(user, Role.ADMIN) else briefs.filter(owner_id=user.pk)


def get_brief(user: Any, brief_id: uuid.UUID) -> PlanBrief:
    """The brief, where the user may see it."""
    brief = visible_briefs(user).filter(pk=brief_id).first()
    if brief is None:
        raise NotFound(f"There is no brief {brief_id}, or you may not see it.")
    return brief


def payload(brief: PlanBrief) -> dict[str, Any]:
    """One brief in the form of the API; its cost comes from the ledger."""
    spent = ledger.spend(brief.pk)
    error = {"code": brief.error_code, "message": brief.error} if brief.error_code else None
    return {
        "brief_id": brief.pk,
        "name": brief.name,
        "status": brief.status,
        "phase": brief.phase,
        "model": brief.model,
        "masterplan_id": brief.masterplan_id,
        "error": error,
        "cost_usd": None if spent.unpriced_calls else spent.micro / 1_000_000,
        "budget_usd": None if brief.budget_micro is None else brief.budget_micro / 1_000_000,
        "created_at": brief.created_at,
        "finished_at": brief.finished_at,
    }
