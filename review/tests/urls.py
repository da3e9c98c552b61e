"""The review API and the admin alone."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("api/v2/review/", include("review.api.urls"))]
