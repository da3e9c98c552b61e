"""``GET /metrics``: for Prometheus the numbers of this process and of the database, for a browser the console."""

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from mge_project.console import console
from mge_project.metrics.registry import own_registry
from mge_project.metrics.rows import RowsCollector

_REFUSED = (
    "This needs the header 'Authorization: Bearer TOKEN' with the token of MGE_METRICS_TOKEN. "
    "Without such a token only a scraper on this machine is answered.\n"
)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Text format 0.0.4. Browsers, which ask for HTML, get the page of the console that has the same address."""
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        return console(request)
    if not _may_scrape(request):
        return HttpResponse(_REFUSED, status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def exposition() -> bytes:
    """Every metric that this process can tell."""
    return generate_latest(own_registry()) + generate_latest(_rows())


def _rows() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(RowsCollector())
    return registry


def _may_scrape(request: HttpRequest) -> bool:
    if settings.MGE_METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return compare_digest(given.encode(), f"Bearer {settings.MGE_METRICS_TOKEN}".encode())
    direct = "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers
    return direct and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
