"""The project as a Django app: it connects the pipeline and holds the commands that concern the whole."""

from django.apps import AppConfig


class MgeProjectConfig(AppConfig):
    """Connects receivers when every app is loaded."""

    name = "mge_project"

    def ready(self) -> None:
        """Connect the pipeline."""
        from mge_project import pipeline  # noqa: PLC0415 - models must be loaded first
        from mge_project.api import schema  # noqa: F401, PLC0415 - registers itself

        pipeline.connect()
