"""Where the results of imports and sweeps go, for the admin to look at."""

from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django_celery_results.backends import DatabaseBackend

log = structlog.get_logger(__name__)


class Results(DatabaseBackend):  # type: ignore[misc]  # no stubs
    """The database; a result that cannot be stored there is lost, and nothing else.

    Celery stores a failure a second time where the first time fails. While the database is away that fails as well, and
    the error leaves the worker's thread past all that would tell the worker: it goes on counting the task as running.
    After as many such tasks as it has threads it takes no other one, the sweeps that would wake a run among them.
    """

    def store_result(self, task_id: str, result: Any, state: str, *args: Any, **words: Any) -> Any:
        """Store it, if there is a database just now."""
        try:
            return super().store_result(task_id, result, state, *args, **words)
        except (DatabaseError, InterfaceError) as error:
            log.warning("result_not_stored", task=task_id, state=state, error=str(error))
            if not connection.in_atomic_block:
                connection.close()  # the next task shall not meet the broken one
            return result
