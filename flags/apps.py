"""Django's view of the room."""

from django.apps import AppConfig


class FlagsConfig(AppConfig):
    """See the package's place in docs/architecture.md."""

    name = "flags"

    def ready(self) -> None:
        """A malformed pin stops the start, naming its variable."""
        from flags import guard  # noqa: PLC0415 - models must be loaded first
        from flags.pins import check_pins  # noqa: PLC0415 - likewise

        check_pins()
        guard.connect()
