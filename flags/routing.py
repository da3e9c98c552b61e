"""Which engine a user gets, and which phases of V2 are on.

In this order: kill latch, blacklist, whitelist, flag, percentage. Nothing is cached, neither here nor by waffle, whose
cached readers are not used: a change is in force in every process at its next question.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from waffle import get_waffle_flag_model
from waffle.models import Switch

from flags import pins
from flags.models import FeatureFlag
from flags.pins import FLAG, SWITCHES
from kernel.states import ExecutionMode

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The mode that a user gets, and why. ``bucket`` is the user's sticky place among 0..99."""

    mode: ExecutionMode
    why: str
    bucket: int
    phases_off: tuple[str, ...] = ()


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
    enabled = pins.boolean("FF_ENABLE_V2")
    return Routing(
        enabled=bool(flag and flag.everyone) if enabled is None else enabled,
        percentage=pins.percentage(flag.v2_percentage if flag else 0),
        whitelist=pins.users("FF_V2_WHITELIST_USERS", _named(flag, "whitelist")),
        blacklist=pins.users("FF_V2_BLACKLIST_USERS", _named(flag, "blacklist")),
        killed=enabled is False or bool(flag and flag.kill_latch),
        pinned=pins.all_pinned(),
    )


def explain(user: Any) -> Decision:
    """The mode that a new run of this user gets where none is asked for, and why."""
    mode, why = decide(user, current())
    off = tuple(name for name, on in switches().items() if name.startswith("ENABLE_") and not on)
    if mode is ExecutionMode.V2_ATOMS and off:
        mode, why = ExecutionMode.HYBRID, f"{why}; off: {', '.join(off)}"
    return Decision(mode=mode, why=why, bucket=bucket(user.pk), phases_off=off)


def mode_for(user: Any) -> ExecutionMode:
    """The mode that a new run of this user gets where none is asked for."""
    return explain(user).mode


def switches() -> dict[str, bool]:
    """Every phase switch, environment over database."""
    stored = dict(Switch.objects.filter(name__in=SWITCHES).values_list("name", "active"))
    result = {}
    for name in SWITCHES:
        pinned = pins.boolean(f"FF_{name}")
        result[name] = stored.get(name, name in ON_BY_DEFAULT) if pinned is None else pinned
    return result


def _named(flag: FeatureFlag | None, which: str) -> frozenset[str]:
    return frozenset(str(pk) for pk in getattr(flag, which).values_list("pk", flat=True)) if flag else frozenset()
