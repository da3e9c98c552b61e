"""The room's URLs alone, so that these tests do not depend on rooms above."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("masterplans.api.urls"))]
