"""The product's settings with the ledger's app alone, so that the worker starts fast."""

from mge_project.settings import *  # noqa: F403

INSTALLED_APPS = ["llm"]
