"""Are the seven V2 tables here? They can be migrated away, also under a running process; the MVP goes on without."""

import time

from django.db import connection

from kernel.errors import V2NotInstalled

TABLES = frozenset(
    {
        "atomic_units",
        "atom_dependencies",
        "dependency_graphs",
        "execution_waves",
        "validation_results",
        "atom_retry_history",
        "human_review_queue",
    }
)
REMEMBERED_SECONDS = 1.0
_seen: tuple[bool, float] | None = None


def v2_installed() -> bool:
    """Whether all seven are here; what was seen counts for a second."""
    global _seen  # noqa: PLW0603 - one answer a process
    now = time.monotonic()
    if _seen is None or now - _seen[1] > REMEMBERED_SECONDS:
        _seen = (set(connection.introspection.table_names()) >= TABLES, now)
    return _seen[0]


def require_v2() -> None:
    """Raise V2NotInstalled where they are not."""
    if not v2_installed():
        raise V2NotInstalled(
            "V2 is not installed: its tables were migrated away. The MVP goes on; `manage.py migrate` brings them back."
        )


def forget(**_: object) -> None:
    """Look again at the next question; called after migrations in this process."""
    global _seen  # noqa: PLW0603 - see above
    _seen = None
