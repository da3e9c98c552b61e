"""Django's view of the success metrics: an app of its own, for its table outlives V2 like every figure about it."""

from django.apps import AppConfig


class SuccessConfig(AppConfig):
    """See the package's place in docs/architecture.md."""

    name = "rollout.success"
    label = "success"
    verbose_name = "Success metrics"
