"""What every API view shares: the one error format, sessions that answer 401, roles as permissions."""

from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import Error as DatabaseError
from django.http import Http404
from rest_framework import authentication, exceptions, permissions, status
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.errors import MgeError, V2NotInstalled
from kernel.roles import Role, has_role
from kernel.v2 import forget, v2_installed

if TYPE_CHECKING:  # rest_framework.views loads this module for its settings
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class SessionAuthentication(authentication.SessionAuthentication):
    """Session sign-in whose absence answers 401, so that a client can tell it from a missing role."""

    def authenticate_header(self, request: Request) -> str:
        """A header value makes DRF answer 401 instead of 403."""
        return "Session"


class _HasRole(permissions.IsAuthenticated):
    role: Role

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Say which role is missing, so that the console can name it."""
        if not super().has_permission(request, view):
            return False
        if not has_role(request.user, self.role):
            raise exceptions.PermissionDenied(
                f"This needs the role {self.role}. An admin can grant it in Django admin."
            )
        return True


class IsReviewer(_HasRole):
    """Reviewers and admins."""

    role = Role.REVIEWER


class IsOperator(_HasRole):
    """Operators and admins."""

    role = Role.OPERATOR


class IsAdmin(_HasRole):
    """Admins."""

    role = Role.ADMIN


def _error(code: str, message: str, http_status: int, data: Any = None) -> Response:
    return Response({"code": code, "message": message, "data": data or {}}, status=http_status)


def _v2_went_away() -> bool:
    """Whether the tables vanished under this very request."""
    forget()
    try:
        return not v2_installed()
    except DatabaseError:
        return False


def _flatten(detail: Any, where: str = "") -> list[str]:
    if isinstance(detail, dict):
        return [
            line for key, value in detail.items() for line in _flatten(value, f"{where}.{key}" if where else str(key))
        ]
    if isinstance(detail, list):
        nested = any(isinstance(item, dict | list) for item in detail)
        return [line for i, item in enumerate(detail) for line in _flatten(item, f"{where}[{i}]" if nested else where)]
    return [f"{where}: {detail}" if where and where != "non_field_errors" else str(detail)]


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Render every error as ``{code, message, data}``; what is not foreseen stays a logged 500."""
    if isinstance(exc, MgeError):
        return _error(exc.code, exc.message, exc.http_status, dict(exc.data))
    if isinstance(exc, Http404):
        return _error("not_found", "There is no such object, or you may not see it.", status.HTTP_404_NOT_FOUND)
    if isinstance(exc, PermissionDenied):
        return _error("forbidden", str(exc) or "You may not do this.", status.HTTP_403_FORBIDDEN)
    if isinstance(exc, exceptions.ValidationError):
        return _error("invalid_input", "; ".join(_flatten(exc.detail)), exc.status_code, {"fields": exc.detail})
    if isinstance(exc, exceptions.APIException):
        response = _error(str(exc.get_codes()), str(exc.detail), exc.status_code)
        if header := getattr(exc, "auth_header", None):
            response["WWW-Authenticate"] = header
        return response
    if isinstance(exc, DatabaseError) and _v2_went_away():
        return _error(V2NotInstalled.code, "V2 is not installed: its tables were migrated away.", 503)
    if isinstance(exc, DatabaseError):
        log.exception("database_error", view=type(context.get("view")).__name__)
        return _error("database_unavailable", "The database did not answer. Try again.", 503)
    return None
