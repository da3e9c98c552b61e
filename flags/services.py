"""The one way to change a flag or a switch: with a reason, with the version that was read, never against a pin."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from waffle.models import Switch

from flags import pins
from flags.errors import FlagChanged, FlagPinned
from flags.models import FeatureFlag, FlagChange
from flags.pins import FLAG, SWITCHES
from flags.routing import ON_BY_DEFAULT
from flags.signals import flag_changed
from kernel.errors import InvalidInput, NotFound
from kernel.text import storable

FLAG_FIELDS = ("enabled", "percentage", "whitelist", "blacklist", "kill_latch")
_audited: ContextVar[bool] = ContextVar("flags_audited", default=False)


def change(
    name: str,
    fields: Mapping[str, Any],
    *,
    reason: str,
    source: FlagChange.Source,
    by: Any = None,
    version: int | None = None,
) -> FlagChange | None:
    """Set fields of ``ENABLE_V2`` (``FLAG_FIELDS``; lists hold user names or keys) or ``active`` of a switch.

    ``version`` is what the caller saw; another one since raises FlagChanged. None: nothing differs. Raises FlagPinned,
    InvalidInput, NotFound; nothing is written then.
    """
    reason = storable(reason, limit=2000).strip()
    if not reason:
        raise InvalidInput("Say why: every change of a flag needs a reason.", field="reason")
    wanted = _checked(name, fields)
    with transaction.atomic(), auditing():
        row = _locked(name)
        seen = version_of(name)
        if version is not None and version != seen:
            raise FlagChanged(f"{name} was changed since you read it. Look at it again.", version=seen)
        before = stored(row)
        for field in wanted:
            refuse_pinned(name, field)
        wanted = {field: value for field, value in wanted.items() if before[field] != value}
        if not wanted:
            return None
        _write(row, wanted)
        return record(
            name, before={field: before[field] for field in wanted}, after=wanted, reason=reason, by=by, source=source
        )


def version_of(name: str) -> int:
    """The number of the newest change of a name; 0 before the first."""
    newest: int | None = FlagChange.objects.filter(name=name).aggregate(newest=Max("id"))["newest"]
    return newest or 0


def stored(row: FeatureFlag | Switch) -> dict[str, Any]:
    """What the database holds, in the words of the API; user names sorted."""
    if isinstance(row, Switch):
        return {"active": row.active}
    return {
        "enabled": bool(row.everyone),
        "percentage": row.v2_percentage,
        "whitelist": sorted(row.whitelist.values_list("username", flat=True)),
        "blacklist": sorted(row.blacklist.values_list("username", flat=True)),
        "kill_latch": row.kill_latch,
    }


def row_of(name: str) -> FeatureFlag | Switch:
    """The row of a flag or switch, made with its defaults where it is missing. NotFound for any other name."""
    if name not in (FLAG, *SWITCHES):
        raise NotFound(f"There is no flag {name[:60]!r}; known are {', '.join((FLAG, *SWITCHES))}.")
    with auditing():  # defaults are no change
        if name == FLAG:
            flag: FeatureFlag = FeatureFlag.objects.get_or_create(name=FLAG)[0]
            return flag
        switch: Switch = Switch.objects.get_or_create(name=name, defaults={"active": name in ON_BY_DEFAULT})[0]
        return switch


def refuse_pinned(name: str, field: str) -> None:
    """Raise FlagPinned where the environment holds this field."""
    if variable := pins.variable_of(name, field):
        raise FlagPinned(
            f"{name} ({field}) is pinned by the environment variable {variable}: unset it there, then restart.",
            variable=variable,
        )


@contextmanager
def auditing() -> Iterator[None]:
    """Saves inside are recorded by whoever opened this."""
    token = _audited.set(True)
    try:
        yield
    finally:
        _audited.reset(token)


def is_audited() -> bool:
    """Whether the save under way is recorded by our services."""
    return _audited.get()


def record(
    name: str, *, before: dict[str, Any], after: dict[str, Any], reason: str, by: Any, source: FlagChange.Source
) -> FlagChange:
    """Append to the history and tell."""
    entry = FlagChange.objects.create(
        name=name,
        before=before,
        after=after,
        reason=reason,
        by=by if getattr(by, "is_authenticated", False) else None,
        source=source,
    )
    flag_changed.send(sender=FlagChange, change=entry)
    return entry


def _locked(name: str) -> FeatureFlag | Switch:
    row = row_of(name)
    locked: FeatureFlag | Switch = type(row).objects.select_for_update().get(pk=row.pk)
    return locked


def _checked(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    known = FLAG_FIELDS if name == FLAG else ("active",)
    if unknown := sorted(set(fields) - set(known)):
        raise InvalidInput(f"{name} has no {unknown[0]!r}; it has {', '.join(known)}.", field=unknown[0])
    return {field: _value(field, value) for field, value in fields.items()}


def _value(field: str, value: Any) -> Any:
    if field in ("whitelist", "blacklist"):
        return _usernames(field, value)
    if field == "percentage":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            raise InvalidInput(f"A percentage of {value!r} is not possible: give a whole number from 0 to 100.")
        return value
    if not isinstance(value, bool):
        raise InvalidInput(f"{field}={value!r} is not possible: give true or false.", field=field)
    return value


def _usernames(field: str, words: Iterable[Any]) -> list[str]:
    names: set[str] = set()
    for word in words:
        users = User.objects.filter(username=str(word)) or (
            User.objects.filter(pk=int(word))
            if str(word).isascii() and str(word).isdigit() and len(str(word)) < 10
            else []
        )
        user = next(iter(users), None)
        if user is None:
            raise InvalidInput(f"There is no user {str(word)[:60]!r} for the {field}.", field=field)
        names.add(user.get_username())
    return sorted(names)


def _write(row: FeatureFlag | Switch, wanted: Mapping[str, Any]) -> None:
    if isinstance(row, Switch):
        row.active = wanted["active"]
    else:
        row.everyone = wanted.get("enabled", bool(row.everyone))
        row.v2_percentage = wanted.get("percentage", row.v2_percentage)
        row.kill_latch = wanted.get("kill_latch", row.kill_latch)
        row.modified = timezone.now()
        for field in ("whitelist", "blacklist"):
            if field in wanted:
                getattr(row, field).set(User.objects.filter(username__in=wanted[field]))
    row.save()
