"""Reads of flags: what is in force, what pins it, who changed it, and how many users a percentage moves."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from flags import pins, routing
from flags.models import FlagChange
from flags.pins import FLAG, SWITCHES
from flags.services import row_of, stored, version_of
from kernel.errors import InvalidInput, NotFound
from kernel.states import ExecutionMode

#: What a phase of V2 stands on; with that off, it works on what the MVP's way leaves it.
REQUIRES: dict[str, tuple[str, ...]] = {
    "ENABLE_WAVE_EXECUTION": ("ENABLE_DEPENDENCY_GRAPH",),
    "ENABLE_RETRY_FEEDBACK": ("ENABLE_HIERARCHICAL_VALIDATION",),
    "ENABLE_HUMAN_REVIEW": ("ENABLE_HIERARCHICAL_VALIDATION",),
}
#: What happens instead where the switch is off.
WHEN_OFF: dict[str, str] = {
    "ENABLE_V2": "everybody but the named users gets the MVP",
    "ENABLE_AST_ATOMIZATION": "subtasks of about 25 lines instead of atoms",
    "ENABLE_DEPENDENCY_GRAPH": "file order instead of the graph",
    "ENABLE_HIERARCHICAL_VALIDATION": "a syntax check instead of four levels",
    "ENABLE_WAVE_EXECUTION": "at most three at once instead of waves",
    "ENABLE_RETRY_FEEDBACK": "one blind retry instead of three with the findings",
    "ENABLE_HUMAN_REVIEW": "nothing enters the review queue",
    "FALLBACK_TO_MVP_ON_ERROR": "a run whose engine breaks fails instead of going on the MVP way",
}


def flags_payload() -> list[dict[str, Any]]:
    """Every flag as it is in force, ``ENABLE_V2`` first."""
    return [flag_payload(name) for name in (FLAG, *SWITCHES)]


def flag_payload(name: str) -> dict[str, Any]:
    """One flag as it is in force, and what of it the environment holds."""
    values = stored(row_of(name))
    if name == FLAG:
        now = routing.current()
        values |= {"enabled": now.enabled, "percentage": now.percentage, "killed": now.killed}
        for field in ("whitelist", "blacklist"):
            if pins.variable_of(name, field):
                values[field] = sorted(getattr(now, field))
    else:
        values["active"] = routing.switches()[name]
    newest = FlagChange.objects.filter(name=name).select_related("by").first()
    return {
        "name": name,
        "is_switch": name != FLAG,
        **{field: values.get(field) for field in (*_FLAG_VALUES, "active")},
        "pinned": pins.pinned_fields(name),
        "requires": list(REQUIRES.get(name, ())),
        "when_off": WHEN_OFF[name],
        "version": version_of(name),
        "last_change": newest,
    }


_FLAG_VALUES = ("enabled", "percentage", "whitelist", "blacklist", "kill_latch", "killed")


def history() -> QuerySet[FlagChange]:
    """All changes, the newest first."""
    return FlagChange.objects.select_related("by")


def user_named(word: str) -> User:
    """A user by name or key; NotFound otherwise."""
    user = User.objects.filter(username=word).first()
    if user is None and word.isascii() and word.isdigit() and len(word) < 10:
        user = User.objects.filter(pk=int(word)).first()
    if user is None:
        raise NotFound(f"There is no user {word[:60]!r}.")
    return user


def preview(percentage: int) -> dict[str, int]:
    """How many active users a percentage would move, if ``ENABLE_V2`` is on and the lists stay."""
    if not 0 <= percentage <= 100:
        raise InvalidInput(f"A percentage of {percentage} is not possible: give 0 to 100.")
    now = routing.current()
    then = routing.Routing(
        enabled=percentage > 0,
        percentage=percentage,
        whitelist=now.whitelist,
        blacklist=now.blacklist,
        killed=now.killed,
        pinned=now.pinned,
    )
    counts = {"users": 0, "on_v2_now": 0, "on_v2_then": 0, "to_v2": 0, "to_mvp": 0}
    for user in User.objects.filter(is_active=True).only("pk", "username").iterator():
        before = routing.decide(user, now)[0] is ExecutionMode.V2_ATOMS
        after = routing.decide(user, then)[0] is ExecutionMode.V2_ATOMS
        counts["users"] += 1
        counts["on_v2_now"] += before
        counts["on_v2_then"] += after
        counts["to_v2"] += after and not before
        counts["to_mvp"] += before and not after
    return counts
