"""Code and objects read out of replies: tolerant in form, strict in what is accepted.

Accepted, in this order: the tool call, a JSON object, one fenced block. Everything else is refused with its reason; a
reply is never guessed at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm.errors import UnusableReply
from llm.messages import MAX_REPLY_CHARS, ModelReply

_TAGS = {
    "python": {"python", "py", "python3"},
    "typescript": {"typescript", "ts"},
    "tsx": {"tsx", "typescript", "ts"},
    "javascript": {"javascript", "js", "jsx", "mjs", "cjs", "node"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One fenced block; ``tag`` is the first word after the fence, in lower case."""

    tag: str
    text: str


def read_code(reply: ModelReply, *, language: str, field: str = "code") -> str:
    """The code of a reply, by the tool's or object's ``field``, or from the fence. Raises UnusableReply."""
    if (values := _object(reply)) is not None:
        code = values.get(field)
        if not isinstance(code, str):
            raise UnusableReply("malformed", f"the answer has no text in {field!r}")
        return _checked(_unwrapped(code))
    return _checked(_one_fence(_fences(reply.text), language=language))


def read_field(reply: ModelReply, field: str) -> str:
    """A text beside the code, by the tool's or object's ``field``; empty where the reply has none."""
    values = _object(reply)
    text = values.get(field) if values is not None else None
    return _unwrapped(text) if isinstance(text, str) and len(text) <= MAX_REPLY_CHARS else ""


def read_object(reply: ModelReply) -> Mapping[str, Any]:
    """The object of a reply: tool call, JSON text, or JSON in one fence. Raises UnusableReply."""
    if (values := _object(reply)) is not None:
        return values
    blocks = [values for fence in _fences(reply.text) if (values := _json_object(fence.text)) is not None]
    if len(blocks) == 1:
        return blocks[0]
    raise UnusableReply("ambiguous" if blocks else "malformed", f"{len(blocks)} JSON objects where one was asked for")


def _object(reply: ModelReply) -> Mapping[str, Any] | None:
    """The tool input or the JSON object that the whole text is; refuses what cannot hold any answer."""
    if reply.stop_reason == "refusal":
        raise UnusableReply("declined", "the model declined to answer")
    if reply.stop_reason in ("max_tokens", "model_context_window_exceeded"):
        raise UnusableReply("cut_off", "the answer reached the limit of tokens and is not complete")
    if reply.tool_input is not None:
        return reply.tool_input
    if len(reply.text) > MAX_REPLY_CHARS:
        raise UnusableReply("oversize", f"the answer is longer than {MAX_REPLY_CHARS} characters")
    if not reply.text.strip():
        raise UnusableReply("empty", "the answer is empty")
    if (values := _json_object(reply.text)) is not None:
        return values
    fences = _fences(reply.text)
    return _json_object(fences[0].text) if len(fences) == 1 and fences[0].tag == "json" else None


def _json_object(text: str) -> Mapping[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _one_fence(fences: list[Fence], *, language: str) -> str:
    """The only block, whatever its tag; of several, the only one in the right language."""
    if not fences:
        raise UnusableReply("prose", "the answer holds no tool call, no JSON object and no fenced code")
    if len(fences) == 1:
        return fences[0].text
    right = [fence for fence in fences if fence.tag in _TAGS.get(language, {language})]
    if len(right) != 1:
        raise UnusableReply("ambiguous", f"{len(fences)} fenced blocks, {len(right)} of them in {language}")
    return right[0].text


def _unwrapped(code: str) -> str:
    """Code in a tool call that is one fenced block from end to end, as models do by habit, without its fence."""
    lines = code.strip().splitlines()
    if len(lines) < 2 or not _marks(lines[0])[0] or _marks(lines[-1]) != (_marks(lines[0])[0], ""):
        return code
    fences = _fences(code)
    return fences[0].text if len(fences) == 1 else code


def _checked(code: str) -> str:
    if len(code) > MAX_REPLY_CHARS:
        raise UnusableReply("oversize", f"the code is longer than {MAX_REPLY_CHARS} characters")
    if not code.strip():
        raise UnusableReply("empty", "the code is empty")
    return code


def _fences(text: str) -> list[Fence]:
    """All closed fenced blocks. One that is never closed was cut off, so the reply is refused."""
    blocks: list[Fence] = []
    opened = tag = ""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        marks, rest = _marks(line)
        if opened and len(marks) >= len(opened) and marks[0] == opened[0] and not rest:
            blocks.append(Fence(tag=tag, text="".join(lines)))
            opened, lines = "", []
        elif opened:
            lines.append(line)
        elif marks:
            opened, tag = marks, rest.split()[0].lower() if rest else ""
    if opened:
        raise UnusableReply("cut_off", "a fenced block is not closed")
    return blocks


def _marks(line: str) -> tuple[str, str]:
    """The fence marks that a line starts with (three or more, at most three spaces before) and the rest of it."""
    body = line.strip()
    mark = body[:1]
    if mark not in ("`", "~") or line[:4].isspace():
        return "", ""
    rest = body.lstrip(mark)
    marks = body[: len(body) - len(rest)]
    return (marks, rest.strip()) if len(marks) >= 3 else ("", "")
