"""Django's view of the room."""

from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    """See the package's place in docs/architecture.md."""

    name = "execution"
