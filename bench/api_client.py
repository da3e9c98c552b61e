"""A reviewer as a program: HTTP on one kept connection, and a WebSocket that notes when frames arrive."""

import base64
import http.client
import json
import os
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any

Timing = tuple[str, float, int]  # name of the request, seconds, status


@dataclass(slots=True)
class Reviewer:
    """One person's requests; every one is timed from the first byte sent to the last read."""

    port: int
    token: str
    timings: list[Timing] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def get(self, name: str, path: str) -> Any:
        """Read an address."""
        return self._send(name, "GET", path, None)

    def post(self, name: str, path: str, body: dict[str, Any]) -> Any:
        """Send an object."""
        return self._send(name, "POST", path, json.dumps(body))

    def _send(self, name: str, method: str, path: str, body: str | None) -> Any:
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        began = time.perf_counter()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            self._connection = None
            self.timings.append((name, time.perf_counter() - began, 0))
            return None
        self.timings.append((name, time.perf_counter() - began, answer.status))
        return json.loads(content) if answer.status < 300 else None


class Listener(threading.Thread):
    """Reads ``/ws/review/`` with a session cookie; ``arrivals`` maps event ids to the moment they were read."""

    def __init__(self, port: int, cookie: str) -> None:
        super().__init__(daemon=True)
        self.arrivals: dict[int, float] = {}
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /ws/review/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: sessionid={cookie}\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        self._rest = b""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._socket.recv(4096)
        self.accepted = b" 101 " in self._rest.split(b"\r\n", 1)[0]
        self._rest = self._rest.partition(b"\r\n\r\n")[2]

    def run(self) -> None:
        """Read frames until the socket closes."""
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == 1:
                event = json.loads(payload)
                self.arrivals.setdefault(int(event["id"]), time.time())

    def stop(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _frame(self) -> tuple[int, bytes] | None:
        head = self._exactly(2)
        if head is None:
            return None
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack("!H", self._exactly(2) or b"\0\0")[0]
        elif size == 127:
            size = struct.unpack("!Q", self._exactly(8) or bytes(8))[0]
        payload = self._exactly(size)
        return None if payload is None else (head[0] & 0x0F, payload)

    def _exactly(self, size: int) -> bytes | None:
        while len(self._rest) < size:
            try:
                more = self._socket.recv(65536)
            except OSError:
                return None
            if not more:
                return None
            self._rest += more
        found, self._rest = self._rest[:size], self._rest[size:]
        return found
