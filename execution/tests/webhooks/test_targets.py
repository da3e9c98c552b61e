"""Where a webhook may lead, and how a delivery is signed and tried again."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.webhooks.domain.schedule import MAX_TRIES, wait_after
from execution.webhooks.domain.signing import secret_of, signature
from execution.webhooks.domain.targets import UnsafeTarget, check_address, read_url

NOT_PUBLIC = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
::1 :: fe80::1%eth0 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 2002:7f00:1:: nonsense"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_what_is_not_plainly_public_is_refused(address: str) -> None:
    with pytest.raises(UnsafeTarget):
        check_address(address, allow_private=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_called(address: str) -> None:
    check_address(address, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/#x",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Evil: 1",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/" + "x" * 1000,
        "javascript:alert(1)",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UnsafeTarget):
        read_url(url, allow_private=False)


def test_a_url_is_taken_apart() -> None:
    target = read_url("https://Bücher.example:8443/hook?a=1", allow_private=False)
    assert (target.host, target.port, target.path) == ("xn--bcher-kva.example", 8443, "/hook?a=1")
    assert target.host_header == "xn--bcher-kva.example:8443"


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), at=st.integers(0, 2**40))
def test_a_signature_is_of_this_body_at_this_time_under_this_secret(body: bytes, other: bytes, at: int) -> None:
    secret = secret_of("server key", "id", 1)
    expected = "v1=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature(secret, at, body) == expected
    assert signature(secret, at + 1, body) != expected
    assert (signature(secret, at, other) == expected) == (other == body)
    assert len({secret, secret_of("server key", "id", 2), secret_of("server key", "other", 1)}) == 3


def test_tries_are_spread_and_end() -> None:
    waits = [wait_after(n, jitter=0.5) for n in range(1, MAX_TRIES + 1)]
    assert waits[:3] == [10, 60, 300]
    assert waits[-1] is None
    assert sum(wait for wait in waits if wait) < 9 * 3600
