"""URLs of atoms and graphs below ``/api/v2/``."""

from django.urls import path

from graphs.api import views

urlpatterns = [
    path("atomization/analyze", views.AnalyzeView.as_view()),
    path("atomization/decompose", views.DecomposeView.as_view()),
    path("graphs/<uuid:graph_id>", views.GraphView.as_view()),
    path("graphs/<uuid:graph_id>/waves", views.GraphWavesView.as_view()),
    path("graphs/<uuid:graph_id>/visualize", views.GraphDrawingView.as_view()),
]
