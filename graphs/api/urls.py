"""URLs of atoms and graphs below ``/api/v2/``."""

from django.urls import path

from graphs.api import atoms, graphs

urlpatterns = [
    path("atomization/analyze", atoms.AnalyzeView.as_view()),
    path("atomization/decompose", atoms.DecomposeView.as_view()),
    path("atoms/<uuid:atom_id>/impact", graphs.ImpactView.as_view()),
    path("graphs", graphs.GraphListView.as_view()),
    path("graphs/<uuid:graph_id>", graphs.GraphView.as_view()),
    path("graphs/<uuid:graph_id>/waves", graphs.GraphWavesView.as_view()),
    path("graphs/<uuid:graph_id>/visualize", graphs.GraphDrawingView.as_view()),
]
