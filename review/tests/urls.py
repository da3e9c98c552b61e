"""The review API alone."""

from django.urls import include, path

urlpatterns = [path("api/v2/review/", include("review.api.urls"))]
