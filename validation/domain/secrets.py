"""Secrets in text: the forms that services give to their tokens, and random values under a telling name.

The forms are the published ones (those of the well-known open rule sets of secret scanners). A random value is judged
by Shannon's entropy of its letters. What documentation and tests use as stand-ins is no secret: examples, placeholders,
one letter repeated. A finding never repeats the text found.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_FORMS = {
    "private-key": ("a private key", r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "aws-key": ("an AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"),
    "github-token": ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b"),
    "gitlab-token": ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20,64}"),
    "slack-token": ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    "slack-webhook": ("a Slack webhook", r"hooks\.slack\.com/services/T\w{6,14}/B\w{6,14}/\w{16,30}"),
    "anthropic-key": ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{20,200}"),
    "openai-key": ("an OpenAI key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}|\bsk-[A-Za-z0-9]{32,64}\b"),
    "stripe-key": ("a Stripe key", r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,120}|\bwhsec_[A-Za-z0-9]{24,64}"),
    "google-key": ("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    "google-secret": ("a Google client secret", r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    "sendgrid-key": ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    "npm-token": ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    "pypi-token": ("a PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,300}"),
    "hf-token": ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{34,40}\b"),
    "twilio-key": ("a Twilio key", r"\bSK[0-9a-f]{32}\b"),
    "digitalocean-token": ("a DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    "shopify-token": ("a Shopify token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    "telegram-token": ("a Telegram bot token", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "azure-key": ("an Azure storage key", r"\bAccountKey=[A-Za-z0-9+/]{80,90}={0,2}"),
    "jwt": ("a signed web token", r"\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,500}"),
    "password-in-url": ("a password in an address", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>{}\[\]$%]{1,64}:(?P<pw>[^\s:/@'\"<>{}\[\]$%]{6,100})@[A-Za-z0-9.-]{3,100}"),
}  # fmt: skip
_HINTS = {  # a text without any of them has no such secret: looked for first, for it is much faster
    "private-key": ("PRIVATE KEY",),
    "aws-key": ("AKIA", "ASIA", "ABIA", "ACCA"),
    "github-token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "gitlab-token": ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"),
    "slack-token": ("xox",),
    "slack-webhook": ("hooks.slack.com",),
    "anthropic-key": ("sk-ant-",),
    "openai-key": ("sk-",),
    "stripe-key": ("k_live_", "k_test_", "whsec_"),
    "google-key": ("AIza",),
    "google-secret": ("GOCSPX-",),
    "sendgrid-key": ("SG.",),
    "npm-token": ("npm_",),
    "pypi-token": ("pypi-",),
    "hf-token": ("hf_",),
    "twilio-key": ("SK",),
    "digitalocean-token": ("_v1_",),
    "shopify-token": ("shp",),
    "telegram-token": (":AA",),
    "azure-key": ("AccountKey=",),
    "jwt": ("eyJ",),
    "password-in-url": ("://",),
}
_LOOSE = frozenset({"password-in-url", "jwt", "openai-key"})  # forms that examples have everywhere
_KNOWN = {name: re.compile(pattern) for name, (_, pattern) in _FORMS.items()}
_ASSIGNED = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_.-]{0,60})["'\]]{0,2}[ \t]{0,8}(?:[:=]|:=|=>)[ \t]{0,8}"""
    r"""(?:[A-Za-z|\[\] ]{0,30}=[ \t]{0,4})?(?P<quote>["'`])(?P<value>[^"'`\n]{8,300})(?P=quote)"""
)
_NAMED = re.compile(r"pass|pwd|secret|key|token|credential", re.IGNORECASE)
_TELLING = re.compile(
    r"(?:passw(?:or)?d|passphrase|secret|api_?key|access_?key|auth_?key|private_?key|signing_?key|encryption_?key"
    r"|(?:access|auth|api|bearer|refresh|session|bot|id)_?token|credentials?)s?$|^(?:token|pwd)$"
)
_STAND_IN = re.compile(
    r"example|sample|dummy|fake|mock|placeholder|change.?me|your[-_ ]|replace|redacted|insert|todo|test|xxx|\.\.\."
    r"|\*\*\*|^<.*>$|\$\{|\{\{|%\(|^env\b|process\.env|os\.environ|lorem|0{8}|1234567",
    re.IGNORECASE,
)
_PROSE = re.compile(r"\s")
_NAME_LIKE = re.compile(r"(?:[a-z]+[-_./: ])+[a-z]*|[A-Z]+(?:_[A-Z]+)*|[a-z]+(?:[A-Z][a-z]+)*|[a-z]+", re.ASCII)
MIN_RANDOM = 16  # letters of a value under a telling name
MIN_BITS = 3.5  # entropy of each letter; hex digits have at most 4
MIN_BITS_HEX = 3.0


@dataclass(frozen=True, slots=True)
class Secret:
    """What was found and where; ``start`` counts characters of the text.

    ``known``: it has a service's own form. ``stand_in``: it has it, and reads like an example of documentation.
    """

    code: str
    what: str
    start: int
    known: bool
    stand_in: bool = False


def entropy(text: str) -> float:
    """Shannon's entropy in bits for each letter; 0 for the empty text."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def secrets_in(text: str) -> Iterator[Secret]:
    """Yield what looks like a secret; each place once, the known forms first."""
    taken: list[tuple[int, int]] = []
    for name, pattern in _KNOWN.items():
        if not any(hint in text for hint in _HINTS[name]):
            continue
        for match in pattern.finditer(text):
            stand_in = _is_stand_in(match["pw"] if "pw" in pattern.groupindex else match[0], name)
            if _within(match.start(), taken) or (stand_in and name in _LOOSE):
                continue
            taken.append(match.span())
            yield Secret(f"secret-{name}", _FORMS[name][0], match.start(), known=True, stand_in=stand_in)
    start = 0
    for line in text.split("\n"):
        if _NAMED.search(line):
            yield from (one for one in _assigned(line, start) if not _within(one.start, taken))
        start += len(line) + 1


def _assigned(line: str, start: int) -> Iterator[Secret]:
    for match in _ASSIGNED.finditer(line):
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", match["name"]).lower().replace("-", "_").rpartition(".")[2]
        if _TELLING.search(name) and looks_random(match["value"]):
            yield Secret("secret-assigned", "a secret under a telling name", start + match.start("value"), known=False)


def looks_random(value: str) -> bool:
    """Whether a value has letters as random ones have; no sentence, name, path, format or stand-in."""
    if len(value) < MIN_RANDOM or _PROSE.search(value) or _STAND_IN.search(value) or _NAME_LIKE.fullmatch(value):
        return False
    if value.startswith(("http://", "https://", "/", "./", "{", "^", "$")):
        return False
    bits = entropy(value)
    if re.fullmatch(r"[0-9a-fA-F]+", value):
        return bits >= MIN_BITS_HEX
    return bits >= MIN_BITS and (any(c.isdigit() for c in value) or len(re.findall(r"[a-z][A-Z]|[^\w]", value)) >= 4)


def _is_stand_in(text: str, form: str) -> bool:
    """A known form whose own part is an example or hardly varies."""
    if form == "private-key":
        return False
    if form == "password-in-url" and re.fullmatch(
        r"[a-z]*(?:passw(?:or)?d?|secret|postgres|guest|admin|root)\d{0,3}", text
    ):
        return True
    if _STAND_IN.search(text):
        return form != "jwt" or "example" in text.lower()
    return entropy(text[-16:]) < 2.0


def _within(place: int, taken: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in taken)
