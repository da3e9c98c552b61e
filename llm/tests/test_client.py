"""The real SDK against the scripted server over HTTP."""

from dataclasses import replace
from typing import Any

import pytest

from bench.scripted_model.script import Latency, Reply
from llm.client import configured, configured_client
from llm.errors import (
    BadReply,
    ConnectionLost,
    ModelError,
    NoModelConfigured,
    Overloaded,
    RateLimited,
    Refused,
    Timeout,
)
from llm.messages import ModelReply, Sampling
from llm.tests.conftest import REQUEST, Serve


def _complete(**changes: Any) -> ModelReply:
    return configured_client().complete(replace(REQUEST, **changes), idempotency_key="k1")


def test_it_works(serve: Serve) -> None:
    model = serve(Reply(code="def add(a, b):\n    return a + b\n"))

    first, second = _complete(), _complete()

    assert first.tool_input == {"code": "def add(a, b):\n    return a + b\n"}
    assert first.usage is not None
    assert second.usage is not None
    assert (first.usage.cache_write_tokens, first.usage.cache_read_tokens) == (2, 0)
    assert second.usage.cache_read_tokens == 2
    assert model.book()["by_key"]["k1"]["paid"] == 2
    sent = model.requests[0]
    assert sent["system"][-1]["cache_control"] == {"type": "ephemeral"}
    assert "tool_choice" not in sent
    assert "temperature" not in sent


def test_it_sends_temperature_or_effort(serve: Serve) -> None:
    model = serve(Reply(text="ok"))

    _complete(sampling=Sampling(temperature=0.3))
    _complete(sampling=Sampling(effort="high"))

    assert model.requests[0]["temperature"] == 0.3
    assert model.requests[1]["output_config"] == {"effort": "high"}
    assert "temperature" not in model.requests[1]


@pytest.mark.parametrize(
    ("reply", "kind", "charged", "words"),
    [
        (Reply(status=429, retry_after=7), RateLimited, False, "429"),
        (Reply(status=529), Overloaded, False, "529"),
        (Reply(status=502), Overloaded, True, "502"),
        (Reply(status=400), Refused, False, "400"),
        (Reply(status=401), Refused, False, "401"),
        (Reply(code="x = 1", cut_after=40), ConnectionLost, True, "broke"),
        (Reply(body='{"content": ['), BadReply, True, "not JSON"),
        (Reply(body='{"content": [], "usage": {"input_tokens": NaN}}'), BadReply, True, "not JSON"),
        (Reply(body='{"content": "text"}'), BadReply, True, "no list of content"),
        (Reply(body="[" * 100_000), BadReply, True, "no message"),
        (Reply(text="x", latency=Latency(seconds=0.9)), Timeout, True, "in time"),
        (Reply(text="x" * 5000, drip=0.05), Timeout, True, "in time"),
        (Reply(huge=9_000_000), BadReply, True, "larger"),
    ],
)
def test_it_names_what_went_wrong(
    serve: Serve, reply: Reply, kind: type[ModelError], charged: bool, words: str
) -> None:
    serve(reply, timeout=0.5 if kind is Timeout else 10)  # only what must time out may do so on a busy machine

    with pytest.raises(ModelError) as caught:
        _complete()

    assert type(caught.value) is kind
    assert caught.value.may_have_charged is charged
    assert words in caught.value.message
    assert caught.value.retry_after == reply.retry_after


def test_it_knows_that_an_unreachable_server_charges_nothing(serve: Serve, settings: Any) -> None:
    serve(Reply(text="unused"))
    settings.ANTHROPIC_BASE_URL = "http://127.0.0.1:9"

    with pytest.raises(ConnectionLost, match="cannot be reached") as caught:
        _complete()

    assert caught.value.may_have_charged is False


def test_it_makes_hostile_text_storable(serve: Serve) -> None:
    serve(Reply(body='{"content": [{"type": "text", "text": "a\\u0000b\\ud800c"}, 7], "usage": {"input_tokens": -1}}'))

    reply = _complete()

    assert "\x00" not in reply.text
    assert reply.text.encode()
    assert reply.usage is None


def test_it_never_shows_its_key(serve: Serve) -> None:
    serve(Reply(text="unused"))

    assert "sk-ant" not in repr(configured_client())


def test_it_needs_a_key_or_an_address(settings: Any) -> None:
    settings.ANTHROPIC_API_KEY = settings.ANTHROPIC_BASE_URL = None

    assert not configured()
    with pytest.raises(NoModelConfigured, match="no model configured: set ANTHROPIC_API_KEY"):
        configured_client()
