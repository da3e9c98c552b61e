"""Figures that no row of the product holds, as an admin entered them."""

from django.conf import settings
from django.db import models

from kernel.constraints import one_of
from rollout.success.targets import TARGETS

BY_HAND = [(target.key, target.title) for target in TARGETS if target.by_hand]


class EnteredFigure(models.Model):
    """One value of one metric on a day; the newest within a period counts. Shares are 0 to 1."""

    metric = models.CharField(max_length=40, choices=BY_HAND)
    value = models.FloatField()
    on = models.DateField()
    source = models.CharField(
        max_length=300, help_text="Where the figure was read, so that somebody else can check it."
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "success_figures"
        ordering = ["-on", "-entered_at"]
        constraints = [one_of("metric", [key for key, _ in BY_HAND], "success_metric_known")]

    def __str__(self) -> str:
        return f"{self.metric} {self.value} on {self.on}"
