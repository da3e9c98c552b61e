"""The routing flag in Django admin. Switches are waffle's own pages."""

from django.contrib import admin

from flags.models import FeatureFlag


@admin.register(FeatureFlag)
class FeatureFlagAdmin(admin.ModelAdmin):
    """One row, ``ENABLE_V2``: on or off, for how many per cent, and for whom in any case."""

    list_display = ("name", "everyone", "v2_percentage", "kill_latch", "modified")
    search_fields = ("name", "note")
    fields = ("name", "everyone", "v2_percentage", "whitelist", "blacklist", "kill_latch", "note")
    filter_horizontal = ("whitelist", "blacklist")
