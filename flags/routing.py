"""Which engine a user gets, and which phases of V2 are on.

In this order: kill latch, blacklist, whitelist, flag, percentage.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from waffle import get_waffle_flag_model
from waffle.models import Switch

from flags.models import FeatureFlag
from kernel.states import ExecutionMode

FLAG = "ENABLE_V2"
SWITCHES = (
    "ENABLE_AST_ATOMIZATION",
    "ENABLE_DEPENDENCY_GRAPH",
    "ENABLE_HIERARCHICAL_VALIDATION",
    "ENABLE_WAVE_EXECUTION",
    "ENABLE_RETRY_FEEDBACK",
    "ENABLE_HUMAN_REVIEW",
    "FALLBACK_TO_MVP_ON_ERROR",
)
ON_BY_DEFAULT = frozenset({"FALLBACK_TO_MVP_ON_ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The settings that decide, environment over database. ``pinned`` names what the environment holds."""

    enabled: bool
    percentage: int
    whitelist: frozenset[str]
    blacklist: frozenset[str]
    killed: bool
    pinned: tuple[str, ...]


def bucket(user_pk: object) -> int:
    """0..99 by md5 of the user's key: the same for ever, so that a user never changes sides at one percentage."""
    return int(hashlib.md5(str(user_pk).encode(), usedforsecurity=False).hexdigest(), 16) % 100


def decide(user: Any, routing: Routing) -> tuple[ExecutionMode, str]:
    """The mode for a user, and why."""
    names = {str(user.pk), str(user.get_username())}
    if routing.killed:
        return ExecutionMode.MVP, "the kill latch is set"
    if names & routing.blacklist:
        return ExecutionMode.MVP, "the user is on the blacklist"
    if names & routing.whitelist:
        return ExecutionMode.V2_ATOMS, "the user is on the whitelist"
    if not routing.enabled:
        return ExecutionMode.MVP, f"{FLAG} is off"
    number = bucket(user.pk)
    if number < routing.percentage:
        return ExecutionMode.V2_ATOMS, f"bucket {number} is below {routing.percentage} %"
    return ExecutionMode.MVP, f"bucket {number} is not below {routing.percentage} %"


def current() -> Routing:
    """The routing in force now: the database, overridden by ``FF_`` variables."""
    flag = get_waffle_flag_model().objects.filter(name=FLAG).first()
    pinned = tuple(sorted(name for name in os.environ if name.startswith("FF_")))
    enabled = _pinned_bool("FF_ENABLE_V2")
    return Routing(
        enabled=_enabled(flag) if enabled is None else enabled,
        percentage=_pinned_percentage(flag.v2_percentage if flag else 0),
        whitelist=_pinned_users("FF_V2_WHITELIST_USERS", _named(flag, "whitelist")),
        blacklist=_pinned_users("FF_V2_BLACKLIST_USERS", _named(flag, "blacklist")),
        killed=enabled is False or bool(flag and flag.kill_latch),
        pinned=pinned,
    )


def mode_for(user: Any) -> ExecutionMode:
    """The mode that a new run of this user gets where none is asked for."""
    mode, _ = decide(user, current())
    if mode is ExecutionMode.V2_ATOMS and not all(on for name, on in switches().items() if name.startswith("ENABLE_")):
        return ExecutionMode.HYBRID
    return mode


def switches() -> dict[str, bool]:
    """Every phase switch, environment over database."""
    stored = dict(Switch.objects.filter(name__in=SWITCHES).values_list("name", "active"))
    result = {}
    for name in SWITCHES:
        pinned = _pinned_bool(f"FF_{name}")
        result[name] = stored.get(name, name in ON_BY_DEFAULT) if pinned is None else pinned
    return result


def check_pins() -> None:
    """Read every ``FF_`` variable once, at start-up. ImproperlyConfigured names one that is malformed or unknown."""
    known = {f"FF_{name}" for name in SWITCHES} | {"FF_ENABLE_V2"}
    for name in sorted(name for name in os.environ if name.startswith("FF_")):
        if name in known:
            _pinned_bool(name)
        elif name == "FF_V2_PERCENTAGE":
            _pinned_percentage(0)
        elif name in ("FF_V2_WHITELIST_USERS", "FF_V2_BLACKLIST_USERS"):
            _pinned_users(name, frozenset())
        else:
            raise ImproperlyConfigured(f"{name} pins no flag that exists: remove it, or mend its name")


def _enabled(flag: FeatureFlag | None) -> bool:
    return bool(flag and flag.everyone)


def _named(flag: FeatureFlag | None, which: str) -> frozenset[str]:
    return frozenset(str(pk) for pk in getattr(flag, which).values_list("pk", flat=True)) if flag else frozenset()


def _pinned_bool(name: str) -> bool | None:
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return None
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is not valid: expected true or false")


def _pinned_percentage(stored: int) -> int:
    raw = os.environ.get("FF_V2_PERCENTAGE", "").strip()
    if not raw:
        return stored
    if not raw.isdigit() or int(raw) > 100:
        raise ImproperlyConfigured(f"FF_V2_PERCENTAGE={raw!r} is not valid: expected a whole number from 0 to 100")
    return int(raw)


def _pinned_users(name: str, stored: frozenset[str]) -> frozenset[str]:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return stored
    if not raw.startswith("["):
        return frozenset(word.strip() for word in raw.split(",") if word.strip())
    try:
        words = json.loads(raw)
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not valid: expected a JSON list or words by comma") from error
    if not isinstance(words, list):
        raise ImproperlyConfigured(f"{name}={raw!r} is not valid: expected a JSON list or words by comma")
    return frozenset(str(word) for word in words)
