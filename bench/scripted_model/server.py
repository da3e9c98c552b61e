"""A Messages server on loopback that answers from a script: real HTTP, a thread a connection."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from bench.scripted_model.book import Book
from bench.scripted_model.script import Reply, Script
from bench.scripted_model.stream import events

_ERRORS = {429: "rate_limit_error", 529: "overloaded_error", 400: "invalid_request_error", 401: "authentication_error"}


class ScriptedServer(ThreadingHTTPServer):
    """Holds the script and the book. ``requests`` are the bodies received, in order; ``request_ids`` their headers."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, script: Script) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.script = script
        self.book = Book()
        self.requests: list[dict[str, Any]] = []
        self.request_ids: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    """POST /v1/messages and GET /book."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """The book."""
        if self.path == "/book":
            self._send(200, json.dumps(self._server.book.read()).encode())
        else:
            self._send(404, b"{}")

    def do_POST(self) -> None:
        """One call."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.split("?")[0] != "/v1/messages":
            self._send(404, _error(404, "no such path"))
            return
        request = json.loads(raw)
        key = self.headers.get("Idempotency-Key", "")
        self._server.requests.append(request)
        self._server.request_ids.append(self.headers.get("X-Request-ID"))
        self._server.book.arrive(key)
        try:
            self._answer(request, key)
        finally:
            self._server.book.leave()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Quiet: the book is the record."""

    @property
    def _server(self) -> ScriptedServer:
        return cast("ScriptedServer", self.server)

    def _answer(self, request: dict[str, Any], key: str) -> None:
        shared, particular = _texts(request)
        reply = self._server.script.answer(f"\n{shared}\n{particular}\n")
        time.sleep((reply.latency or self._server.script.latency).of(f"\n{particular}\n", key))
        if reply.status is not None:
            after = {} if reply.retry_after is None else {"Retry-After": f"{reply.retry_after:g}"}
            self._send(reply.status, _error(reply.status, "scripted"), after)
            return
        content = reply.content(particular)
        usage = self._server.book.pay(key, shared=shared, particular=particular, output=json.dumps(content))
        message = _message(request, reply, content, usage, key)
        if request.get("stream") and reply.body is None:
            self._deliver(reply, "".join(events(message)).encode(), "text/event-stream")
        else:
            body = json.dumps(message) if reply.body is None else reply.body
            self._deliver(reply, body.encode("utf-8", "surrogateescape"), "application/json")

    def _deliver(self, reply: Reply, body: bytes, kind: str) -> None:
        """Send the reply whole, cut, or dripping."""
        if reply.cut_after is None and reply.drip is None:
            self._send(200, body, {"Content-Type": kind})
            return
        self._head(200, len(body), {"Content-Type": kind})
        if reply.cut_after is not None:
            self.wfile.write(body[: reply.cut_after])
            self.wfile.flush()
            # Linger of zero: the peer sees a reset, as when a process or a gateway dies.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        for piece in _pieces(body):
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(reply.drip or 0)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()

    def handle(self) -> None:
        """A client that went away is no error of the server."""
        with suppress(ConnectionError, ValueError):
            super().handle()

    def finish(self) -> None:
        """The same when the buffers are flushed at the end."""
        with suppress(ConnectionError, ValueError, OSError):
            super().finish()


class ScriptedModel:
    """The server in a thread of this process: ``with ScriptedModel(script) as model: model.url``."""

    def __init__(self, script: Script, *, port: int = 0) -> None:
        self._server = ScriptedServer(port, script)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, for ANTHROPIC_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies of all calls so far, in order of arrival."""
        return list(self._server.requests)

    @property
    def request_ids(self) -> list[str | None]:
        """The header ``X-Request-ID`` of all calls so far, in order of arrival."""
        return list(self._server.request_ids)

    def book(self) -> dict[str, Any]:
        """The same as GET /book."""
        return self._server.book.read()

    def __enter__(self) -> "ScriptedModel":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def _texts(request: dict[str, Any]) -> tuple[str, str]:
    """The shared part (system and tools, which the client marks for the cache) and the particular part."""
    system = request.get("system") or ""
    blocks = system if isinstance(system, str) else "\n".join(block.get("text", "") for block in system)
    particular = "\n".join(_content_text(message.get("content", "")) for message in request.get("messages", []))
    return blocks, particular


def _content_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))


def _message(
    request: dict[str, Any], reply: Reply, content: list[dict[str, Any]], usage: dict[str, int], key: str
) -> dict[str, Any]:
    by_tool = content[0]["type"] == "tool_use"
    return {
        "id": f"msg_{key[:24] or 'scripted'}",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "scripted"),
        "content": content,
        "stop_reason": reply.stop_reason or ("tool_use" if by_tool else "end_turn"),
        "stop_sequence": None,
        "usage": usage,
    }


def _error(status: int, message: str) -> bytes:
    kind = _ERRORS.get(status, "api_error")
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 64):
        yield body[start : start + 64]
