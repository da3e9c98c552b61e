"""Bugs and what people thought of runs, in Django admin: to search, and to close a bug."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from kernel.errors import MgeError
from rollout import services
from rollout.models import BugReport, RunFeedback

if TYPE_CHECKING:  # generic for the type checker only
    _BugAdmin = admin.ModelAdmin[BugReport]
    _FeedbackAdmin = admin.ModelAdmin[RunFeedback]
else:
    _BugAdmin = _FeedbackAdmin = admin.ModelAdmin


class _OpenFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("closed", "closed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(closed_at__isnull=self.value() == "open")


@admin.register(BugReport)
class BugReportAdmin(_BugAdmin):
    """A bug is closed by saying how it was resolved; nothing else of it changes, and none is deleted."""

    list_display = ("id", "critical", "description", "run", "by", "at", "closed_at", "closed_by")
    list_filter = ("critical", _OpenFilter)
    list_select_related = ("run", "by", "closed_by")
    search_fields = ("description", "resolution", "run__masterplan__name", "by__username")
    fields = ("run", "critical", "description", "by", "at", "resolution", "closed_at", "closed_by")

    def get_readonly_fields(self, request: HttpRequest, obj: BugReport | None = None) -> tuple[str, ...]:
        """All but the resolution of an open bug."""
        still_open = obj is not None and obj.closed_at is None
        return tuple(field for field in self.fields if not (field == "resolution" and still_open))

    def save_model(self, request: HttpRequest, obj: BugReport, form: Any, change: bool) -> None:
        """Close it through the service, which tells the console and the watcher."""
        if "resolution" in form.changed_data:
            services.close_bug(obj.pk, resolution=form.cleaned_data["resolution"], by=request.user)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A bug that somebody else closed meanwhile is one line above the fresh form."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except MgeError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.path)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Bugs are reported where they are seen: on a run's page, or by ``rollout report-bug``."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """They are part of why a stage was held."""
        return False


@admin.register(RunFeedback)
class RunFeedbackAdmin(_FeedbackAdmin):
    """Read-only: what a person said is theirs to change, on the run's page."""

    list_display = ("run", "score", "word", "user", "at")
    list_filter = ("score",)
    list_select_related = ("run", "user")
    search_fields = ("word", "run__masterplan__name", "user__username")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RunFeedback | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """It counts in the satisfaction that guards the rollout."""
        return False
