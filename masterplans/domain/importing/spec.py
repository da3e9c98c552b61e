"""A plan before it becomes rows: what every importer makes and ``masterplans.services.create_from_spec`` stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from masterplans.domain.workspace import WorkspaceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Where a file cannot be read as code. Lines and columns count from 1."""

    line: int
    column: int
    message: str

    def as_json(self) -> dict[str, Any]:
        """The form of the database and the API."""
        return {"line": self.line, "column": self.column, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One file to write or change. ``depends_on`` holds target paths."""

    name: str
    path: str
    place: str
    language: str
    description: str = ""
    draft: bytes | None = None
    acceptance_tests: tuple[Mapping[str, Any], ...] = ()
    depends_on: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSpec:
    """A whole plan, checked: paths are safe and unique, dependencies exist and have no cycle.

    ``notices`` are lines for the person who imports: what was left out, and why.
    """

    name: str
    tasks: tuple[TaskSpec, ...]
    files: tuple[WorkspaceFile, ...] = ()  # tests and support
    description: str = ""
    budget_usd: Decimal | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    root_package: str | None = None
    python: str | None = None
    node_modules: str | None = None
    notices: tuple[str, ...] = ()
