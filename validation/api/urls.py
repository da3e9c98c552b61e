"""URLs of validation, below ``/api/v2/validation/``."""

from django.urls import path

from validation.api import views

urlpatterns = [
    path("atomic", views.AtomicView.as_view()),
    path("module", views.ModuleView.as_view()),
    path("component", views.ComponentView.as_view()),
    path("system", views.SystemView.as_view()),
    path("hierarchical", views.HierarchicalView.as_view()),
    path("jobs/<uuid:job_id>", views.JobView.as_view()),
    path("results/<uuid:atom_id>", views.AtomResultsView.as_view()),
]
