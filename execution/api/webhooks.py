"""Webhooks over HTTP."""

import uuid
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.webhooks import services
from execution.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from kernel.drf import IsOperator
from kernel.errors import NotFound
from kernel.pagination import CursorPages, page_of
from kernel.roles import Role, has_role
from masterplans.selectors import get_masterplan


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook, without its secret."""

    webhook_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField(allow_null=True)
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    stopped_because = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class NewWebhookSerializer(WebhookSerializer):
    """A webhook with its secret, which is shown this once."""

    secret = serializers.CharField()


class WebhookInputSerializer(serializers.Serializer[Any]):
    """Where to tell of what. Without ``masterplan_id``: of all plans that you own."""

    url = serializers.CharField(max_length=1000)
    events = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    masterplan_id = serializers.UUIDField(required=False, allow_null=True)


class WebhookChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    url = serializers.CharField(max_length=1000, required=False)
    events = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    active = serializers.BooleanField(required=False)


class SecretSerializer(serializers.Serializer[Any]):
    """A new secret, shown this once."""

    secret = serializers.CharField()


class DeliverySerializer(serializers.Serializer[Any]):
    """One event on its way."""

    delivery_id = serializers.UUIDField()
    seq = serializers.IntegerField(allow_null=True)
    type = serializers.CharField()
    status = serializers.ChoiceField(DeliveryStatus.choices)
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField()
    http_status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class _Webhooks(APIView):
    permission_classes = [IsOperator]

    def mine(self) -> QuerySet[Webhook]:
        """The user's own; all of them for an admin."""
        user = self.request.user
        return Webhook.objects.all() if has_role(user, Role.ADMIN) else Webhook.objects.filter(owner_id=user.pk)

    def one(self, webhook_id: uuid.UUID) -> Webhook:
        """The webhook, where the user may see it."""
        webhook = self.mine().filter(pk=webhook_id).first()
        if webhook is None:
            raise NotFound(f"There is no webhook {webhook_id}, or you may not see it.")
        return webhook


class WebhookPages(CursorPages):
    """Newest first."""

    ordering = ("-created_at", "webhook_id")


class WebhooksView(_Webhooks):
    """Who is told of what."""

    @extend_schema(operation_id="webhooks_list", responses=page_of(WebhookSerializer))
    def get(self, request: Request) -> Response:
        """Your webhooks, newest first."""
        pages = WebhookPages()
        page = pages.paginate_queryset(self.mine(), request, self) or []
        return pages.get_paginated_response(WebhookSerializer(page, many=True).data)

    @extend_schema(request=WebhookInputSerializer, responses={201: NewWebhookSerializer})
    def post(self, request: Request) -> Response:
        """A new webhook. Its secret is in this answer and in no other.

        Deliveries are POSTed as JSON with ``X-MGE-Event``, ``X-MGE-Delivery``, ``X-MGE-Timestamp`` and
        ``X-MGE-Signature: v1=HMAC-SHA256(secret, timestamp + "." + body)`` in hex. Anything but 2xx is tried again, at
        most seven times within nine hours; 410 switches the webhook off.
        """
        parsed = WebhookInputSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        data = parsed.validated_data
        plan_id = data.get("masterplan_id")
        webhook = services.subscribe(
            owner=cast("User", request.user),
            url=data["url"],
            events=data.get("events"),
            plan=get_masterplan(request.user, plan_id) if plan_id else None,
        )
        webhook.secret = services.secret(webhook)  # type: ignore[attr-defined]  # for this answer alone
        return Response(NewWebhookSerializer(webhook).data, status=201)


class WebhookView(_Webhooks):
    """One webhook."""

    @extend_schema(responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """The webhook, without its secret."""
        return Response(WebhookSerializer(self.one(webhook_id)).data)

    @extend_schema(request=WebhookChangeSerializer, responses=WebhookSerializer)
    def patch(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Change URL or events, or switch it off and on."""
        webhook = self.one(webhook_id)
        parsed = WebhookChangeSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        services.change(webhook, **parsed.validated_data)
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Delete it with its deliveries."""
        self.one(webhook_id).delete()
        return Response(status=204)


class WebhookSecretView(_Webhooks):
    """A new secret."""

    @extend_schema(request=None, responses=SecretSerializer)
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Make a new secret; the old one signs nothing any more."""
        return Response({"secret": services.new_secret(self.one(webhook_id))})


class DeliveryPages(CursorPages):
    """Newest first."""

    ordering = ("-created_at", "delivery_id")


class DeliveriesView(_Webhooks):
    """What was sent, and what waits."""

    @extend_schema(operation_id="webhooks_deliveries_list", responses=page_of(DeliverySerializer))
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Deliveries of a webhook, newest first."""
        pages = DeliveryPages()
        page = pages.paginate_queryset(self.one(webhook_id).deliveries.defer("body"), request, self) or []
        return pages.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Send a test event."""
        return Response(DeliverySerializer(services.ping(self.one(webhook_id))).data, status=202)


class DeliveryAgainView(_Webhooks):
    """One delivery again."""

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
        """Send it once more. 409 while it waits to be sent."""
        delivery = WebhookDelivery.objects.filter(webhook=self.one(webhook_id), pk=delivery_id).first()
        if delivery is None:
            raise NotFound(f"Webhook {webhook_id} has no delivery {delivery_id}.")
        services.again(delivery)
        return Response(DeliverySerializer(delivery).data, status=202)
