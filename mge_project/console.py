"""The console: one built page for every address that is not the server's own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = """<!doctype html><title>MGE V2</title><h1>The console is not built</h1>
<p>There is no {path}. Run <code>make setup</code>, which builds it. The API works without it:
<a href="/api/docs/">/api/docs/</a>.</p>"""


@require_safe
@never_cache
@ensure_csrf_cookie
def console(request: HttpRequest) -> HttpResponse:
    """The built index page, which asks the API for everything."""
    index = settings.CONSOLE_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(_NOT_BUILT.format(path=escape("frontend/dist/index.html")), status=503)
    return HttpResponse(index.read_bytes())


def not_found(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """An unknown address below /api/: the error format of the API, not a page."""
    return JsonResponse({"code": "not_found", "message": f"There is no {request.path} here.", "data": {}}, status=404)
