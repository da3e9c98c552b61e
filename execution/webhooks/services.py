"""Subscribing, and the courier that turns events into deliveries and deliveries into requests.

The courier reads the event log, so that it tells only of what is committed. Several may run at once: an event becomes
one delivery by a unique constraint, and a delivery is claimed by an update guarded with its time.
"""

import json
import random
import time
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from execution.events import latest
from execution.live import frame
from execution.models import RunEvent
from execution.webhooks.domain.schedule import wait_after
from execution.webhooks.domain.signing import secret_of, signature
from execution.webhooks.domain.targets import UnsafeTarget, read_url
from execution.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from execution.webhooks.sender import DEADLINE_SECONDS, Sent, post
from kernel.errors import Conflict, InvalidInput
from masterplans.models import Masterplan
from masterplans.selectors import visible_masterplans

EVENTS = (
    "run.status", "run.phase", "run.progress", "run.finished", "atoms.status",
    "review.added", "review.changed", "review.rescored",
)  # fmt: skip
DEFAULT_EVENTS = ["run.status", "run.finished"]
MAX_WEBHOOKS = 50  # of one owner
AT_ONCE = 500
CLAIM_SECONDS = 2 * DEADLINE_SECONDS
KEPT_DAYS = 30
GONE = 410
log = structlog.get_logger(__name__)


def subscribe(*, owner: User, url: str, events: list[str] | None = None, plan: Masterplan | None = None) -> Webhook:
    """A new webhook; it is told of what happens from now on. Its secret is ``secret(webhook)``."""
    if Webhook.objects.filter(owner=owner).count() >= MAX_WEBHOOKS:
        raise Conflict(f"You have {MAX_WEBHOOKS} webhooks, which is the most. Delete one first.")
    read_url(url, allow_private=settings.MGE_WEBHOOK_ALLOW_PRIVATE)
    return Webhook.objects.create(owner=owner, url=url, events=_checked(events), masterplan=plan, read_seq=latest())


def change(
    webhook: Webhook, *, url: str | None = None, events: list[str] | None = None, active: bool | None = None
) -> None:
    """Change what is given. One that is switched on again is told of what happens from then on."""
    if url is not None:
        read_url(url, allow_private=settings.MGE_WEBHOOK_ALLOW_PRIVATE)
        webhook.url = url
    if events is not None:
        webhook.events = _checked(events)
    if active is not None:
        if active and not webhook.active:
            webhook.read_seq = latest()
        webhook.active, webhook.stopped_because = active, ""
    webhook.save()


def _checked(events: list[str] | None) -> list[str]:
    wanted = DEFAULT_EVENTS if events is None else list(dict.fromkeys(events))
    if unknown := next((word for word in wanted if word not in EVENTS), None):
        raise InvalidInput(f"events: {unknown[:60]!r} is unknown; known are {', '.join(EVENTS)}.")
    if not wanted:
        raise InvalidInput(f"events: name at least one of {', '.join(EVENTS)}.")
    return wanted


def secret(webhook: Webhook) -> str:
    """What signs its deliveries. Shown when it is made, and never again."""
    return secret_of(settings.SECRET_KEY, str(webhook.pk), webhook.secret_version)


def new_secret(webhook: Webhook) -> str:
    """Another secret; the old one signs nothing any more."""
    Webhook.objects.filter(pk=webhook.pk).update(secret_version=F("secret_version") + 1)
    webhook.refresh_from_db()
    return secret(webhook)


def ping(webhook: Webhook) -> WebhookDelivery:
    """A delivery that tests the way; the courier sends it at once."""
    delivery_id = uuid.uuid4()
    body: dict[str, Any] = {
        "id": None,
        "topic": "webhook",
        "type": "webhook.test",
        "at": timezone.now().isoformat(),
        "data": {},
    }
    return WebhookDelivery.objects.create(
        delivery_id=delivery_id, webhook=webhook, type="webhook.test", body={**body, "webhook_id": str(webhook.pk)}
    )


def again(delivery: WebhookDelivery) -> None:
    """Send a failed or delivered one once more; the same id and body, a new timestamp."""
    done = [DeliveryStatus.FAILED, DeliveryStatus.DELIVERED]
    reset = {"status": DeliveryStatus.PENDING, "tries": 0, "next_at": timezone.now(), "error": "", "http_status": None}
    if not WebhookDelivery.objects.filter(pk=delivery.pk, status__in=done).update(**reset):
        raise Conflict("This delivery is waiting to be sent already.", status=delivery.status)
    delivery.refresh_from_db()


