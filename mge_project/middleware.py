"""A request id on every request: in the logs, in the answer, and taken from the client where it is well formed."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from kernel.errors import MgeError
from kernel.v2 import require_v2

_WELL_FORMED = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_NEEDS_V2 = re.compile(
    r"/api/v2/(?:atomization|atoms|graphs|validation|review|retry|execution/waves|execution/runs/[^/]+/validations)\b"
)
_CSP = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """An answer to what no view can use: a method that HTTP does not know, or a NUL, which PostgreSQL does not take.

    In a path a NUL is simply an unknown address.
    """
    if request.method not in _METHODS:
        message = "This method is not one of HTTP's."
        return JsonResponse({"code": "method_not_allowed", "message": message, "data": {}}, status=405)
    if "%00" not in request.META.get("QUERY_STRING", ""):
        return None
    message = "The query holds a NUL character, which nothing here can contain."
    return JsonResponse({"code": "invalid_input", "message": message, "data": {}}, status=400)


def _without_v2(request: HttpRequest) -> HttpResponse | None:
    """503 for what only the V2 tables can answer, where they were migrated away. Runs, flags and events go on."""
    if not _NEEDS_V2.match(request.path):
        return None
    try:
        require_v2()
    except MgeError as error:
        return JsonResponse({"code": error.code, "message": error.message, "data": {}}, status=error.http_status)
    except DatabaseError:
        return None  # the view finds out, and says so
    return None


class RequestContextMiddleware:
    """Bind ``request_id`` to the log context and set the content security policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with ``X-Request-ID``."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = _refusal(request) or _without_v2(request) or self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = request_id
        response.setdefault("Content-Security-Policy", _CSP)
        return response
