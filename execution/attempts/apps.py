"""The attempts table as an app of its own, so that it can be migrated away while runs stay."""

from django.apps import AppConfig


class AttemptsConfig(AppConfig):
    """``atom_retry_history``: one of the seven V2 tables."""

    name = "execution.attempts"
    label = "attempts"
