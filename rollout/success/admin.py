"""Where admins enter the figures that only people know."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from rollout.success.models import EnteredFigure

if TYPE_CHECKING:
    _FigureAdmin = admin.ModelAdmin[EnteredFigure]
else:
    _FigureAdmin = admin.ModelAdmin  # generic for type checkers only


@admin.register(EnteredFigure)
class EnteredFigureAdmin(_FigureAdmin):
    """Figures with the person who entered them; none is changed afterwards, a newer one counts."""

    list_display = ("metric", "value", "on", "source", "entered_by", "entered_at")
    list_filter = ("metric",)
    search_fields = ("source",)

    def save_model(self, request: HttpRequest, obj: EnteredFigure, form: Any, change: bool) -> None:
        """Remember who."""
        if obj.entered_by_id is None and request.user.is_authenticated:
            obj.entered_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: EnteredFigure | None = None) -> bool:
        """A figure that was shown stays as it was."""
        return False
