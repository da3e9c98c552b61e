"""Saves past our services (waffle's own commands, a shell): pins still hold, and the history still tells of them."""

from typing import Any

from django.db.models.signals import post_save, pre_save
from waffle.models import Switch

from flags import services
from flags.models import FeatureFlag, FlagChange
from flags.pins import FLAG, SWITCHES
from flags.routing import ON_BY_DEFAULT


def connect() -> None:
    """Watch both tables."""
    for model in (FeatureFlag, Switch):
        pre_save.connect(_before, sender=model, dispatch_uid=f"flags.before.{model.__name__}")
        post_save.connect(_after, sender=model, dispatch_uid=f"flags.after.{model.__name__}")


def _before(*, instance: Any, raw: bool, **_: Any) -> None:
    if raw or services.is_audited() or instance.name not in (FLAG, *SWITCHES):
        return
    old = type(instance).objects.filter(pk=instance.pk).first() if instance.pk else None
    before, after = _columns(old) or _defaults(instance), _columns(instance)
    changed = {field: value for field, value in after.items() if before[field] != value}
    for field in changed:
        services.refuse_pinned(instance.name, field)
    instance._mge_change = ({field: before[field] for field in changed}, changed)


def _after(*, instance: Any, raw: bool, **_: Any) -> None:
    before, changed = instance.__dict__.pop("_mge_change", (None, None))
    if changed:
        services.record(
            instance.name,
            before=before,
            after=changed,
            reason="changed without a reason, past the services of this project",
            by=None,
            source=FlagChange.Source.OUTSIDE,
        )


def _columns(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    if isinstance(row, Switch):
        return {"active": row.active}
    return {"enabled": bool(row.everyone), "percentage": row.v2_percentage, "kill_latch": row.kill_latch}


def _defaults(row: Any) -> dict[str, Any]:
    """What holds while there is no row."""
    if isinstance(row, Switch):
        return {"active": row.name in ON_BY_DEFAULT}
    return {"enabled": False, "percentage": 0, "kill_latch": False}
