"""Which files hold code that becomes a task, and in which language."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

LANGUAGE_BY_SUFFIX: Final[Mapping[str, str]] = {
    ".py": "python",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
}
LANGUAGES: Final = tuple(sorted(set(LANGUAGE_BY_SUFFIX.values())))


def language_of(path: str) -> str | None:
    """The language of a code file by its ending; None for what is not a task (``.d.ts`` only declares)."""
    if path.endswith(".d.ts"):
        return None
    return LANGUAGE_BY_SUFFIX.get(PurePosixPath(path).suffix)
