"""URLs below ``/api/v2/``."""

from django.urls import path

from rollout.success.api.views import MetricsView

urlpatterns = [path("metrics", MetricsView.as_view(), name="success-metrics")]
