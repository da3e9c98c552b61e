"""The ledger to look at; nobody edits a book."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from llm.models import LlmCall

if TYPE_CHECKING:
    _CallAdmin = admin.ModelAdmin[LlmCall]
else:
    _CallAdmin = admin.ModelAdmin  # generic for type checkers only


@admin.register(LlmCall)
class LlmCallAdmin(_CallAdmin):
    """Read-only."""

    list_display = ("sent_at", "purpose", "model", "state", "cost_micro", "estimated", "attempt", "run_id", "atom_id")
    list_filter = ("state", "purpose", "model")
    search_fields = ("key", "run_id", "atom_id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: LlmCall | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LlmCall | None = None) -> bool:
        """Never."""
        return False
