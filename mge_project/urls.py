"""All URLs: the two APIs, the schema, the admin, and the console for everything else."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from execution.api.briefs import BriefsView, BriefView
from execution.api.plans import PlanDetailView, PlanImportView, PlanListView
from execution.api.urls import plan_urlpatterns, v2_urlpatterns
from mge_project.api.views import HealthView, SessionView, TokenView
from mge_project.console import console, not_found
from mge_project.metrics.views import metrics

v1: list[URLPattern | URLResolver] = [
    path("health", HealthView.as_view()),
    path("session", SessionView.as_view()),
    path("token", TokenView.as_view()),
    path("masterplans/", PlanListView.as_view()),
    path("masterplans/brief", BriefsView.as_view()),
    path("masterplans/brief/<uuid:brief_id>", BriefView.as_view()),
    path("masterplans/import", PlanImportView.as_view()),
    path("masterplans/", include(plan_urlpatterns)),
    path("masterplans/<uuid:masterplan_id>/", PlanDetailView.as_view()),
    path("", include("masterplans.api.urls")),
]
v2: list[URLPattern | URLResolver] = [
    path("", include(v2_urlpatterns)),
    path("", include("graphs.api.urls")),
    path("validation/", include("validation.api.urls")),
    path("review/", include("review.api.urls")),
    path("", include("flags.api.urls")),
    path("", include("rollout.success.api.urls")),
    path("", include("rollout.api.urls")),
]
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(v1)),
    path("api/v2/", include(v2)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema")),
    path("metrics", metrics),
    re_path(r"^(?:api|static|ws)/", not_found),
    re_path(r"^", console),
]
