"""One call over HTTP, through the anthropic SDK with its own retries off: retries are the engine's, by the ledger."""

import itertools
import os
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

import anthropic
import httpx2
import structlog
from anthropic import APIResponse
from anthropic.types import Message
from django.conf import settings

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
from llm.messages import ModelReply, ModelRequest
from llm.redact import redact
from llm.retry_after import seconds_of
from llm.wire import extra_body, messages, output_config, read_reply, system_blocks, tools

_DEFAULT_URL = "https://api.anthropic.com"
_MAX_BODY = 8 * 1024 * 1024
_CONNECT_SECONDS = 10.0
_making = threading.Lock()
_SHARES = 8


class _Mine(threading.local):
    """A number for each thread, in the order in which they first call."""

    def __init__(self) -> None:
        self.number = next(_threads)


_threads = itertools.count()
_mine = _Mine()
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
# Statuses of a server or gateway that may have had the reply, and billed it, before it failed.
_PERHAPS_CHARGED = frozenset({408, 499, 500, 502, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelClient:
    """Speaks to one Messages server.

    ``timeout_seconds`` bounds the wait for any byte; a body that drips is given up at its first byte after that time.
    """

    api_key: str | None = field(repr=False)
    base_url: str | None
    timeout_seconds: float

    def complete(self, request: ModelRequest, *, idempotency_key: str) -> ModelReply:
        """Ask once. Raises a ModelError that knows whether the call may have been charged."""
        deadline = time.monotonic() + self.timeout_seconds
        try:
            with self._sdk().messages.with_streaming_response.create(
                model=request.model,
                max_tokens=request.max_tokens,
                system=system_blocks(request),
                messages=messages(request),
                tools=tools(request),
                output_config=output_config(request),
                extra_body=extra_body(request),
                extra_headers={"Idempotency-Key": idempotency_key, **_request_id()},
            ) as response:
                body = _read_body(response, deadline)
        except anthropic.APIStatusError as error:
            raise _status_error(error) from error
        except (anthropic.APIConnectionError, httpx2.HTTPError, httpx2.StreamError) as error:
            raise _connection_error(error) from error
        return read_reply(body)

    def load(self) -> None:
        """Make ready what a call of this thread needs."""
        self._sdk()

    def _sdk(self) -> anthropic.Anthropic:
        share = _mine.number % _SHARES
        with _making:  # threads that start together would each build one
            url = self.base_url or _DEFAULT_URL
            return _sdk(self.api_key or "none", url, self.timeout_seconds, os.getpid(), share)


def _request_id() -> dict[str, str]:
    """The id of the request that all this began with, so that a gateway's log can be laid beside ours."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return {"X-Request-ID": str(found)} if found else {}


def configured() -> bool:
    """Whether there is a model to ask."""
    return bool(settings.ANTHROPIC_API_KEY or settings.ANTHROPIC_BASE_URL)


def configured_client() -> ModelClient:
    """The client that the settings describe. Raises NoModelConfigured."""
    if not configured():
        raise NoModelConfigured
    return ModelClient(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL,
        timeout_seconds=settings.MGE_REQUEST_TIMEOUT_SECONDS,
    )


def load() -> None:
    """Load what the first call would have to: certificates, and the parts of the SDK that it imports late.

    A hundred calls that begin together would all wait for it. What is wrong with it is told by the call that needs it.
    """
    with suppress(Exception):
        configured_client().load()


@lru_cache(maxsize=4 * _SHARES)
def _sdk(api_key: str, base_url: str, timeout: float, _pid: int, _share: int) -> anthropic.Anthropic:
    """A few pools of connections a process: with each call a pool looks at all that it holds.

    A forked child must not share its parent's sockets.
    """
    limits = httpx2.Timeout(timeout, connect=min(_CONNECT_SECONDS, timeout))
    client = anthropic.DefaultHttpxClient(base_url=base_url, timeout=limits, verify=_certificates())
    return anthropic.Anthropic(
        api_key=api_key, base_url=base_url, timeout=limits, max_retries=0, http_client=client,
        open_telemetry=False,  # spans that nobody exports cost as much as a query
    )  # fmt: skip


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading all certificates takes longer than a call does; every pool uses the same."""
    return httpx2.create_ssl_context()


def _read_body(response: APIResponse[Message], deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MAX_BODY:
            raise BadReply(f"the reply is larger than {_MAX_BODY} bytes", may_have_charged=True)
        if time.monotonic() > deadline:
            raise Timeout("the reply was not complete in time", may_have_charged=True)
    return bytes(body)


def _status_error(error: anthropic.APIStatusError) -> ModelError:
    status = error.status_code
    kind = RateLimited if status == 429 else Overloaded if status >= 500 or status == 408 else Refused
    said = redact(str(error.api_message or error.response.reason_phrase))[:300]
    return kind(
        f"the model server answered {status}: {said}",
        status=status,
        retry_after=seconds_of(error.response.headers, now=time.time()),
        may_have_charged=status in _PERHAPS_CHARGED,
    )


def _connection_error(error: Exception) -> ModelError:
    cause = error.__cause__ if isinstance(error, anthropic.APIConnectionError) and error.__cause__ else error
    sent = not isinstance(cause, _NEVER_SENT)
    detail = redact(str(cause) or type(cause).__name__)[:200]
    if isinstance(cause, httpx2.TimeoutException):
        return Timeout(f"the model server did not answer in time ({type(cause).__name__})", may_have_charged=sent)
    if sent:
        return ConnectionLost(f"the connection to the model server broke: {detail}", may_have_charged=True)
    return ConnectionLost(f"the model server cannot be reached: {detail}")
