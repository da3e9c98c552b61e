"""All URLs: the two APIs, the schema, the admin, and the console for everything else."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
