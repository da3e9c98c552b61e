"""The kernel as a Django app: it has no models, only what every app stands on."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Errors, roles, fields, readers of the environment."""

    name = "kernel"
