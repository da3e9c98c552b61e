"""The queue and its audit in Django admin: to look at, not to change."""

from django.contrib import admin
from django.http import HttpRequest

from review.models import HumanReviewQueue, ReviewDecision


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Shows rows; decisions are made in the console, where each leaves its audit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is deleted here."""
        return False


@admin.register(HumanReviewQueue)
class HumanReviewQueueAdmin(ReadOnlyAdmin):
    """The queue."""

    list_display = ["priority", "atom", "confidence", "status", "assigned_to", "decision", "created_at"]
    list_filter = ["status", "decision"]
    list_select_related = ["atom"]
    search_fields = ["atom__path", "atom__symbol"]
    show_full_result_count = False


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(ReadOnlyAdmin):
    """The audit."""

    list_display = ["at", "by", "decision", "review_id", "version_seen", "reason_code", "active_ms"]
    list_filter = ["decision", "reason_code"]
    list_select_related = ["by"]
    date_hierarchy = "at"
    show_full_result_count = False
