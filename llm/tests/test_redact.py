"""Secrets go, ordinary code stays."""

from typing import Any

import pytest

from llm.redact import redact, redact_keys


@pytest.mark.parametrize(
    "secret",
    [
        "sk-ant-api03-" + "a1B2" * 10,
        *(f"gh{kind}_" + "a" * 36 for kind in "pousr"),
        "github_pat_" + "a" * 24,
        "AKIA" + "ABCDEFGH12345678",
        "ASIA" + "ABCDEFGH12345678",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
        "xoxb-123456789012-abcdef",
        "configured-key-of-no-known-shape",
    ],
)
def test_it_takes_keys_out(settings: Any, secret: str) -> None:
    settings.ANTHROPIC_API_KEY = "configured-key-of-no-known-shape"

    for clean in (redact(f"before {secret} after"), redact_keys(f"k='{secret}'")):
        assert secret not in clean
        assert "[redacted]" in clean
    assert redact(f"before {secret} after") == "before [redacted] after"


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer abc.def-ghi_123456",
        "BEARER abcdefghijklmnop",
        "authorization: Basic YWxhZGRpbjpvcGVu",
        "x-api-key: 0123456789abcdef",
        '"X-Api-Key": "0123456789ab"',
    ],
)
def test_it_takes_credentials_out_of_headers(header: str) -> None:
    assert redact(header).rstrip('"').endswith("[redacted]")


@pytest.mark.parametrize("code", ["mask = task_id", 'h = f"Bearer {token}"', "risk-averse-people-do-not-care", "sk-1"])
def test_it_leaves_code_alone(settings: Any, code: str) -> None:
    settings.ANTHROPIC_API_KEY = ""

    assert redact(code) == redact_keys(code) == code
