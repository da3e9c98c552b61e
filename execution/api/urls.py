"""URLs of runs: ``v1`` under a plan, ``v2`` for runs themselves."""

from django.urls import path, re_path

from execution.api import views
from execution.api.atoms import AtomView
from execution.api.estimates import EstimateView
from execution.api.prompts import PromptView
from execution.api.spending import SpendingView
from execution.api.validations import RunValidationsView
from execution.api.waves import RetryFailedView, RetryView, WaveExecuteView, WavesView
from execution.api.webhooks import (
    DeliveriesView,
    DeliveryAgainView,
    WebhookSecretView,
    WebhooksView,
    WebhookView,
)

plan_urlpatterns = [
    path("<uuid:masterplan_id>/execute", views.ExecutePlanView.as_view()),
    path("<uuid:masterplan_id>/status", views.PlanStatusView.as_view()),
    path("<uuid:masterplan_id>/export", views.ExportView.as_view()),
]
v2_urlpatterns = [
    path("atoms/<uuid:atom_id>", AtomView.as_view()),
    path("atoms/<uuid:atom_id>/attempts/<int:number>/prompt", PromptView.as_view()),
    path("execution/runs/<uuid:run_id>/validations", RunValidationsView.as_view()),
    path("execution/start", views.StartView.as_view()),
    path("execution/status", views.StatusView.as_view()),
    path("execution/status/<uuid:masterplan_id>", views.PlanStatusView.as_view()),
    path("execution/estimate", EstimateView.as_view()),
    path("execution/spending", SpendingView.as_view()),
    path("execution/waves", WavesView.as_view()),
    path("execution/waves/<uuid:wave_id>/execute", WaveExecuteView.as_view()),
    path("retry/<uuid:atom_id>", RetryView.as_view()),
    path("execution/runs/<uuid:run_id>/retry-failed", RetryFailedView.as_view()),
    path("execution/runs", views.RunsView.as_view()),
    path("execution/runs/<uuid:run_id>", views.RunView.as_view()),
    path("execution/runs/<uuid:run_id>/atoms", views.RunAtomsView.as_view()),
    path("execution/runs/<uuid:run_id>/budget", views.RunBudgetView.as_view()),
    re_path(
        r"^execution/runs/(?P<run_id>[0-9a-f-]{36})/(?P<action>pause|resume|cancel)$", views.RunActionView.as_view()
    ),
    path("webhooks", WebhooksView.as_view()),
    path("webhooks/<uuid:webhook_id>", WebhookView.as_view()),
    path("webhooks/<uuid:webhook_id>/secret", WebhookSecretView.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", DeliveriesView.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again", DeliveryAgainView.as_view()),
    path("events", views.EventsView.as_view()),
]
