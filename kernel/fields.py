"""Database fields that are native on PostgreSQL and JSON on SQLite."""

import json
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Field = models.Field[Any, list[uuid.UUID]]
else:
    _Field = models.Field  # generic for the type checker only


class UUIDArrayField(_Field):
    """``UUID[]`` on PostgreSQL, a JSON list elsewhere. In Python always a list of UUIDs."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column type for the connected database."""
        return "uuid[]" if connection.vendor == "postgresql" else "text"

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> list[uuid.UUID] | None:
        """Read the native list or the JSON text."""
        return None if value is None else self.to_python(value)

    def to_python(self, value: Any) -> list[uuid.UUID]:
        """Accept a list or JSON text of anything that reads as a UUID."""
        items: Iterable[Any] = json.loads(value) if isinstance(value, str) else (value or [])
        return [item if isinstance(item, uuid.UUID) else uuid.UUID(str(item)) for item in items]

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Write the native list or the JSON text."""
        if value is None:
            return None
        items = self.to_python(value)
        return items if connection.vendor == "postgresql" else json.dumps([str(item) for item in items])

    def value_to_string(self, obj: models.Model) -> str:
        """JSON, for serialisers."""
        return json.dumps([str(item) for item in self.to_python(self.value_from_object(obj))])
