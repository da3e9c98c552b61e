"""How a delivery proves where it comes from.

Headers: ``X-MGE-Event`` (type), ``X-MGE-Delivery`` (id, the same for every try), ``X-MGE-Timestamp`` (Unix seconds) and
``X-MGE-Signature``: ``v1=`` and the hex HMAC-SHA256, under the webhook's secret, of timestamp, a dot, and the body.
A receiver compares in constant time and refuses timestamps older than five minutes, so that no delivery is replayed.

A secret is derived from the server's key, the webhook's id and its version. It stands in no row, no log and no backup
of the database; a new version makes the old one worthless.
"""

import base64
import hashlib
import hmac


def secret_of(server_key: str, webhook_id: str, version: int) -> str:
    """The secret of a webhook: 256 bits."""
    digest = hmac.new(server_key.encode(), f"mge.webhook:{webhook_id}:{version}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of ``X-MGE-Signature``."""
    return f"v1={hmac.new(secret.encode(), f'{timestamp}.'.encode() + body, hashlib.sha256).hexdigest()}"
