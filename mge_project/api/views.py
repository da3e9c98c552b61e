"""Health, sign-in and tokens: what a client needs before anything else."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from kernel.errors import InvalidInput
from kernel.roles import Role, roles_of
from kernel.states import ExecutionMode, choices
from mge_project.api.schema import HEALTH_STATUSES
from mge_project.health import health


class InvalidCredentials(InvalidInput):
    """Unknown user, wrong password or an account that is switched off: which one is not told."""

    code = "invalid_credentials"


class SignInThrottle(AnonRateThrottle):
    """Bounds guessing of passwords."""

    rate = "30/min"


class CredentialsSerializer(serializers.Serializer[dict[str, str]]):
    """Name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class UserSerializer(serializers.Serializer[Any]):
    """Who is signed in."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices(Role)))
    is_staff = serializers.BooleanField()


class SessionSerializer(serializers.Serializer[Any]):
    """The session, and the token that unsafe requests must carry in ``X-CSRFToken``."""

    user = UserSerializer(allow_null=True)
    csrf_token = serializers.CharField()


class TokenSerializer(serializers.Serializer[Any]):
    """A key for ``Authorization: Token KEY``."""

    token = serializers.CharField()


class _PartSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    detail = serializers.CharField()


class DatabaseHealthSerializer(_PartSerializer):
    """The database."""

    vendor = serializers.CharField()


class BrokerHealthSerializer(_PartSerializer):
    """What carries wake-up messages."""

    kind = serializers.CharField()


class WorkersHealthSerializer(BrokerHealthSerializer):
    """Who drives runs."""

    count = serializers.IntegerField()


class ModelHealthSerializer(serializers.Serializer[Any]):
    """The language model."""

    configured = serializers.BooleanField()
    name = serializers.CharField(allow_null=True)
    detail = serializers.CharField()


class SandboxHealthSerializer(_PartSerializer):
    """The sandbox."""


class HealthSerializer(serializers.Serializer[Any]):
    """What works here."""

    execution_mode = serializers.ChoiceField(choices(ExecutionMode))
    v2_percentage = serializers.IntegerField()
    database = DatabaseHealthSerializer()
    broker = BrokerHealthSerializer()
    workers = WorkersHealthSerializer()
    sandbox = SandboxHealthSerializer()
    model = ModelHealthSerializer()
    version = serializers.CharField()
    status = serializers.ChoiceField(HEALTH_STATUSES)


class HealthView(APIView):
    """Is it up, and with what."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(responses=HealthSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """Look at every part now."""
        return Response(HealthSerializer(health()).data)


def _session(request: Request) -> Response:
    user = request.user if request.user.is_authenticated else None
    shown = user and {
        "id": user.pk,
        "username": user.get_username(),
        "roles": sorted(roles_of(user)),
        "is_staff": user.is_staff,
    }
    return Response(SessionSerializer({"user": shown, "csrf_token": get_token(request._request)}).data)


def _signed_in(request: Request) -> Any:
    parsed = CredentialsSerializer(data=request.data)
    parsed.is_valid(raise_exception=True)
    user = authenticate(request._request, **parsed.validated_data)
    if user is None:
        raise InvalidCredentials("The name or the password is wrong.")
    return user


class SessionView(APIView):
    """The browser's session."""

    permission_classes = [AllowAny]

    def get_throttles(self) -> list[Any]:
        """Only signing in is throttled."""
        return [SignInThrottle()] if self.request.method == "POST" else []

    @extend_schema(responses=SessionSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """Who is signed in, if anybody."""
        return _session(request)

    @extend_schema(request=CredentialsSerializer, responses=SessionSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in."""
        user = _signed_in(request)
        login(request._request, user)
        request.user = user
        return _session(request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        logout(request._request)
        return Response(status=204)


class TokenView(APIView):
    """Tokens for programs."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes = [SignInThrottle]

    @extend_schema(request=CredentialsSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """The user's token, made on first use."""
        token, _ = Token.objects.get_or_create(user=_signed_in(request))
        return Response({"token": token.key})
