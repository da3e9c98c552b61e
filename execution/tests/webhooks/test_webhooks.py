"""Webhooks over real HTTP to a server on loopback, which only the setting allows."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.test import Client

from execution import events
from execution.models import ExecutionRun
from execution.tests.api.conftest import PLAN, person, signed_in
from execution.webhooks import sender, services
from execution.webhooks.models import Webhook, WebhookDelivery
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.models import SourceKind
from masterplans.services import create_from_spec

JSON = "application/json"
URL = "/api/v2/webhooks"


class Target(ThreadingHTTPServer):
    """What came, and what is answered in turn; the last answer repeats."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = [204]

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        target = cast("Target", self.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target.got.append((self.path, dict(self.headers), body))
        self.send_response(target.answers.pop(0) if len(target.answers) > 1 else target.answers[0])
        self.send_header("Location", f"{target.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Not on the terminal."""


@pytest.fixture
def target(settings: Any) -> Iterator[Target]:
    settings.MGE_WEBHOOK_ALLOW_PRIVATE = True
    server = Target()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def alice(db: None) -> User:
    return person("alice", "operator")


def a_run(owner: User) -> ExecutionRun:
    plan = create_from_spec(parse_plan(PLAN, name="p.yaml"), owner=owner, source_kind=SourceKind.PLAN_FILE)
    return ExecutionRun.objects.create(masterplan=plan, mode="v2_atoms", status="completed")


def due_now() -> None:
    WebhookDelivery.objects.filter(status="pending").update(next_at="2020-01-01T00:00:00Z")


def signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    text = f"{headers['X-MGE-Timestamp']}.".encode() + body
    return headers["X-MGE-Signature"] == f"v1={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"


def test_an_event_is_told_once_and_signed(alice: User, target: Target) -> None:
    run, foreign = a_run(alice), a_run(person("charlie", "operator"))
    events.run_changed(run.pk, status="running")  # before the subscription: not told
    made = signed_in(alice).post(URL, {"url": target.url}, JSON)
    assert made.status_code == 201
    for each in (run, foreign):
        events.run_changed(each.pk, status="completed")
        events.publish(topic="run", type="run.phase", data={"phase": "system"}, run_id=each.pk)
    assert services.work_once() == 1
    assert services.work_once() == 0
    [(path, headers, body)] = target.got
    told = json.loads(body)
    assert (path, told["type"], told["data"]) == ("/hook", "run.status", {"status": "completed"})
    assert (told["run_id"], told["masterplan_id"]) == (str(run.pk), str(run.masterplan_id))
    assert signed(made.json()["secret"], headers, body)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, headers["X-MGE-Delivery"]) == ("delivered", str(delivery.pk))


def test_a_secret_is_shown_once_and_stands_in_no_row(alice: User, target: Target) -> None:
    client = signed_in(alice)
    made = client.post(URL, {"url": target.url}, JSON).json()
    one = f"{URL}/{made['webhook_id']}"
    for answer in (client.get(URL), client.get(one), client.patch(one, {"active": True}, JSON)):
        assert "secret" not in answer.content.decode()
    assert made["secret"] not in str(Webhook.objects.values())
    new = client.post(f"{one}/secret").json()["secret"]
    client.post(f"{one}/deliveries")
    services.work_once()
    _, headers, body = target.got[0]
    assert signed(new, headers, body)
    assert not signed(made["secret"], headers, body)


def test_what_fails_is_tried_again_with_patience_until_it_is_given_up(alice: User, target: Target) -> None:
    target.answers = [500]
    webhook = services.subscribe(owner=alice, url=target.url)
    delivery = services.ping(webhook)
    for tries in range(1, 8):
        due_now()
        assert services.deliver() == 1
        delivery.refresh_from_db()
        assert (delivery.tries, delivery.http_status, delivery.error) == (tries, 500, "HTTP 500")
        assert services.deliver() == 0  # not before its time
    assert delivery.status == "failed"
    assert len({headers["X-MGE-Delivery"] for _, headers, _ in target.got}) == 1
    target.answers = [200]
    again = f"{URL}/{webhook.pk}/deliveries/{delivery.pk}/again"
    client = signed_in(alice)
    assert client.post(again).status_code == 202
    assert client.post(again).status_code == 409
    services.deliver()
    delivery.refresh_from_db()
    assert delivery.status == "delivered"


def test_redirects_are_not_followed_and_410_switches_off(alice: User, target: Target) -> None:
    target.answers = [302, 410]
    webhook = services.subscribe(owner=alice, url=target.url)
    delivery = services.ping(webhook)
    services.deliver()
    assert [path for path, _, _ in target.got] == ["/hook"]
    due_now()
    services.deliver()
    delivery.refresh_from_db()
    webhook.refresh_from_db()
    assert (delivery.status, webhook.active) == ("failed", False)
    assert "410" in webhook.stopped_because


def test_a_private_target_is_refused_whatever_its_name_says(
    alice: User, target: Target, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MGE_WEBHOOK_ALLOW_PRIVATE = False
    assert signed_in(alice).post(URL, {"url": target.url}, JSON).json()["code"] == "unsafe_target"
    both = [(2, 1, 6, "", ("93.184.215.14", target.port)), (2, 1, 6, "", ("127.0.0.1", target.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    webhook = services.subscribe(owner=alice, url=f"https://looks-fine.example:{target.port}/")
    delivery = services.ping(webhook)
    services.deliver()
    delivery.refresh_from_db()
    assert (delivery.status, target.got) == ("failed", [])
    assert "not public" in delivery.error


def test_the_name_is_resolved_once_and_that_address_is_called(
    alice: User, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    webhook = services.subscribe(owner=alice, url=target.url.replace("127.0.0.1", "rebinding.example"))
    services.ping(webhook)
    services.deliver()
    assert asked == ["rebinding.example"]
    assert target.got[0][1]["Host"] == f"rebinding.example:{target.port}"


def test_a_target_that_never_answers_is_cut(alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MGE_WEBHOOK_ALLOW_PRIVATE = True
    monkeypatch.setattr(sender, "DEADLINE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        webhook = services.subscribe(owner=alice, url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        delivery = services.ping(webhook)
        services.deliver()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries) == ("pending", 1)
    assert "No answer within" in delivery.error


def test_a_courier_that_died_loses_nothing_and_tells_nothing_twice(
    alice: User, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: object) -> None:
        raise SystemExit

    run = a_run(alice)
    webhook = services.subscribe(owner=alice, url=target.url)
    events.run_changed(run.pk, status="completed")
    with monkeypatch.context() as patch:
        patch.setattr(services, "_send", die)
        with pytest.raises(SystemExit):
            services.work_once()
    assert services.deliver() == 0  # claimed by the dead one
    due_now()
    assert services.deliver() == 1
    Webhook.objects.filter(pk=webhook.pk).update(read_seq=webhook.read_seq)  # as before the first round
    services.collect()
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "nope"},
        {"url": "https://a.example", "events": ["x"]},
        {"url": "https://a.example", "events": []},
        [],
    ],
)
def test_a_bad_subscription_is_400(alice: User, body: Any) -> None:
    assert signed_in(alice).post(URL, body, JSON).status_code == 400
    assert not Webhook.objects.exists()


def test_webhooks_are_their_owners_alone(alice: User, target: Target) -> None:
    run = a_run(alice)
    webhook = services.subscribe(owner=alice, url=target.url)
    delivery = services.ping(webhook)
    charlie, bob = signed_in(person("charlie", "operator")), signed_in(person("bob", "reviewer"))
    one = f"{URL}/{webhook.pk}"
    deliveries = f"{one}/deliveries"
    writes = [("patch", one), ("delete", one), ("post", f"{one}/secret"), ("post", deliveries)]
    for method, path in [
        ("get", one),
        ("get", deliveries),
        *writes,
        ("post", f"{deliveries}/{delivery.pk}/again"),
    ]:
        assert getattr(Client(), method)(path).status_code == 401
        assert getattr(bob, method)(path).status_code == 403
        assert getattr(charlie, method)(path).status_code == 404
    assert charlie.get(URL).json()["results"] == []
    foreign = {"url": target.url, "masterplan_id": str(run.masterplan_id)}
    assert charlie.post(URL, foreign, JSON).status_code == 404
    mine = signed_in(alice)
    assert mine.get(deliveries).json()["results"][0]["type"] == "webhook.test"
    assert mine.delete(one).status_code == 204
