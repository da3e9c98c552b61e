"""Plans from briefs: a room of its own, because its rows outlive a request and belong to no run."""

from django.apps import AppConfig


class BriefsConfig(AppConfig):
    """Discovery and planning by the model; the plan it makes is a draft."""

    name = "execution.briefs"
    label = "briefs"
