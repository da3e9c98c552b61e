"""URLs below ``/api/v2/review/``."""

from django.urls import path

from review.api import insight_views, views

urlpatterns = [
    path("queue", views.QueueView.as_view(), name="review-queue"),
    path("stats", views.StatsView.as_view(), name="review-stats"),
    path("decisions.jsonl", insight_views.DecisionsExportView.as_view(), name="review-decisions"),
    path("calibration", insight_views.CalibrationView.as_view(), name="review-calibration"),
    path("claim", views.ClaimView.as_view(), name="review-claim"),
    path("release", views.ReleaseView.as_view(), name="review-release"),
    path("skip", views.SkipView.as_view(), name="review-skip"),
    path("approve", views.ApproveView.as_view(), name="review-approve"),
    path("edit", views.EditView.as_view(), name="review-edit"),
    path("reject", views.RejectView.as_view(), name="review-reject"),
    path("regenerate", views.RegenerateView.as_view(), name="review-regenerate"),
    path("undo", views.UndoView.as_view(), name="review-undo"),
    path("check", views.CheckView.as_view(), name="review-check"),
    path("<uuid:review_id>/help", views.HelpView.as_view(), name="review-help"),
    path("<uuid:review_id>/similar", views.SimilarView.as_view(), name="review-similar"),
    path("<uuid:review_id>", views.DetailView.as_view(), name="review-detail"),
]
