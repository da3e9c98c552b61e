"""``python -m bench NAME --json [arguments]``: run one measurement.

Progress goes to stderr; the last line of stdout is the object that the measurement returned. A measurement is a module
``bench.NAME`` (or a package of that name) with ``main(argv) -> dict``. Exit 2: no such measurement, or bad arguments.
"""

import importlib
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.util import find_spec
from typing import Any

from kernel.errors import MgeError

NAMES = ("atomizer", "graph", "validation", "scheduler", "api", "review")
BAD_INPUT = 2

Measurement = Callable[[list[str]], dict[str, Any]]


def _find(name: str) -> Measurement | str:
    """The measurement, or why there is none."""
    if name not in NAMES:
        return f"There is no measurement {name!r}: choose one of {', '.join(NAMES)}."
    if find_spec(f"bench.{name}") is None:
        return f"The measurement {name} is not built yet."
    main: Measurement | None = getattr(importlib.import_module(f"bench.{name}"), "main", None)
    return main or f"The measurement {name} is not built yet."


def main(argv: list[str]) -> int:
    """Run the measurement that the first argument names."""
    words = [word for word in argv if word != "--json"]
    if not words:
        sys.stderr.write(f"Name a measurement: {', '.join(NAMES)}.\n")
        return BAD_INPUT
    found = _find(words[0])
    if isinstance(found, str):
        sys.stderr.write(f"{found}\n")
        return BAD_INPUT
    try:
        with redirect_stdout(sys.stderr):  # whatever a measurement prints is progress
            result = found(words[1:])
    except MgeError as error:
        sys.stderr.write(f"{error.message}\n")
        return BAD_INPUT
    sys.stdout.write(json.dumps(result, indent=None if "--json" in argv else 2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
