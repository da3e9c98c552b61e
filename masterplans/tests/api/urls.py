"""The room's URLs alone, so that these tests do not depend on rooms above."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("api/v1/", include("masterplans.api.urls"))]
