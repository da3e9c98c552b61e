"""Below ``/api/v2/flags``."""

from django.urls import path

from flags.api import views

urlpatterns = [
    path("flags", views.FlagsView.as_view()),
    path("flags/evaluate", views.EvaluateView.as_view()),
    path("flags/preview", views.PreviewView.as_view()),
    path("flags/history", views.HistoryView.as_view()),
    path("flags/<str:name>", views.FlagView.as_view()),
]
