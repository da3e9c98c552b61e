"""Which addresses a webhook may lead to. Everything that is not plainly public is refused."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.errors import InvalidInput

MAX_URL = 1000
_HIDING_V4 = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)


class UnsafeTarget(InvalidInput):
    """A webhook's URL that this server must not call."""

    code = "unsafe_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart. ``path`` carries the query."""

    https: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """As the request's ``Host`` says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.https else 80) else f"{host}:{self.port}"


def read_url(url: str, *, allow_private: bool) -> Target:
    """The parts of a webhook's URL; ``UnsafeTarget`` says what is wrong with it. Plain http only where private is."""
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        raise UnsafeTarget(f"The URL is longer than {MAX_URL} characters, or holds spaces or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise UnsafeTarget("The URL cannot be read: expected https://host/path.") from None
    if parts.scheme not in (("https", "http") if allow_private else ("https",)) or not host:
        raise UnsafeTarget("The URL must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UnsafeTarget("The URL must hold neither user, password nor fragment.")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise UnsafeTarget("The path must be ASCII: percent-encode it.")
    return Target(https=https, host=host, port=port or (443 if https else 80), path=path)


def check_address(address: str, *, allow_private: bool) -> None:
    """Refuse an address that is not public: loopback, private, link-local, shared, reserved, multicast.

    Addresses that hide an IPv4 one (mapped, NAT64, 6to4, Teredo) are refused with it. An unreadable one is refused too.
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        raise UnsafeTarget("The host has an address that cannot be read.") from None
    if allow_private:
        return
    mapped = getattr(ip, "ipv4_mapped", None)
    hides = ip.version == 6 and any(ip in network for network in _HIDING_V4)
    if hides or not (mapped or ip).is_global or (mapped or ip).is_multicast:
        raise UnsafeTarget("The host leads to an address that is not public. An admin may allow that by setting.")
