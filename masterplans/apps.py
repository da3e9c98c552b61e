"""Django's view of the room."""

from django.apps import AppConfig


class MasterplansConfig(AppConfig):
    """See the package's place in docs/architecture.md."""

    name = "masterplans"