def collect() -> int:
    """Make deliveries of the events that are new. Returns how many."""
    return sum(_collect(webhook) for webhook in Webhook.objects.filter(active=True).select_related("owner"))


def _collect(webhook: Webhook) -> int:
    since, top = webhook.read_seq, latest(beyond=webhook.read_seq)
    if top <= since:
        return 0
    events = RunEvent.objects.filter(seq__gt=since, seq__lte=top, type__in=webhook.events).select_related("run")
    found = list(_meant_for(webhook, events).order_by("seq")[:AT_ONCE])
    read = found[-1].seq if len(found) == AT_ONCE else top
    rows = [WebhookDelivery(webhook=webhook, seq=event.seq, type=event.type, body=_body(event)) for event in found]
    with transaction.atomic():
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        Webhook.objects.filter(pk=webhook.pk, read_seq__lt=read).update(read_seq=read)
    return len(rows)


def _meant_for(webhook: Webhook, events: QuerySet[RunEvent]) -> QuerySet[RunEvent]:
    """Events of its plan while the owner may see that, else of the owner's plans."""
    if webhook.masterplan_id is not None:
        plans = visible_masterplans(webhook.owner).filter(pk=webhook.masterplan_id).values("pk")
    else:
        plans = Masterplan.objects.filter(owner_id=webhook.owner_id).values("pk")
    return events.filter(Q(run__masterplan__in=plans) | Q(run=None, masterplan__in=plans))


def _body(event: RunEvent) -> dict[str, Any]:
    plan_id = event.masterplan_id or (event.run.masterplan_id if event.run else None)
    return {**frame(event), "masterplan_id": str(plan_id) if plan_id else None}


def deliver(limit: int = 20) -> int:
    """Send what is due, one after the other. Returns how many were tried."""
    due = WebhookDelivery.objects.filter(
        status=DeliveryStatus.PENDING, next_at__lte=timezone.now(), webhook__active=True
    )
    tried = 0
    for delivery in due.select_related("webhook__owner").order_by("next_at")[:limit]:
        later = timezone.now() + timedelta(seconds=CLAIM_SECONDS)
        mine = WebhookDelivery.objects.filter(
            pk=delivery.pk, status=DeliveryStatus.PENDING, next_at=delivery.next_at, tries=delivery.tries
        )
        if mine.update(next_at=later, tries=F("tries") + 1):
            delivery.tries += 1
            _settle(delivery, _send(delivery))
            tried += 1
    return tried


def _send(delivery: WebhookDelivery) -> Sent:
    webhook = delivery.webhook
    allow = settings.MGE_WEBHOOK_ALLOW_PRIVATE
    try:
        target = read_url(webhook.url, allow_private=allow)
    except UnsafeTarget as error:
        return Sent(error=error.message, hopeless=True)
    if not webhook.owner.is_active:
        return Sent(error="The owner's account is closed.", hopeless=True)
    body = json.dumps(delivery.body, separators=(",", ":")).encode()
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"MGE/{settings.VERSION}",
        "X-MGE-Event": delivery.type,
        "X-MGE-Delivery": str(delivery.pk),
        "X-MGE-Timestamp": str(now),
        "X-MGE-Signature": signature(secret(webhook), now, body),
    }
    return post(target, body, headers, allow_private=allow)


def _settle(delivery: WebhookDelivery, sent: Sent) -> None:
    wait = None if sent.hopeless else wait_after(delivery.tries, jitter=random.random())  # noqa: S311 - spreads retries
    news: dict[str, Any] = {"http_status": sent.status, "error": sent.error[:300]}
    if sent.ok:
        news |= {"status": DeliveryStatus.DELIVERED, "delivered_at": Now()}
    elif wait is None or sent.status == GONE:
        news["status"] = DeliveryStatus.FAILED
    else:
        news["next_at"] = timezone.now() + timedelta(seconds=wait)
    WebhookDelivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.PENDING, tries=delivery.tries).update(**news)
    if sent.status == GONE:
        why = "The target answered 410 Gone."
        Webhook.objects.filter(pk=delivery.webhook_id).update(active=False, stopped_because=why)
    log.info("webhook_tried", delivery=str(delivery.pk), status=sent.status, tries=delivery.tries, ok=sent.ok)


def forget_old() -> int:
    """Delete deliveries that ended long ago. Returns how many."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    ended = WebhookDelivery.objects.exclude(status=DeliveryStatus.PENDING).filter(created_at__lt=old)
    return ended.delete()[0]


def work_once() -> int:
    """One round of the courier: collect, then send. Returns how many deliveries were tried."""
    collect()
    return deliver()
