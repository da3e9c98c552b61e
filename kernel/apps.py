"""The kernel as a Django app: it has no models, only what every app stands on."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Errors, roles, fields, readers of the environment."""

    name = "kernel"

    def ready(self) -> None:
        """Migrations may take the V2 tables away, or bring them back."""
        from django.db.models.signals import post_migrate  # noqa: PLC0415 - apps are loading

        from kernel.v2 import forget  # noqa: PLC0415 - likewise

        post_migrate.connect(forget, dispatch_uid="kernel.v2.forget")
