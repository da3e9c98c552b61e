"""Secrets taken out of everything that is stored, logged or shown."""

import re
from collections.abc import Iterable

from django.conf import settings

MARK = "[redacted]"
_SHORTEST = 8  # a shorter configured value would hit ordinary words
_SHAPES = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}"  # model providers
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bA(?:KIA|SIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----"
)
_HEADERS = re.compile(
    r"(?i)(\bbearer\s+|\bx-api-key['\"]?\s*[:=]\s*['\"]?|\bauthorization['\"]?\s*[:=]\s*['\"]?basic\s+)"
    r"[A-Za-z0-9._~+/=-]{12,}"
)
# A text without any of these holds nothing that the patterns look for; trying those at every character costs fifty
# times as much, and every prompt and reply comes through here.
_IN_SHAPES = ("sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "AKIA", "ASIA", "PRIVATE KEY")
_IN_HEADERS = ("bearer", "x-api-key", "authorization")


def redact(text: str) -> str:
    """Replace configured secrets, keys of known shape, and credentials in headers."""
    clean = redact_keys(text)
    lowered = clean.lower()
    if not any(word in lowered for word in _IN_HEADERS):
        return clean
    return _HEADERS.sub(lambda match: f"{match[1]}{MARK}", clean)


def redact_keys(text: str) -> str:
    """Replace configured secrets and keys of known shape only; code that merely speaks of headers stays as it is."""
    for secret in _configured():
        text = text.replace(secret, MARK)
    return _SHAPES.sub(MARK, text) if any(part in text for part in _IN_SHAPES) else text


def _configured() -> Iterable[str]:
    candidates = (settings.ANTHROPIC_API_KEY, settings.SECRET_KEY)
    return [value for value in candidates if value and len(value) >= _SHORTEST]
