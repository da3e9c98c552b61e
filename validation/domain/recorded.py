"""Calls that tests made of the project's functions, recorded in the sandbox: hostile text, bounded.

How a call is written is told in ``inside/call_values.py`` and ``.mjs``. Nothing but the sandbox turns one into values.
"""

import json
import zlib
from collections.abc import Iterable, Mapping

INNER = ".<locals>."  # between the name of a function and that of one which it makes
PER_FUNCTION = 24
MAX_CALL = 16_000  # characters
MAX_NAME = 300
MAX_ALL = 16_000_000  # characters kept of one suite

Calls = dict[str, dict[str, list[str]]]  # path -> qualified name -> calls
Recorded = Mapping[str, Mapping[str, tuple[str, ...]]]


def take_calls(into: Calls, rows: object, paths: frozenset[str]) -> None:
    """Add what a process reported; rows that are malformed, too long, or about other files are left out."""
    for row in rows if isinstance(rows, list) else ():
        match row:
            case [str() as path, str() as name, str() as call] if path in paths:
                if len(name) <= MAX_NAME and len(call) <= MAX_CALL and name.isprintable() and call.isascii():
                    held = into.setdefault(path, {}).setdefault(name, [])
                    if len(held) < 2 * PER_FUNCTION and call not in held:
                        held.append(call)


def joined(parts: Iterable[Calls]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The calls of all processes of a suite; a function keeps some of each process."""
    found: Calls = {}
    size = 0
    for part in parts:
        for path, functions in part.items():
            for name, calls in functions.items():
                held = found.setdefault(path, {}).setdefault(name, [])
                for call in calls:
                    size += len(call)
                    if call not in held and size <= MAX_ALL:
                        held.append(call)
    return {p: {n: tuple(_spread(calls)) for n, calls in names.items()} for p, names in found.items()}


def _spread(calls: list[str]) -> list[str]:
    """At most as many as are kept, from all over the list."""
    step = max(1, -(-len(calls) // PER_FUNCTION))
    return calls[::step][:PER_FUNCTION]


def packed(calls: Recorded) -> bytes:
    """As a row holds them; nothing where there are none."""
    return zlib.compress(json.dumps(calls, separators=(",", ":")).encode(), level=6) if calls else b""


def unpacked(data: bytes) -> dict[str, dict[str, tuple[str, ...]]]:
    """What :func:`packed` wrote."""
    found = json.loads(zlib.decompress(data)) if data else {}
    return {path: {name: tuple(calls) for name, calls in names.items()} for path, names in found.items()}
