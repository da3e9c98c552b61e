"""A request to the model and its reply, as plain values."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MAX_REPLY_CHARS = 1_000_000
Effort = Literal["low", "medium", "high", "xhigh", "max"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How freely, or how thoroughly, the model answers. Models take a temperature, an effort, or neither."""

    temperature: float | None = None
    effort: Effort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the model may answer through; ``schema`` is the JSON Schema of its input."""

    name: str
    description: str
    schema: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """The tool as JSON knows it."""
        return {"name": self.name, "description": self.description, "schema": self.schema}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One question.

    ``system`` holds text that many requests share, the most shared first; the provider caches it up to its end.
    ``prompt`` is what is particular to this request.
    """

    model: str
    system: tuple[str, ...]
    prompt: str
    tool: Tool | None = None
    sampling: Sampling = Sampling()
    max_tokens: int = 16_000

    def digest(self) -> str:
        """sha256 over everything that is sent; the key itself is no part of a request."""
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True).encode()).hexdigest()

    def plain(self) -> dict[str, Any]:
        """The request as JSON knows it. Its parts are shared, not copied."""
        return {
            "model": self.model,
            "system": self.system,
            "prompt": self.prompt,
            "tool": None if self.tool is None else self.tool.plain(),
            "sampling": {"temperature": self.sampling.temperature, "effort": self.sampling.effort},
            "max_tokens": self.max_tokens,
        }

    def most_input_tokens(self) -> int:
        """An upper bound: no tokenizer of bytes makes more tokens than bytes; 1,000 for the frame and tool use."""
        texts = [*self.system, self.prompt, json.dumps(self.tool.plain()) if self.tool else ""]
        return sum(len(text.encode("utf-8", "replace")) for text in texts) + 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call. ``input_tokens`` are those neither written to nor read from the cache."""

    input_tokens: int
    output_tokens: int
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0

    def plain(self) -> dict[str, int]:
        """The counts as JSON knows them."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cache_write_tokens": self.cache_write_tokens,
            "cache_read_tokens": self.cache_read_tokens,
        }

    @property
    def prompt_tokens(self) -> int:
        """All tokens that went in."""
        return self.input_tokens + self.cache_write_tokens + self.cache_read_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReply:
    """What came back. ``usage`` is None where the server sent none.

    The ledger adds ``cost_micro`` (micro-USD; None: price unknown), ``estimated`` (an upper bound, not a bill) and
    ``reused`` (read from the ledger: nothing was paid this time).
    """

    text: str
    tool_input: Mapping[str, Any] | None = field(default=None, hash=False)
    stop_reason: str | None = None
    model: str = ""
    message_id: str = ""
    usage: Usage | None = None
    cost_micro: int | None = None
    estimated: bool = False
    reused: bool = False
