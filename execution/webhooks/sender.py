"""One POST to a stranger: the name is resolved once and that very address is called; no redirects, no proxy.

What the target answers is read up to a bound and not kept; the whole exchange ends with its deadline, however slowly
the target drips.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from execution.webhooks.domain.targets import Target, UnsafeTarget, check_address

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 15.0
_MAX_ANSWER = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it: a status, or an error in words of ours, never of the target's."""

    status: int | None = None
    error: str = ""
    hopeless: bool = False  # the target is not allowed: trying again changes nothing

    @property
    def ok(self) -> bool:
        """Whether the target took it."""
        return self.status is not None and 200 <= self.status < 300


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the host's name means a moment later."""

    def __init__(self, target: Target, address: tuple[str, int], family: int) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target, self._address, self._family = target, address, family

    def connect(self) -> None:
        """To the address that was checked; TLS still proves the name."""
        raw = socket.socket(self._family, socket.SOCK_STREAM)
        raw.settimeout(CONNECT_SECONDS)
        self.sock = raw  # the deadline must reach it from here on
        raw.connect(self._address)
        if self._target.https:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self._target.host)


def post(target: Target, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Sent:
    """Send once. Never raises for what a target does."""
    try:
        family, address = _resolve(target, allow_private=allow_private)
    except UnsafeTarget as error:
        return Sent(error=error.message, hopeless=True)
    except OSError:
        return Sent(error="The host's name cannot be resolved.")
    connection = _Pinned(target, address, family)
    deadline = threading.Timer(DEADLINE_SECONDS, _cut, args=(connection,))
    deadline.daemon = True
    began = time.monotonic()
    deadline.start()
    try:
        connection.request("POST", target.path, body, {**headers, "Host": target.host_header, "Connection": "close"})
        answer = connection.getresponse()
        answer.read(_MAX_ANSWER)
        return Sent(status=answer.status, error="" if 200 <= answer.status < 300 else f"HTTP {answer.status}")
    except ssl.SSLError:
        return Sent(error="TLS failed: the certificate is not valid for this host, or it speaks no TLS.")
    except (OSError, http.client.HTTPException, ValueError):
        late = time.monotonic() - began >= DEADLINE_SECONDS  # the timer says so only after it has cut
        return Sent(error=f"No answer within {DEADLINE_SECONDS:.0f} s." if late else "The connection failed.")
    finally:
        deadline.cancel()
        connection.close()


def _resolve(target: Target, *, allow_private: bool) -> tuple[int, tuple[str, int]]:
    """The address to call. One that is not public among several refuses all: such a name is up to something."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    for *_, place in found:
        check_address(str(place[0]), allow_private=allow_private)
    family, *_, place = found[0]
    return family, (str(place[0]), target.port)


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            sock.close()  # it was not connected yet
