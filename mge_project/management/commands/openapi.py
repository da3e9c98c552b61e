"""``openapi``: write the schema of the API, or say that the written one is out of date."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from kernel.commands import BROKEN, MgeCommand
from kernel.errors import InvalidInput

DEFAULT_FILE = settings.BASE_DIR / "frontend" / "openapi.json"


class Command(MgeCommand):
    """``openapi [--file FILE] [--check]``; exit 1 where ``--check`` finds a difference."""

    help = "Write the OpenAPI schema, from which the console's client is generated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, and whether to compare instead."""
        parser.add_argument("--file", type=Path, default=DEFAULT_FILE, help="default: frontend/openapi.json")
        parser.add_argument("--check", action="store_true", help="compare only; exit 1 where the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Generate, validate, then write or compare."""
        path: Path = options["file"]
        schema = _schema()
        if not options["check"]:
            path.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n")
            self.note(f"{path.name}: {len(schema['paths'])} paths")
            return
        written = _read(path)
        if place := first_difference(written, json.loads(json.dumps(schema))):
            self.note(f"{path.name} differs from the API at {place}. Run: make api")
            raise SystemExit(BROKEN)


def _schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # the library has no types here
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)
    validate_schema(schema)  # type: ignore[no-untyped-call]  # likewise
    return schema


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}. Run: make api") from None
    except ValueError:
        raise InvalidInput(f"{path} is not JSON. Run: make api") from None


def first_difference(old: Any, new: Any, place: str = "") -> str | None:
    """The address of the first value that is not the same in both, or None."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            here = f"{place}/{key}"
            if key not in old or key not in new:
                return here
            if found := first_difference(old[key], new[key], here):
                return found
        return None
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return next((found for i, (a, b) in pairs if (found := first_difference(a, b, f"{place}/{i}"))), None)
    return None if old == new else (place or "/")
