"""Webhooks: the event log, told to programs elsewhere."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Subscriptions and their deliveries."""

    name = "execution.webhooks"
    label = "webhooks"
