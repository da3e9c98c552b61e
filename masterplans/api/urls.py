"""Below ``/api/v1/``. Rooms above may route the same paths to their extended views first."""

from django.urls import path

from masterplans.api import views

urlpatterns = [
    path("masterplans/", views.MasterplanList.as_view(), name="masterplan-list"),
    path("masterplans/import", views.MasterplanImport.as_view(), name="masterplan-import"),
    path("imports/<uuid:import_id>", views.ImportView.as_view(), name="masterplan-import-status"),
    path("masterplans/plan.schema.json", views.PlanSchema.as_view(), name="masterplan-plan-schema"),
    path("masterplans/<str:masterplan_id>/", views.MasterplanDetail.as_view(), name="masterplan-detail"),
    path("masterplans/<str:masterplan_id>/approve", views.MasterplanApprove.as_view(), name="masterplan-approve"),
    path("masterplans/<str:masterplan_id>/reject", views.MasterplanReject.as_view(), name="masterplan-reject"),
]
