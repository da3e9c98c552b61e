"""Reads what a run inside the sandbox reported: hostile bytes, of which only lines with the run's nonce count."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.text import storable
from validation.domain.recorded import Calls, take_calls

MAX_ID = 500
_ABOUT = ("python", "pytest", "node", "tracer")
MAX_MESSAGE = 4000
MAX_LINE = 10_000_000  # numbers above are no line of any file
MAX_LINES_PER_FILE = 100_000


@dataclass(slots=True)
class Case:
    """One record of a finished test, cleaned. Places are as in the workspace folder; ``lines`` is by plan path."""

    id: str
    status: str
    seconds: float
    message: str
    hole: str | None
    frames: tuple[tuple[str, int], ...]
    lines: dict[str, tuple[int, ...]]


@dataclass(slots=True)
class Records:
    """All that one process reported. ``current`` is the test that had begun and not ended; ``code`` that of the end.

    ``calls``: path -> function -> calls of it that passing tests made, as text.
    """

    cases: list[Case] = field(default_factory=list)
    collect: list[Case] = field(default_factory=list)
    current: str | None = None
    code: int | None = None
    about: str = ""
    calls: Calls = field(default_factory=dict)


def read(data: bytes, *, nonce: str, paths: frozenset[str]) -> Records:
    """Parse the bytes of a result channel; coverage of files that are not in ``paths`` is dropped."""
    found = Records()
    for record in _lines(data, nonce):
        kind = record.get("k")
        if kind == "begin":
            found.current = _text(record.get("id"), MAX_ID)
        elif kind == "case":
            found.cases.append(_case(record, paths))
            found.current = None
        elif kind == "collect":
            found.collect.append(_case(record, paths))
        elif kind == "calls":
            take_calls(found.calls, record.get("rows"), paths)
        elif kind == "start":
            found.about = _about(record)
        elif kind == "end" and isinstance(record.get("code"), int):
            found.code = record["code"]
    return found


def _lines(data: bytes, nonce: str) -> Iterator[Mapping[str, Any]]:
    for line in data.split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue  # cut off by the end of the run, or forged
        if isinstance(record, dict) and record.get("n") == nonce:
            yield record


def _about(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_text(record[name], 60)}" for name in _ABOUT if name in record)


def _text(value: object, limit: int) -> str:
    return storable(value, limit=limit) if isinstance(value, str) else ""


def _case(record: Mapping[str, Any], paths: frozenset[str]) -> Case:
    seconds = record.get("seconds")
    lines = record.get("lines")
    frames = record.get("frames")
    return Case(
        id=_text(record.get("id"), MAX_ID),
        status=_text(record.get("status"), 20),
        seconds=float(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 1e9 else 0.0,
        message=_text(record.get("message"), MAX_MESSAGE),
        hole=_text(record.get("hole"), 200) or None,
        frames=tuple(_frames(frames if isinstance(frames, list) else [])),
        lines={p: numbers(t) for p, t in lines.items() if p in paths} if isinstance(lines, dict) else {},
    )


def _frames(frames: list[Any]) -> Iterator[tuple[str, int]]:
    for frame in frames[:40]:
        match frame:
            case [str() as place, int() as line] if 0 < line < MAX_LINE:
                yield storable(place, limit=1024), line


def numbers(text: object) -> tuple[int, ...]:
    """Return the line numbers of ``1-4,7``, sorted; what is malformed is left out."""
    found: set[int] = set()
    for part in text.split(",") if isinstance(text, str) else ():
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            start, end = int(first), int(last or first)
            if 0 < start <= end < MAX_LINE and end - start + len(found) < MAX_LINES_PER_FILE:
                found.update(range(start, end + 1))
    return tuple(sorted(found))
