"""A model of profile "scripted" with known prices, and nobody's real key."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from bench.scripted_model.script import Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from llm.messages import ModelRequest, Tool

PROFILE = {
    "input_usd_per_mtok": "3",
    "output_usd_per_mtok": "15",
    "cache_write_usd_per_mtok": "3.75",
    "cache_read_usd_per_mtok": "0.30",
    "takes_temperature": True,
}
SUBMIT = Tool(name="submit_code", description="Submit.", schema={"type": "object"})
REQUEST = ModelRequest(model="scripted", system=("Be exact.",), prompt="Write add.", tool=SUBMIT, max_tokens=500)

Serve = Callable[..., ScriptedModel]


@pytest.fixture
def serve(settings: Any) -> Any:
    """Start a scripted model that gives these replies in order, and point the settings at it."""
    with ExitStack() as stack:

        def start(*replies: Reply, timeout: float = 5.0) -> ScriptedModel:
            model = stack.enter_context(ScriptedModel(Script(rules=[Rule(replies=replies)])))
            settings.ANTHROPIC_BASE_URL = model.url
            settings.ANTHROPIC_API_KEY = "sk-ant-test-000000000000000000000"
            settings.MGE_MODEL_PROFILES = {"scripted": PROFILE}
            settings.MGE_REQUEST_TIMEOUT_SECONDS = timeout
            return model

        yield start
