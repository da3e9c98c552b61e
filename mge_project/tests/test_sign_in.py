"""Signing in, tokens, health, and the one error format at the edges of the API."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _no_throttling() -> None:
    cache.clear()


@pytest.fixture
def browser() -> Client:
    """A client that is held to the CSRF token, as a browser is."""
    return Client(enforce_csrf_checks=True)


def sign_in(browser: Client, username: str, password: str) -> dict[str, object]:
    body = {"username": username, "password": password}
    return dict(browser.post("/api/v1/session", body, content_type=JSON).json())


def test_a_browser_signs_in_acts_with_its_token_and_signs_out(alice: User, browser: Client) -> None:
    assert browser.get("/api/v1/session").json()["user"] is None
    session = sign_in(browser, "alice", "alice-secret")
    assert session["user"] == {
        "id": alice.pk,
        "username": "alice",
        "roles": ["operator", "reviewer"],
        "is_staff": False,
    }
    assert browser.get("/api/v1/masterplans/").status_code == 200

    refused = browser.post("/api/v2/atomization/decompose", {}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    headers = {"X-CSRFToken": str(session["csrf_token"])}
    taken = browser.post("/api/v2/atomization/decompose", {}, content_type=JSON, headers=headers)
    assert (taken.status_code, taken.json()["code"]) == (400, "invalid_input")

    assert browser.delete("/api/v1/session", headers=headers).status_code == 204
    assert browser.get("/api/v1/masterplans/").status_code == 401


@pytest.mark.parametrize("who", [("alice", "wrong"), ("nobody", "alice-secret"), ("alice", "")])
def test_wrong_credentials_do_not_say_which_part_is_wrong(alice: User, browser: Client, who: tuple[str, str]) -> None:
    answer = sign_in(browser, *who)
    assert answer["code"] in ("invalid_credentials", "invalid_input")
    assert "alice" not in str(answer)


def test_an_account_that_is_switched_off_cannot_sign_in(alice: User, browser: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert sign_in(browser, "alice", "alice-secret")["code"] == "invalid_credentials"


def test_guessing_is_slowed_down(alice: User, browser: Client) -> None:
    codes = [sign_in(browser, "alice", f"guess-{n}")["code"] for n in range(31)]
    assert codes[0] == "invalid_credentials"
    assert codes[-1] == "throttled"


def test_a_program_uses_a_token_instead(alice: User, client: Client) -> None:
    body = {"username": "alice", "password": "alice-secret"}
    key = client.post("/api/v1/token", body, content_type=JSON).json()["token"]
    other = Client()
    assert other.get("/api/v1/masterplans/", headers={"Authorization": f"Token {key}"}).status_code == 200
    refused = other.get("/api/v1/masterplans/", headers={"Authorization": "Token made-up"})
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication_failed")


def test_a_missing_role_is_named(alice: User, shop: object) -> None:
    alice.groups.clear()
    client = Client()
    client.force_login(alice)
    answer = client.post("/api/v2/execution/start", {}, content_type=JSON)
    assert answer.status_code == 403
    assert "operator" in answer.json()["message"]


def test_health_tells_what_it_saw_to_anybody(client: Client) -> None:
    health = client.get("/api/v1/health").json()
    assert health["execution_mode"] == "mvp"
    assert health["database"]["ok"]
    assert health["model"] == {
        "configured": False, "name": None, "detail": "set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL"
    }  # fmt: skip
    assert health["status"] == ("ok" if health["sandbox"]["ok"] else "degraded")


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "code"),
    [
        ("get", "/api/v2/nowhere", "", 404, "not_found"),
        ("get", "/api/v2/execution/runs?limit=0", "", 400, "invalid_input"),
        ("get", "/api/v2/execution/runs?cursor=made-up", "", 400, "invalid_input"),
        ("get", "/api/v2/execution/runs?status=asleep", "", 400, "invalid_input"),
        ("get", "/api/v1/masterplans/?q=%00", "", 400, "invalid_input"),
        ("get", "/api/v2/events?after=-1", "", 400, "invalid_input"),
        ("get", "/api/v2/atoms/00000000-0000-0000-0000-000000000000", "", 404, "not_found"),
        ("get", "/api/v1/masterplans/not-an-id/", "", 404, "not_found"),
        ("post", "/api/v2/execution/start", "{broken", 400, "parse_error"),
        ("post", "/api/v2/execution/start", "[]", 400, "invalid_input"),
        ("post", "/api/v2/execution/start", '{"masterplan_id": "x"}', 400, "invalid_input"),
        ("post", "/api/v2/atomization/analyze", '{"code": "x"}', 400, "invalid_input"),
        ("delete", "/api/v2/execution/status", "", 405, "method_not_allowed"),
    ],
)
def test_bad_input_has_one_form(as_alice: Client, method: str, url: str, body: str, status: int, code: str) -> None:
    send = getattr(as_alice, method)
    answer = send(url, body, content_type=JSON) if method == "post" else send(url)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert set(answer.json()) == {"code", "message", "data"}
    assert answer["X-Request-ID"]


def test_pages_are_the_console_with_a_policy_that_lets_nothing_foreign_in(client: Client) -> None:
    answer = client.get("/review/whatever")
    assert answer.status_code == (200 if (settings.CONSOLE_DIST / "index.html").is_file() else 503)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "csrftoken" in answer.cookies
