"""The flag that routes users, and the history of every change to it and to the switches."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from waffle.models import AbstractUserFlag

from kernel.constraints import one_of


class FeatureFlag(AbstractUserFlag):
    """``ENABLE_V2``: on or off for everyone (``everyone``), for a sticky percentage, for named users.

    The percentage is by md5 of the user's key, never a random draw, so waffle's own cookie and ``percent`` stay unused.
    """

    v2_percentage = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    whitelist = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    blacklist = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    kill_latch = models.BooleanField(default=False, help_text="MVP for everyone, whatever else is set.")

    class Meta(AbstractUserFlag.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=models.Q(v2_percentage__lte=100), name="v2_percentage_at_most_100")
        ]


class FlagChange(models.Model):
    """One change of one flag or switch: who, what, why. The newest id of a name is that name's version."""

    class Source(models.TextChoices):
        """The door through which it came."""

        ADMIN = "admin"
        API = "api"
        COMMAND = "command"
        WATCHER = "watcher"
        OUTSIDE = "outside"  # saved past our services, by a tool of waffle or a shell

    name = models.CharField(max_length=100)
    before = models.JSONField()  # only the fields that changed
    after = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=20, choices=Source.choices)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "flag_changes"
        ordering = ["-id"]
        indexes = [models.Index(fields=["name", "-id"], name="idx_flag_change_name")]
        constraints = [
            one_of("source", ["admin", "api", "command", "watcher", "outside"], "flag_change_source_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="flag_change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} -> {self.after}"
