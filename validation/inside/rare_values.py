"""Inside the sandbox, beside call_values.py: values that are no containers and hold nothing but what is told here.

A pattern, a stream in memory, a lock, a zone, a module, a bound method, a partial call, an exception; and what stands
in for a function that cannot be named. A node is as there.
"""

import functools
import io
import random
import re
import sys
import threading
import types
import zoneinfo
from collections.abc import Callable
from typing import Any

_LOCKS: dict[type, str] = {type(threading.Lock()): "Lock", type(threading.RLock()): "RLock"}
STREAMS = (io.StringIO, io.BytesIO)


def told(
    value: Any, kind: type, encode: Callable[[Any], Any], name: Callable[[Any], tuple[str, str]]
) -> list[Any] | None:
    """The node of such a value, ``None`` for any other. ``name`` gives the module and name of a class, or raises."""
    if kind is re.Pattern and type(value.pattern) is str:
        return ["Pattern", value.pattern, str(value.flags)]
    if kind in STREAMS and not value.closed:
        held = value.getvalue()
        return [kind.__name__, held if kind is io.StringIO else held.hex(), str(value.tell())]
    if kind in _LOCKS:
        return [_LOCKS[kind]]
    if kind is types.ModuleType and isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value:
        return ["global", value.__name__, ""]
    if kind is types.MethodType:
        return ["method", [encode(value.__self__), value.__func__.__name__]]
    if kind is types.MethodDescriptorType:
        module, owner = name(value.__objclass__)
        return ["global", module, f"{owner}.{value.__name__}"]
    if kind is zoneinfo.ZoneInfo and value.key:
        return ["ZoneInfo", value.key]
    if kind is functools.partial:
        return ["partial", [encode(one) for one in (value.func, value.args, value.keywords)]]
    if issubclass(kind, BaseException):
        held = list(object.__getattribute__(value, "__dict__").items())
        return ["error", *name(kind), [encode(one) for one in value.args], [[n, encode(one)] for n, one in held]]
    return None


def made(node: Any, decode: Callable[[Any], Any], find: Callable[[str, str], Any]) -> Any:
    """The value of such a node, ``None`` for any other."""
    match node:
        case ["Random", str() as text]:
            return random.Random(int(text))  # noqa: S311 - reproducible
        case ["range", start, stop, step]:
            return range(decode(start), decode(stop), decode(step))
        case ["member", str() as module, str() as name, str() as member]:
            return find(module, name)[member]
        case ["Pattern", str() as text, str() as flags]:
            return re.compile(text, int(flags))
        case ["StringIO" | "BytesIO" as name, str() as text, str() as place]:
            stream: Any = io.StringIO(text) if name == "StringIO" else io.BytesIO(bytes.fromhex(text))
            stream.seek(int(place))
            return stream
        case ["ZoneInfo", str() as key]:
            return zoneinfo.ZoneInfo(key)
        case ["Lock" | "RLock" as name]:
            return getattr(threading, name)()
        case ["method", [owner, str() as name]]:
            return getattr(decode(owner), name)
        case ["partial", [function, values, named]]:
            return functools.partial(decode(function), *decode(values), **decode(named))
        case ["error", str() as module, str() as name, list() as rows, list() as held]:
            kind = find(module, name)
            error = kind.__new__(kind, *map(decode, rows))
            error.__dict__.update((key, decode(one)) for key, one in held)
            return error
    return None


def shown(value: Any, kind: type) -> str:
    """What cannot be looked into, by its class; of a zone of the standard library which one it is."""
    return f"ZoneInfo({value.key!r})" if kind is zoneinfo.ZoneInfo else f"<{kind.__qualname__}>"


def stand_in(silent: bool, tell: Callable[[Any], None]) -> Any:
    """In place of a function without an importable name: deterministic, and good enough to compare two callers."""

    def standing(*values: Any, **named: Any) -> Any:
        tell((values, named) if named else values)
        if silent or not values:
            return None if silent else 1
        if len(values) == 1:
            return values[0]
        try:
            return values[0] + values[1]
        except Exception:  # noqa: BLE001 - whatever the operands say
            return values

    standing.__qualname__ = "silent" if silent else "stand_in"  # inputs are told apart by their texts
    return standing
