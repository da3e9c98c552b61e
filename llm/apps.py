"""The app of the one door to the model."""

from django.apps import AppConfig


class LlmConfig(AppConfig):
    """Client, profiles, prices and the ledger of calls."""

    name = "llm"
    verbose_name = "Model calls"
