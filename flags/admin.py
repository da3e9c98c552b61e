"""The routing flag in Django admin. Switches are waffle's own pages."""

from typing import TYPE_CHECKING

from django.contrib import admin

from flags.models import FeatureFlag

if TYPE_CHECKING:
    _FlagAdmin = admin.ModelAdmin[FeatureFlag]
else:
    _FlagAdmin = admin.ModelAdmin  # generic for the type checker only


@admin.register(FeatureFlag)
class FeatureFlagAdmin(_FlagAdmin):
    """One row, ``ENABLE_V2``: on or off, for how many per cent, and for whom in any case."""

    list_display = ("name", "everyone", "v2_percentage", "kill_latch", "modified")
    search_fields = ("name", "note")
    fields = ("name", "everyone", "v2_percentage", "whitelist", "blacklist", "kill_latch", "note")
    filter_horizontal = ("whitelist", "blacklist")
