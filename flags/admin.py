"""Flags, switches and their history in Django admin: a reason for every change, pins hold, races get one line."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from waffle.models import Flag, Sample, Switch

from flags import pins, services
from flags.models import FeatureFlag, FlagChange
from flags.pins import FLAG, SWITCHES
from flags.routing import explain
from flags.selectors import WHEN_OFF, user_named
from kernel.errors import MgeError, NotFound

if TYPE_CHECKING:  # generic for the type checker only
    _FlagAdmin = admin.ModelAdmin[FeatureFlag]
    _SwitchAdmin = admin.ModelAdmin[Switch]
    _ChangeAdmin = admin.ModelAdmin[FlagChange]
    _Form = forms.ModelForm[Any]
else:
    _FlagAdmin = _SwitchAdmin = _ChangeAdmin = admin.ModelAdmin
    _Form = forms.ModelForm

for unused in (Flag, Sample, Switch):  # ours take their place; waffle's own flag table routes nobody
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)


class _AuditedForm(_Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), help_text="Why? It is kept in the history.")
    version_seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.instance.name
        self.fields["version_seen"].initial = services.version_of(name)
        for column, field in _COLUMNS.items():
            if column in self.fields and (variable := pins.variable_of(name, field)):
                self.fields[column].disabled = True
                self.fields[column].help_text = f"Pinned by {variable}: unset it there, then restart."


_COLUMNS = {
    "everyone": "enabled",
    "v2_percentage": "percentage",
    "whitelist": "whitelist",
    "blacklist": "blacklist",
    "kill_latch": "kill_latch",
    "active": "active",
}


class _Audited:
    """Saves by the service instead of by the form."""

    names: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what routes; rows that are missing are made when the list is looked at."""
        for name in self.names:
            services.row_of(name)
        rows: QuerySet[Any] = super().get_queryset(request).filter(name__in=self.names)  # type: ignore[misc]  # mixin
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The names are fixed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """The names are fixed."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One audited change; its errors are shown by ``changeform_view``."""
        data = form.cleaned_data
        fields = {field: _plain(data[column]) for column, field in _COLUMNS.items() if column in form.changed_data}
        services.change(
            obj.name,
            fields,
            reason=data["reason"],
            by=request.user,
            source=FlagChange.Source.ADMIN,
            version=data["version_seen"],
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written the lists already."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A pin or a change by somebody else meanwhile is one line above the fresh form."""
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]  # mixin
        except MgeError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.path)


def _plain(value: Any) -> Any:
    if isinstance(value, QuerySet):
        return [user.get_username() for user in value]
    return bool(value) if value is None else value


@admin.register(FeatureFlag)
class FeatureFlagAdmin(_Audited, _FlagAdmin):
    """One row, ``ENABLE_V2``: on or off, for how many per cent, and for whom in any case."""

    names = (FLAG,)
    actions = None
    form = _AuditedForm
    list_display = ("name", "everyone", "v2_percentage", "kill_latch", "pinned", "modified")
    search_fields = ("name", "note")
    fields = ("name", "everyone", "v2_percentage", "whitelist", "blacklist", "kill_latch", "reason", "version_seen")
    readonly_fields = ("name",)
    autocomplete_fields = ("whitelist", "blacklist")

    @admin.display(description="pinned by")
    def pinned(self, obj: FeatureFlag) -> str:
        """The variables that hold parts of it."""
        return ", ".join(pins.pinned_fields(obj.name).values()) or "-"

    def get_urls(self) -> list[Any]:
        """With the probe."""
        probe = self.admin_site.admin_view(self.probe)
        return [path("probe/", probe, name="flags_featureflag_probe"), *super().get_urls()]

    def probe(self, request: HttpRequest) -> HttpResponse:
        """Which mode does this user get, and why."""
        word = request.GET.get("user", "").strip()[:150]
        context: dict[str, Any] = {**self.admin_site.each_context(request), "title": "Which mode?", "word": word}
        if word:
            try:
                user: User = user_named(word)
                context |= {"user_found": user, "decision": explain(user)}
            except NotFound as error:
                context["error"] = error.message
        return TemplateResponse(request, "admin/flags/probe.html", context)


@admin.register(Switch)
class SwitchAdmin(_Audited, _SwitchAdmin):
    """The phases of V2, and the fallback."""

    names = SWITCHES
    actions = None
    form = _AuditedForm
    list_display = ("name", "active", "when_off", "pinned", "modified")
    list_filter = ("active",)
    search_fields = ("name", "note")
    fields = ("name", "active", "reason", "version_seen")
    readonly_fields = ("name",)

    @admin.display(description="when off")
    def when_off(self, obj: Switch) -> str:
        """What happens instead."""
        return WHEN_OFF[obj.name]

    @admin.display(description="pinned by")
    def pinned(self, obj: Switch) -> str:
        """The variable that holds it."""
        return ", ".join(pins.pinned_fields(obj.name).values()) or "-"


@admin.register(FlagChange)
class FlagChangeAdmin(_ChangeAdmin):
    """The history: to search and to look."""

    list_display = ("at", "name", "before", "after", "reason", "by", "source")
    list_filter = ("name", "source", "at")
    list_select_related = ("by",)
    search_fields = ("name", "reason", "by__username")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False
