"""What of a call is kept in its row: storable, and without secrets."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kernel.text import storable
from llm.messages import ModelReply, ModelRequest, Usage
from llm.models import LlmCall
from llm.redact import redact


def request_of(request: ModelRequest) -> dict[str, Any]:
    """The request as people may see it in its row."""
    kept: dict[str, Any] = _storable(request.plain())
    return kept


def response_of(reply: ModelReply) -> dict[str, Any]:
    """The reply without its usage, which has its own column."""
    return {
        "text": reply.text,
        "tool_input": None if reply.tool_input is None else dict(reply.tool_input),
        "stop_reason": reply.stop_reason,
        "model": reply.model,
        "message_id": reply.message_id,
    }


def stored_reply(call: LlmCall, *, reused: bool = True) -> ModelReply:
    """The reply of a received call."""
    stored: Mapping[str, Any] = call.response or {}
    return ModelReply(
        **stored,
        usage=Usage(**call.usage) if call.usage else None,
        cost_micro=call.cost_micro,
        estimated=call.estimated,
        reused=reused,
    )


def text_of(message: str) -> str:
    """An error's message, bounded."""
    return redact(storable(message, limit=2_000))


@lru_cache(maxsize=64)
def _clean(value: str) -> str:
    """The shared prefix and the tool stand in every request of a run."""
    return redact(storable(value))


def _storable(value: Any) -> Any:
    """A JSON value whose texts are storable and hold no secrets."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _storable(item) for key, item in value.items()}
    return value
