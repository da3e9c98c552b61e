"""``FF_`` variables: they pin flags above the database, in the process that has them.

Every reader is loud: a malformed value is an ImproperlyConfigured that names the variable.
"""

import json
import os

from django.core.exceptions import ImproperlyConfigured

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
_FLAG_VARIABLES = {
    "enabled": "FF_ENABLE_V2",
    "percentage": "FF_V2_PERCENTAGE",
    "whitelist": "FF_V2_WHITELIST_USERS",
    "blacklist": "FF_V2_BLACKLIST_USERS",
}


def variable_of(name: str, field: str) -> str | None:
    """The variable that pins a field of a flag now; None where the database decides."""
    variable = _FLAG_VARIABLES.get(field) if name == FLAG else f"FF_{name}" if field == "active" else None
    return variable if variable and os.environ.get(variable, "").strip() else None


def pinned_fields(name: str) -> dict[str, str]:
    """``{field: variable}`` of everything that the environment holds of a flag or switch."""
    fields = _FLAG_VARIABLES if name == FLAG else ("active",)
    return {field: variable for field in fields if (variable := variable_of(name, field))}


def all_pinned() -> tuple[str, ...]:
    """The names of all ``FF_`` variables that are set, sorted."""
    return tuple(sorted(name for name in os.environ if name.startswith("FF_")))


def check_pins() -> None:
    """Read every ``FF_`` variable once, at start-up. ImproperlyConfigured names one that is malformed or unknown."""
    known = {f"FF_{name}" for name in SWITCHES} | {"FF_ENABLE_V2"}
    for name in all_pinned():
        if name in known:
            boolean(name)
        elif name == "FF_V2_PERCENTAGE":
            percentage(0)
        elif name in ("FF_V2_WHITELIST_USERS", "FF_V2_BLACKLIST_USERS"):
            users(name, frozenset())
        else:
            raise ImproperlyConfigured(f"{name} pins no flag that exists: remove it, or mend its name")


def boolean(name: str) -> bool | None:
    """The pinned yes or no; None where nothing is pinned."""
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return None
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is not valid: expected true or false")


def percentage(stored: int) -> int:
    """The pinned percentage, else the stored one."""
    raw = os.environ.get("FF_V2_PERCENTAGE", "").strip()
    if not raw:
        return stored
    if not (raw.isascii() and raw.isdigit()) or int(raw[:9]) > 100:
        raise ImproperlyConfigured(f"FF_V2_PERCENTAGE={raw!r} is not valid: expected a whole number from 0 to 100")
    return int(raw)


def users(name: str, stored: frozenset[str]) -> frozenset[str]:
    """The pinned list of users (keys or names), else the stored one."""
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
