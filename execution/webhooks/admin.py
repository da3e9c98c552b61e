"""Webhooks in Django admin: to look, and to switch off."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from execution.webhooks.models import Webhook, WebhookDelivery

if TYPE_CHECKING:  # generic for the type checker only
    _WebhookAdmin = admin.ModelAdmin[Webhook]
    _DeliveryAdmin = admin.ModelAdmin[WebhookDelivery]
else:
    _WebhookAdmin = _DeliveryAdmin = admin.ModelAdmin


@admin.register(Webhook)
class WebhookAdmin(_WebhookAdmin):
    """Only ``active`` may be changed here: a URL goes through the checks of the API."""

    list_display = ["url", "owner", "masterplan", "active", "stopped_because", "created_at"]
    list_filter = ["active"]
    list_select_related = ["owner", "masterplan"]
    search_fields = ["url", "owner__username"]
    fields = ["url", "owner", "masterplan", "events", "active", "stopped_because", "created_at"]
    readonly_fields = ["url", "owner", "masterplan", "events", "stopped_because", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Webhooks are made over the API, which shows their secret once."""
        return False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(_DeliveryAdmin):
    """Read-only."""

    list_display = ["created_at", "type", "webhook", "status", "tries", "http_status", "error", "next_at"]
    list_filter = ["status", "type"]
    list_select_related = ["webhook"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Deliveries are made of events."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: WebhookDelivery | None = None) -> bool:
        """Never."""
        return False
