"""ASGI entry point: HTTP by Django, WebSocket by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")

application = get_asgi_application()
