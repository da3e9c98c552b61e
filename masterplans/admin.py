"""Plans in Django admin: to search and to look, not to write code in."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from kernel.text import decode
from masterplans.models import Masterplan, MasterplanFile, MasterplanTask, Team

if TYPE_CHECKING:  # generic for the type checker only
    _PlanAdmin = admin.ModelAdmin[Masterplan]
    _TaskAdmin = admin.ModelAdmin[MasterplanTask]
    _FileAdmin = admin.ModelAdmin[MasterplanFile]
    _TeamAdmin = admin.ModelAdmin[Team]
else:
    _PlanAdmin = _TaskAdmin = _FileAdmin = _TeamAdmin = admin.ModelAdmin

_SHOWN_CHARACTERS = 64_000


class _ReadOnly:
    """Rows come from importers; a hand edit would part them from their atoms."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Masterplan)
class MasterplanAdmin(_PlanAdmin):
    """Name, owner, team and budget may be mended; the state moves through services alone."""

    list_display = ["name", "owner", "team", "status", "source_kind", "root_package", "budget_usd", "created_at"]
    list_filter = ["status", "source_kind", "team", "created_at"]
    list_select_related = ["owner", "team"]
    search_fields = ["name", "description", "owner__username", "masterplan_id"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["owner", "team"]
    readonly_fields = ["masterplan_id", "status", "source_kind", "root_package", "discovery", "version", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Plans come from importers."""
        return False


@admin.register(Team)
class TeamAdmin(_TeamAdmin):
    """Teams and their members; what plans a team sees is chosen on the plan."""

    list_display = ["name", "people", "plans"]
    search_fields = ["name", "members__username"]
    filter_horizontal = ["members"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """With the numbers of the list."""
        counts = {"people_total": Count("members", distinct=True), "plans_total": Count("masterplans", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description="members", ordering="people_total")
    def people(self, team: Team) -> int:
        """How many members it has."""
        return int(getattr(team, "people_total", 0))

    @admin.display(description="plans", ordering="plans_total")
    def plans(self, team: Team) -> int:
        """How many plans it sees."""
        return int(getattr(team, "plans_total", 0))


@admin.register(MasterplanTask)
class MasterplanTaskAdmin(_ReadOnly, _TaskAdmin):
    """Tasks with their draft as text."""

    list_display = ["target_path", "masterplan", "task_number", "language", "loc", "parse_ok"]
    list_filter = ["language", "parse_ok"]
    list_select_related = ["masterplan"]
    search_fields = ["target_path", "name", "masterplan__name"]
    readonly_fields = (
        *("masterplan", "task_number", "name", "description", "target_path", "place", "language"),
        *("acceptance_tests", "depends_on", "loc", "parse_ok", "problem", "draft_text"),
    )
    fields = readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MasterplanTask]:
        """Lists need no bytes; the page of one task loads them when it shows them."""
        return super().get_queryset(request).defer("draft", "skeleton")

    @admin.display(description="draft")
    def draft_text(self, task: MasterplanTask) -> str:
        """The draft, cut where it is long."""
        return "to be written" if task.draft is None else decode(bytes(task.draft), limit=_SHOWN_CHARACTERS)


@admin.register(MasterplanFile)
class MasterplanFileAdmin(_ReadOnly, _FileAdmin):
    """Tests and support files."""

    list_display = ["path", "masterplan", "role"]
    list_filter = ["role"]
    list_select_related = ["masterplan"]
    search_fields = ["path", "masterplan__name"]
    readonly_fields = ("masterplan", "role", "path", "place", "content_text")
    fields = readonly_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MasterplanFile]:
        """Lists need no bytes."""
        return super().get_queryset(request).defer("content")

    @admin.display(description="content")
    def content_text(self, file: MasterplanFile) -> str:
        """The content, cut where it is long."""
        return decode(bytes(file.content), limit=_SHOWN_CHARACTERS)
