"""The flag that routes users: a waffle flag with a percentage and named users."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from waffle.models import AbstractUserFlag


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
