"""The language between the two sandboxes: plain values, handles, callbacks. Shipped into both, standard library only.

A frame is a length and JSON. JSON's own null, booleans, strings and small integers stand for themselves; everything
else is a list whose first element is a tag. A value is exact: an instance of a subclass (which may lie about equality)
crosses as a handle, a number into the sender's table, never as its contents. Nothing is ever executed to decode.
While a function of the tests runs, both sides know the containers handed to it: what it changed in them travels back.
"""

import importlib
import json
import os
import struct
from collections.abc import Callable, Sequence
from typing import Any

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 60
_SMALL = 1 << 53

# Class by module and name, and how it is made from text. The modules are loaded only where such a value occurs.
_TEXT_TYPES = {
    ("decimal", "Decimal"): "",
    ("fractions", "Fraction"): "",
    ("datetime", "date"): "fromisoformat",
    ("uuid", "UUID"): "",
}
_MOMENTS = {("datetime", "datetime"), ("datetime", "time")}  # text, fold and zone
_OTHER_CLASSES = _MOMENTS | {("datetime", "timedelta"), ("datetime", "timezone"), ("zoneinfo", "ZoneInfo")}
_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
_SEQUENCE_TAGS: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}


def _library_class(name: tuple[str, str]) -> Any:
    """Return one of the few classes above; for any other name there is none."""
    if name not in _TEXT_TYPES and name not in _OTHER_CLASSES:
        raise ProtocolError("unknown class")
    return getattr(importlib.import_module(name[0]), name[1])


class ProtocolError(Exception):
    """The other side sent what no honest side sends, or is gone."""


