"""Secrets fail wherever they stand and are never repeated; leftovers fail only where the change added them."""

import random
import string

import pytest

from validation.domain.model import Check, Status
from validation.domain.readiness import readiness_check
from validation.domain.secrets import secrets_in
from validation.tests.projects import project

DICE = random.Random(7)


def token(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(DICE.choice(letters) for _ in range(length))


SECRETS = [
    "AKIA" + token(16, string.ascii_uppercase + string.digits),
    "ghp_" + token(36),
    "github_pat_" + token(70),
    "sk-ant-" + "api03-" + token(80),
    "sk-proj-" + token(60),
    "xoxb-" + token(40),
    "sk_live_" + token(24),
    "AIza" + token(35),
    "hf_" + token(36),
    "npm_" + token(36),
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "postgres://admin:" + token(20) + "@db.internal/prod",
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda s: s[:6])
def test_a_known_form_fails_and_is_not_repeated(secret: str) -> None:
    half = len(secret) // 2
    for path, text in (
        ("a.py", f'KEY = "{secret}"\n'), ("b.ts", f"const k = `{secret}`;\n"), ("conf.toml", f"k = '{secret}'\n"),
        ("long.js", f"{'x' * 5000} '{secret}'\n"), ("split.py", f'K = "{secret[:half]}" + "{secret[half:]}"\n'),
    ):  # fmt: skip
        check = readiness_check(project({path: text}), project({path: text}))
        assert check.status is Status.FAILED, path
        assert secret not in repr(check)


def test_a_random_value_under_a_telling_name_is_a_secret() -> None:
    for line in (
        f'DB_PASSWORD = "{token(24)}9x"',
        f"apiKey: '{token(32)}7b'",
        f'conf["client-secret"] = "{token(40, "0123456789abcdef")}"',
    ):
        assert [s.code for s in secrets_in(line)] == ["secret-assigned"], line


@pytest.mark.parametrize(
    "line",
    [
        'password = "correct horse battery staple"', 'TOKEN_URL = "https://example.com/oauth2/token/endpoint"',
        'secret = "${SECRET_FROM_ENVIRONMENT}"', 'api_key = "your-api-key-goes-here-1234"',
        'token = "<INSERT-TOKEN-HERE-1>"', 'password_field = "user_password_confirmation"',
        'key = "primary_key_of_the_table_1"', 'secret = os.environ["SECRET_KEY_1"]',
        'checksum = "d41d8cd98f00b204e9800998ecf8427e"', 'token = "access_token_refreshToken"',
        'url = "redis://user:password@localhost:6379"',
        'SECRET_NAME = "kubernetes.io/service-account"', 'passwords = {"minLength": "passwordTooShort"}',
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_is_none(line: str) -> None:
    assert list(secrets_in(line)) == []


def changed(before: str, after: str, path: str = "a.py") -> Check:
    return readiness_check(project({path: after}), project({path: before}))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "    breakpoint()"), ("a.py", "    import pdb; pdb.set_trace()"), ("a.py", '    print("DEBUG", x)'),
        ("a.py", "    print(f'{x=}')"), ("a.py", "    print(x)"), ("a.py", "    # TODO: handle zero"),
        ("a.py", "    # rest of the code"), ("a.ts", "  debugger;"), ("a.ts", "  console.log(x);"),
        ("a.ts", "  console.debug('x');"), ("a.ts", "  // FIXME later"),
    ],
)  # fmt: skip
def test_what_a_change_left_behind_fails_and_what_the_draft_had_is_shown(path: str, line: str) -> None:
    before = "def f(x):\n    return x\n" if path.endswith(".py") else "export function f(x) {\n  return x;\n}\n"
    first, rest = before.split("\n", 1)
    after = f"{first}\n{line}\n{rest}"
    assert changed(before, after, path).status is Status.FAILED
    assert changed(before, after, path).evidence.exit_code == 1
    assert changed(before, before, path).status is Status.PASSED
    assert changed(after, after, path).status is Status.PASSED
    moved = after.replace("return x", "return x + 1")
    assert changed(after, moved, path).status is Status.PASSED


def test_a_program_may_print() -> None:
    code = "import argparse\n\n\ndef show(x):\n    return x\n"
    told = changed(code, code.replace("return x", "print(x)"))
    assert (told.status, told.findings[0].severity) == (Status.PASSED, "warning")
    assert changed("print(1)\n", "print(1)\nprint(2)\n").status is Status.PASSED
    assert changed("", "def f(x):\n    pass\n    print(x)\n", "cli.py").status is Status.PASSED
    assert readiness_check(project({"a.py": "x = 1  # TODO: y\n"})).status is Status.PASSED


def test_an_example_key_is_shown() -> None:
    check = readiness_check(project({"a.py": 'KEY = "AKIAIOSFODNN7' + 'EXAMPLE"\n'}))
    assert (check.status, [f.severity for f in check.findings]) == (Status.PASSED, ["warning"])
