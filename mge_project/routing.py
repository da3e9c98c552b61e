"""WebSocket URLs."""

from django.urls import path

from execution.consumers import FlagsConsumer, ReviewConsumer, RunConsumer

websocket_urlpatterns = [
    path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi()),
    path("ws/review/", ReviewConsumer.as_asgi()),
    path("ws/flags/", FlagsConsumer.as_asgi()),
]
