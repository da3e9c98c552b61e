"""Below ``/api/v2/rollout``."""

from django.urls import path

from rollout.api import views

urlpatterns = [
    path("rollout", views.RolloutView.as_view()),
    path("rollout/advance", views.AdvanceView.as_view()),
    path("rollout/rollback", views.RollbackView.as_view()),
    path("rollout/release", views.ReleaseView.as_view()),
    path("rollout/bugs", views.BugsView.as_view()),
    path("rollout/bugs/<int:bug_id>/close", views.BugCloseView.as_view()),
    path("rollout/runs/<uuid:run_id>/feedback", views.FeedbackView.as_view()),
    path("rollout/comparisons", views.ComparisonsView.as_view()),
    path("rollout/comparisons/<uuid:run_id>", views.ComparisonView.as_view()),
]
