"""File patterns as people know them from .gitignore and ripgrep."""

import re
from functools import lru_cache


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.removeprefix("./").removeprefix("/")
    if pattern.endswith("/"):
        pattern += "**"
    pieces: list[str] = []
    for token in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern):
        match token:
            case "**/":
                pieces.append("(?:[^/]+/)*")
            case "**":
                pieces.append(".*")
            case "*":
                pieces.append("[^/]*")
            case "?":
                pieces.append("[^/]")
            case _:
                pieces.append(re.escape(token))
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(pieces))


def matches(path: str, pattern: str) -> bool:
    """Whether a path matches: ``*`` and ``?`` stay within a folder, ``**`` crosses folders.

    A pattern without ``/`` matches names at any depth (``*.py``); with one it is anchored at the root (``/*.py`` is the
    top level alone, ``src/**`` everything below ``src``).
    """
    return _compiled(pattern).fullmatch(path) is not None
