"""The Messages format: what a request becomes, and how a body is read without trusting it."""

import json
from typing import Any, NoReturn

from anthropic import Omit, omit
from anthropic.types import MessageParam, OutputConfigParam, TextBlockParam, ToolParam

from kernel.text import storable
from llm.errors import BadReply
from llm.messages import MAX_REPLY_CHARS, ModelReply, ModelRequest, Usage


def system_blocks(request: ModelRequest) -> list[TextBlockParam] | Omit:
    """The shared texts in order; the cache mark on the last covers tools and all of them."""
    if not request.system:
        return omit
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in request.system]
    blocks[-1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def messages(request: ModelRequest) -> list[MessageParam]:
    """One user turn: attempts do not build on each other's conversation, their feedback stands in the prompt."""
    return [{"role": "user", "content": request.prompt}]


def tools(request: ModelRequest) -> list[ToolParam] | Omit:
    """The tool is offered, not forced: models that always think refuse a forced one."""
    if request.tool is None:
        return omit
    tool = request.tool
    return [{"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}]


def output_config(request: ModelRequest) -> OutputConfigParam | Omit:
    """The effort, for models that take one."""
    effort = request.sampling.effort
    return omit if effort is None else {"effort": effort}


def extra_body(request: ModelRequest) -> dict[str, float] | None:
    """The temperature, which the SDK has no argument for."""
    temperature = request.sampling.temperature
    return None if temperature is None else {"temperature": temperature}


def read_reply(body: bytes) -> ModelReply:
    """Read a 200 body. Raises BadReply (which may have been charged) for anything that is no message."""
    message = _parse(body)
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(content, list):
        _bad("it has no list of content")
    blocks = [block for block in content if isinstance(block, dict)]
    texts = [block["text"] for block in blocks if block.get("type") == "text" and isinstance(block.get("text"), str)]
    inputs = [block["input"] for block in blocks if block.get("type") == "tool_use"]
    stop = message.get("stop_reason")
    return ModelReply(
        text=_bounded("\n".join(texts)),
        tool_input=_clean(inputs[0]) if inputs and isinstance(inputs[0], dict) else None,
        stop_reason=_short(stop) if isinstance(stop, str) else None,
        model=_short(message.get("model")),
        message_id=_short(message.get("id")),
        usage=_usage(message.get("usage")),
    )


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=_not_a_number)
    except RecursionError:
        _bad("it is nested too deeply")
    except ValueError as error:
        _bad(f"it is not JSON ({error})")


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _bad(why: str) -> NoReturn:
    raise BadReply(f"the model server answered with something that is no message: {why}", may_have_charged=True)


def _bounded(text: str) -> str:
    """One character over the limit is kept, so that the reader of code sees that it is too long."""
    return storable(text[: MAX_REPLY_CHARS + 1])


def _short(value: Any) -> str:
    return storable(str(value or ""))[:100]


def _clean(value: Any) -> Any:
    """The same JSON value with every text storable and bounded."""
    if isinstance(value, str):
        return _bounded(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): _clean(item) for key, item in value.items()}
    return value


def _usage(value: Any) -> Usage | None:
    """None where the two counts that every bill needs are missing or absurd."""
    if not isinstance(value, dict):
        return None
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    into, out, write, read = (_count(value.get(name)) for name in names)
    if into is None or out is None:
        return None
    return Usage(input_tokens=into, output_tokens=out, cache_write_tokens=write or 0, cache_read_tokens=read or 0)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40 else None