class Channel:
    """Frames over two descriptors."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd, self._write_fd = read_fd, write_fd

    def send(self, message: object) -> None:
        """Send one frame; too large a one is an error here."""
        data = json.dumps(message).encode()
        if len(data) > MOST_BYTES:
            raise ProtocolError("a value is too large to cross")
        view = memoryview(struct.pack("!I", len(data)) + data)
        while view:
            try:
                view = view[os.write(self._write_fd, view) :]
            except BrokenPipeError:
                raise ProtocolError("the code under test has ended") from None

    def receive(self) -> Any:
        """Receive one frame."""
        size = struct.unpack("!I", self._exactly(4))[0]
        if size > MOST_BYTES:
            raise ProtocolError("a frame is too large")
        try:
            return json.loads(self._exactly(size))
        except (ValueError, RecursionError):
            raise ProtocolError("a frame is no JSON") from None

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self._read_fd, min(size, 65536))
            if not part:
                raise ProtocolError("the code under test has ended")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Codec:
    """Values to and from JSON. ``other`` encodes what is no value; ``known`` decodes the tags of handles.

    ``lent``: containers that the other side has too, in this order; they cross as their places in it.
    """

    def __init__(
        self, other: Callable[[Any], list[Any]], known: Callable[[str, list[Any]], Any], lent: Sequence[Any] = ()
    ) -> None:
        self._other, self._known, self._lent = other, known, lent
        self._places = {id(one): place for place, one in enumerate(lent)}
        self.mutables: list[Any] = []  # lists, dicts, sets of the message, in the order met: both sides meet the same
        self.aliased = False  # whether one of them was met twice: the other side gets two
        self._met: set[int] = set()

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return what JSON can carry."""
        if depth > MOST_DEPTH:
            raise ProtocolError("a value is nested too deeply")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -_SMALL < value < _SMALL else ["int", hex(value)]
        if kind is float:
            return ["float", value.hex()]
        if kind is bytes or kind is bytearray:
            return [kind.__name__, value.hex()]
        if id(value) in self._places:
            return ["lent", self._places[id(value)]]
        if kind in _SEQUENCE_TAGS or kind is dict:
            return self._encode_container(value, kind, depth)
        return self._encode_rare(value, kind, depth)

    def contents(self) -> list[Any]:
        """Return what each lent container holds, encoded; other lent ones in it by their places."""
        return [self._encode_container(one, type(one), 0) for one in self._lent]

    def _encode_container(self, value: Any, kind: type, depth: int) -> list[Any]:
        if kind is not tuple and kind is not frozenset:
            self.mutables.append(value)
            self.aliased |= id(value) in self._met
            self._met.add(id(value))
        if kind is dict:
            pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()]
            return ["dict", pairs]
        return [_SEQUENCE_TAGS[kind], [self.encode(element, depth + 1) for element in value]]

    def _encode_rare(self, value: Any, kind: type, depth: int) -> list[Any]:
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is range:
            return ["range", self.encode(value.start), self.encode(value.stop), self.encode(value.step)]
        if kind is slice:
            return ["slice", *(self.encode(part, depth + 1) for part in (value.start, value.stop, value.step))]
        if value is NotImplemented or value is Ellipsis:
            return ["constant", repr(value)]
        name = (kind.__module__, kind.__name__)
        if name == ("datetime", "timedelta") and kind is _library_class(name):
            return ["timedelta", value.days, value.seconds, value.microseconds]
        if name in _TEXT_TYPES and kind is _library_class(name):
            return ["text", *name, str(value)]
        if name in _OTHER_CLASSES and kind is _library_class(name):
            return _encode_time(value, name) or self._other(value)
        return self._other(value)

    def decode(self, data: Any) -> Any:
        """Return the value; anything malformed is a ``ProtocolError``."""
        try:
            return self._decode(data, 0)
        except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
            raise ProtocolError(f"malformed value: {error}") from None

    def _decode(self, data: Any, depth: int) -> Any:
        if not isinstance(data, list):
            if isinstance(data, dict | float):
                raise ProtocolError("untagged value")
            return data
        tag, *rest = data
        if depth > MOST_DEPTH or not isinstance(tag, str):
            raise ProtocolError("malformed value")
        if tag in _SEQUENCES:
            return self._decode_sequence(tag, rest[0], depth)
        if tag == "lent":
            return self._lent[rest[0]]
        if tag == "dict":
            target: dict[Any, Any] = {}
            self.mutables.append(target)
            for key, value in rest[0]:
                target[self._decode(key, depth + 1)] = self._decode(value, depth + 1)
            return target
        return self._decode_rare(tag, rest)

    def _decode_sequence(self, tag: str, elements: list[Any], depth: int) -> Any:
        if tag in ("tuple", "frozenset"):
            return _SEQUENCES[tag]([self._decode(element, depth + 1) for element in elements])
        target = _SEQUENCES[tag]([])
        self.mutables.append(target)
        add = target.append if tag == "list" else target.add
        for element in elements:
            add(self._decode(element, depth + 1))
        return target

    def _decode_rare(self, tag: str, rest: list[Any]) -> Any:
        if tag == "int":
            return int(rest[0], 16)
        if tag == "float":
            return float.fromhex(rest[0])
        if tag in ("bytes", "bytearray"):
            return (bytes if tag == "bytes" else bytearray).fromhex(rest[0])
        if tag == "complex":
            return complex(float.fromhex(rest[0]), float.fromhex(rest[1]))
        if tag in ("range", "slice"):
            return (range if tag == "range" else slice)(*(self._decode(part, 0) for part in rest))
        if tag == "timedelta":
            return _library_class(("datetime", "timedelta"))(*rest)
        if tag == "constant":
            return {"NotImplemented": NotImplemented, "Ellipsis": Ellipsis}[rest[0]]
        if tag == "text":
            kind, constructor = _library_class((rest[0], rest[1])), _TEXT_TYPES[rest[0], rest[1]]
            return (getattr(kind, constructor) if constructor else kind)(rest[2])
        if tag == "moment":
            moment = _library_class(("datetime", rest[0])).fromisoformat(rest[1])
            return moment.replace(fold=rest[2], tzinfo=self._decode(rest[3], 0))
        if tag == "timezone":
            return _library_class(("datetime", "timezone"))(self._decode(rest[0], 0), *rest[1:])
        if tag == "zoneinfo":
            return _library_class(("zoneinfo", "ZoneInfo"))(rest[0])
        return self._known(tag, rest)


def _encode_time(value: Any, name: tuple[str, str]) -> list[Any] | None:
    """A moment with all that can be asked of it, or a zone; nothing where its zone is not one of the library's."""
    if name[1] == "timezone":
        offset, *label = value.__getinitargs__()
        return ["timezone", ["timedelta", offset.days, offset.seconds, offset.microseconds], *label]
    if name[1] == "ZoneInfo":
        return None if value.key is None else ["zoneinfo", value.key]
    zone = value.tzinfo
    if zone is not None:
        names = (type(zone).__module__, type(zone).__name__)
        known = names in _OTHER_CLASSES and type(zone) is _library_class(names)
        zone = _encode_time(zone, names) if known else None
        if zone is None:
            return None
    return ["moment", name[1], value.replace(tzinfo=None).isoformat(), value.fold, zone]


def restore(target: Any, content: Any) -> None:
    """Give a list, dict or set of the caller the content it has after the call."""
    if type(target) is not type(content) or type(target) not in (list, dict, set, bytearray):
        raise ProtocolError("malformed argument state")
    if isinstance(target, list | bytearray):
        target[:] = content
    else:
        target.clear()
        target.update(content)
