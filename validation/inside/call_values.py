"""Values of recorded calls, inside the sandbox: as JSON and back, and as texts that are equal for equal values.

A call is ``{"p": [[name, kind, value], ...], "h": [node, ...]}``; ``kind`` is ``a`` (by position), ``k`` (by name),
``*`` or ``**``. A value is a JSON atom, ``["f", text]`` for a float, ``["i", text]`` for a long integer, or
``["r", n]``: node ``n`` of the heap, so that what is shared or cyclic stays so. Objects travel as the importable name
of their class and their attributes; nothing is executed to take them apart, and no constructor to put them together.
What cannot be taken apart may travel as a recipe: the calls that made it and changed it, see recipes.py.
"""

import collections
import contextlib
import datetime
import decimal
import enum
import fractions
import functools
import importlib.util
import itertools
import json
import math
import pathlib
import random
import re
import sys
import types
import uuid
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

NODES = 600  # of one call
TEXT = 4000  # characters of one text inside a call
SHOWN = 240  # characters of a rendered value; longer ones end in a digest
_DEPTH = 20
_TAKEN = 60  # items of what a step of a recipe answers lazily
_HEARD = 20  # calls of stand-ins
_SMALL = 2**53
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE


def _beside(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"_mge_{name}", pathlib.Path(__file__).parent / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rare: Any = _beside("rare_values")


class NotValue(Exception):
    """Something that is no plain value, or too much of it."""


_MUTABLE: dict[type, Callable[[Any, list[Any]], Any]] = {
    list: list.extend, set: set.update, dict: dict.update, collections.OrderedDict: collections.OrderedDict.update,
    collections.deque: collections.deque.extend, collections.defaultdict: dict.update, collections.Counter: dict.update,
}  # fmt: skip
_MAPPINGS = (dict,)
_TEXTS: dict[type, Callable[[str], Any]] = {
    complex: complex, decimal.Decimal: decimal.Decimal, fractions.Fraction: fractions.Fraction, uuid.UUID: uuid.UUID,
    pathlib.PurePosixPath: pathlib.PurePosixPath, pathlib.PosixPath: pathlib.PosixPath,
}  # fmt: skip
# What of a time or date is told, in the order in which its class takes it.
_TIMES: dict[type, tuple[str, ...]] = {
    datetime.timedelta: ("days", "seconds", "microseconds"),
    datetime.date: ("year", "month", "day"),
    datetime.time: ("hour", "minute", "second", "microsecond", "tzinfo"),
    datetime.datetime: ("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"),
}


def named(value: Any) -> tuple[str, str] | None:
    """The module and qualified name under which this very object can be imported."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if type(module) is not str or type(name) is not str or module not in sys.modules:
        return None
    return (module, name) if _looked_up(module, name) is value else None


def _looked_up(module: str, name: str) -> Any:
    found: Any = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found


def base_of(kind: type) -> type | None:
    """The built-in container that a class is, or extends without a state of its own in C; ``object`` for plain ones.

    A zone of the project's own is a plain one too.
    """
    if kind in _MUTABLE or kind in (tuple, frozenset):
        return kind
    if issubclass(kind, type | BaseException):
        return None
    for base in kind.__mro__:
        if base in _MUTABLE or base in (object, tuple):
            return base
        if base is not datetime.tzinfo and not _is_plain(base):
            return None
    return None


def _is_plain(kind: type) -> bool:
    """Whether a class was made by Python code: nothing in its instances but slots, a dictionary and weak references."""
    if not kind.__flags__ & _HEAP_TYPE:
        return False
    base = next((one for one in kind.__mro__ if not one.__flags__ & _HEAP_TYPE), object)
    slots = sum(isinstance(v, types.MemberDescriptorType) and n in _slots(one)
                for one in kind.__mro__ for n, v in one.__dict__.items())  # fmt: skip
    return kind.__basicsize__ - base.__basicsize__ <= 8 * (slots + 2)


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def attributes(value: Any) -> dict[str, Any]:
    """What an object holds, caches of its class left out: they say nothing new."""
    found = dict(object.__getattribute__(value, "__dict__")) if type(value).__dictoffset__ else {}
    for kind in type(value).__mro__:
        for name in _slots(kind):
            member = kind.__dict__.get(name)
            if isinstance(member, types.MemberDescriptorType):
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue
    cached = {n for kind in type(value).__mro__ for n, v in kind.__dict__.items()
              if isinstance(v, functools.cached_property)}  # fmt: skip
    return {name: item for name, item in found.items() if name not in cached}


def items_of(value: Any, base: type) -> list[Any]:
    """The contents of a container, read by its base class, so that no code of a subclass runs."""
    if issubclass(base, _MAPPINGS):
        return list(base.items(value))
    iterate: Any = getattr(base, "__iter__", None)
    return list(iterate(value)) if iterate else []


class Globals:
    """Objects that modules of the project hold under a name, such as sentinels: what they are is which one they are."""

    def __init__(self, files: Container[str]) -> None:
        self._files = files
        self._modules = 0
        self._names: dict[int, tuple[str, str]] = {}

    def find(self, value: Any) -> tuple[str, str] | None:
        """The module and name that hold this very object."""
        if len(sys.modules) != self._modules:
            self._look()
        found = self._names.get(id(value))
        if found is None or vars(sys.modules[found[0]]).get(found[1]) is not value:
            return None
        return found

    def _look(self) -> None:
        self._modules = len(sys.modules)
        for module, held in list(sys.modules.items()):
            if getattr(held, "__file__", None) in self._files:
                for name, value in list(vars(held).items()):
                    if base_of(type(value)) is not None and type(value) not in (*_MUTABLE, tuple, frozenset):
                        self._names[id(value)] = (module, name)


class Encoder:
    """Takes one call apart. Raises :class:`NotValue`. Of what has a recipe (recipes.py), that is taken."""

    def __init__(self, known: Globals | None = None, recipes: Any = None) -> None:
        self._globals = known
        self._recipes = recipes
        self.heap: list[Any] = []
        self._known: dict[int, int] = {}
        self._alive: list[Any] = []  # ids stay unique only as long as their objects live

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if -_SMALL < value < _SMALL else ["i", _bounded(hex(value))]
        if kind is str:
            return _bounded(value)
        if kind is float:
            return ["f", repr(value)]
        if id(value) in self._known:
            return ["r", self._known[id(value)]]
        if len(self.heap) >= NODES or depth > _DEPTH:
            raise NotValue("too large")
        number = len(self.heap)
        self._known[id(value)] = number
        self._alive.append(value)
        self.heap.append(None)
        self.heap[number] = self._node(value, kind, depth + 1)
        return ["r", number]

    def _node(self, value: Any, kind: type, depth: int) -> list[Any]:
        if kind in (bytes, bytearray):
            return [kind.__name__, _bounded(value.hex())]
        if kind in _TEXTS:
            return [kind.__name__, _bounded(str(value))]
        if kind in _TIMES:
            return [kind.__name__, [self.encode(getattr(value, name), depth) for name in _TIMES[kind]]]
        if kind is datetime.timezone:
            return ["timezone", [self.encode(value.utcoffset(None), depth)]]
        if kind is random.Random:  # its state is large, and any will do: the draft gets the same
            return ["Random", "0"]
        if kind is range:
            return ["range", *(self.encode(part) for part in (value.start, value.stop, value.step))]
        if issubclass(kind, enum.Enum):
            return ["member", *self._name(kind), str(value._name_)]
        if issubclass(kind, type | types.FunctionType | types.BuiltinFunctionType):
            nameless = kind is types.FunctionType and "<" in value.__qualname__
            return ["stand_in", ""] if nameless else ["global", *self._name(value)]
        held = self._globals.find(value) if self._globals else None
        if held:
            return ["global", *held]
        recipe = self._recipes.find(value) if self._recipes else None
        if recipe:
            return self._made(kind, *recipe)
        node = rare.told(value, kind, lambda one: self.encode(one, depth), self._name)
        return [_bounded(p) if type(p) is str else p for p in node] if node else self._whole(value, kind, depth)

    def _made(self, kind: type, made: dict[str, Any], steps: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        name = self._name(kind)
        return ["made", *name, self._taken_over(made), [[step, self._taken_over(call)] for step, call in steps]]

    def _taken_over(self, call: dict[str, Any]) -> list[Any]:
        """The rows of a call, its part of the heap taken over."""
        shift = len(self.heap)
        self.heap += [_shifted(node, shift) for node in call["h"]]
        return [_shifted(row, shift) for row in call["p"]]

    def _whole(self, value: Any, kind: type, depth: int) -> list[Any]:
        base = base_of(kind)
        if base is None:
            raise NotValue(f"a {kind.__qualname__}")
        rows = self._rows(items_of(value, base), base, depth)
        if kind is base and kind not in (object, collections.defaultdict, collections.deque):
            return [kind.__name__, rows]
        held = {} if kind in _MUTABLE else attributes(value)
        if issubclass(kind, collections.defaultdict):
            held["default_factory"] = value.default_factory
        if issubclass(kind, collections.deque) and value.maxlen is not None:
            raise NotValue("a bounded deque")
        return ["object", *self._name(kind), rows, [[_bounded(n), self.encode(v, depth)] for n, v in held.items()]]

    def _rows(self, items: list[Any], base: type, depth: int) -> list[Any]:
        if len(items) + len(self.heap) > NODES:
            raise NotValue("too large")
        if base in (set, frozenset):
            return sorted((self.encode(item, depth) for item in items), key=json.dumps)
        if issubclass(base, _MAPPINGS):
            return [[self.encode(key, depth), self.encode(item, depth)] for key, item in items]
        return [self.encode(item, depth) for item in items]

    def _name(self, value: Any) -> tuple[str, str]:
        found = named(value)
        if found is None:
            raise NotValue(f"{getattr(value, '__qualname__', '?')} has no importable name")
        return found


def _shifted(value: Any, shift: int) -> Any:
    """A value or node of another heap, which lies ``shift`` further on in this one."""
    match value:
        case ["r", int() as number]:
            return ["r", number + shift]
        case list():
            return [_shifted(item, shift) for item in value]
    return value


def _bounded(text: str) -> str:
    if len(text) > TEXT:
        raise NotValue("a long text")
    return str(text)


_BY_NAME: dict[str, Callable[..., Any]] = {
    "timezone": datetime.timezone, **{kind.__name__: kind for kind in _TIMES},
    **{kind.__name__: make for kind, make in _TEXTS.items()},
}  # fmt: skip


class Decoder:
    """Puts the values of one call together again, each time anew. Raises :class:`NotValue` for anything malformed."""

    def __init__(self, heap: list[Any], find: Callable[[str, str], Any]) -> None:
        self._heap = heap
        self._find = find
        self._made: dict[int, Any] = {}
        self.said: list[str] = []  # with what stand-ins were called
        self.recipes: dict[int, str] = {}  # id -> how an object was made, as text

    def arguments(self, rows: list[Any]) -> tuple[list[Any], dict[str, Any], list[tuple[str, Any]]]:
        """The values of a call: by position, by name, and each with the name of its parameter."""
        plain: list[Any] = []
        named: dict[str, Any] = {}
        told: list[tuple[str, Any]] = []
        for name, kind, value in rows:
            made = self.decode(value)
            told.append((name, made))
            if kind == "a":
                plain.append(made)
            elif kind == "*":
                plain.extend(made)
            else:
                named.update({name: made} if kind == "k" else made)
        return plain, named, told

    def _heard(self, given: Any) -> None:
        if len(self.said) < _HEARD:
            self.said.append(render(given))

    def decode(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        match value:
            case ["f", str() as text]:
                return float(text)
            case ["i", str() as text]:
                return int(text, 16)
            case ["r", int() as number] if 0 <= number < len(self._heap):
                if number not in self._made:
                    self._build(number, self._heap[number])
                return self._made[number]
        raise NotValue("a malformed value")

    def _build(self, number: int, node: Any) -> None:
        self._made[number] = None
        match node:
            case ["bytes" | "bytearray" as name, str() as text]:
                data = bytes.fromhex(text)
                self._made[number] = data if name == "bytes" else bytearray(data)
            case [str() as name, str() as text] if name in _BY_NAME:
                self._made[number] = _BY_NAME[name](text)
            case [str() as name, list() as rows] if name in _BY_NAME:
                self._made[number] = _BY_NAME[name](*map(self.decode, rows))
            case ["stand_in", how]:
                self._made[number] = rare.stand_in(how == "none", self._heard)
            case ["global", str() as module, str() as name]:
                self._made[number] = self._find(module, name)
            case ["made", str() as module, str() as name, list() as rows, list() as steps]:
                self._remake(number, self._find(module, name), rows, steps)
            case ["object", str() as module, str() as name, list() as rows, list() as held]:
                self._object(number, self._find(module, name), rows, held)
            case ["list" | "set" | "dict" | "tuple" | "frozenset" | "OrderedDict" | "Counter" as name, list() as rows]:
                kinds = {one.__name__: one for one in (*_MUTABLE, tuple, frozenset)}
                self._object(number, kinds[name], rows, [])
            case _:
                self._made[number] = rare.made(node, self.decode, self._find)
                if self._made[number] is None:
                    raise NotValue("a malformed node")

    def _remake(self, number: int, kind: Any, rows: list[Any], steps: list[Any]) -> None:
        """Make an object as it was made, and do with it what was done; that a step may fail is part of it."""
        plain, named, told = self.arguments(rows)
        text = f"{kind.__qualname__}({self._shown(told)})"
        made = self._made[number] = kind(*plain, **named)
        for step, given in steps:
            plain, named, told = self.arguments(given)
            text += f".{step}({self._shown(told)})"
            with contextlib.suppress(Exception):
                answer = getattr(made, step)(*plain, **named)
                if isinstance(answer, Iterator):
                    list(itertools.islice(answer, _TAKEN))
        self.recipes[id(made)] = text

    def _shown(self, told: list[tuple[str, Any]]) -> str:
        return ", ".join(f"{name}={render(item, self.recipes)}" for name, item in told)

    def _object(self, number: int, kind: type, rows: list[Any], held: list[Any]) -> None:
        base = base_of(kind) if isinstance(kind, type) else None
        if base is None:
            raise NotValue(f"no class that can be made: {kind!r}")
        create = _maker(kind)
        made: Any = create(kind, map(self.decode, rows)) if base in (tuple, frozenset) else create(kind)
        self._made[number] = made
        if base in _MUTABLE:
            pairs = issubclass(base, _MAPPINGS)
            contents = [(self.decode(row[0]), self.decode(row[1])) if pairs else self.decode(row) for row in rows]
            _MUTABLE[base](made, contents)
        for name, value in held:
            if kind.__dictoffset__ and not isinstance(kind.__dict__.get(name), types.MemberDescriptorType):
                made.__dict__[name] = self.decode(value)
            else:
                object.__setattr__(made, name, self.decode(value))
        if isinstance(made, collections.defaultdict) and "default_factory" in getattr(made, "__dict__", {}):
            made.default_factory = made.__dict__.pop("default_factory")


def _maker(kind: type) -> Any:
    """What allocates instances without running code of the project; classes made in C may have one of their own."""
    makers = (base.__dict__.get("__new__") for base in kind.__mro__)
    return next(one for one in makers if isinstance(one, types.BuiltinFunctionType))


def render(value: Any, recipes: Mapping[int, str] | None = None) -> str:
    """A text that is equal for equal values; what is no plain value shows its class only. Bounded by a digest.

    ``recipes``: id -> text of what is told by how it was made.
    """
    return shortened(_ADDRESS.sub("0x?", "".join(_Renderer(recipes or {}).parts(value, 0))), SHOWN)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with a digest of the whole: different texts stay different."""
    if len(text) <= most:
        return text
    data = text.encode("utf-8", "surrogatepass")
    digest = zlib.adler32(data) << 32 | zlib.crc32(data)
    return f"{text[:most]}... {len(text)} characters, {digest:x}"


_ADDRESS = re.compile(r"\b0x(?:7[ef]|5[56])[0-9a-f]{10}\b")  # where an object lies, which says nothing of it
_SHOWN_WHOLE = frozenset({
    bool, int, str, bytes, bytearray, range, decimal.Decimal, fractions.Fraction, uuid.UUID, re.Pattern,
    pathlib.PurePosixPath, pathlib.PosixPath, datetime.timezone, *_TIMES,
})  # fmt: skip


class _Renderer:
    """Walks a value of any kind within a bound of steps."""

    STEPS = 4000

    def __init__(self, recipes: Mapping[int, str]) -> None:
        self._recipes = recipes
        self._steps = 0
        self._open: set[int] = set()

    def parts(self, value: Any, depth: int) -> Iterator[str]:
        kind = type(value)
        self._steps += 1
        if self._steps > self.STEPS or depth > _DEPTH or id(value) in self._open:
            yield "..."
        elif kind in (datetime.datetime, datetime.time) and value.tzinfo is not None:
            yield f"{value.replace(tzinfo=None)!r} in {''.join(self.parts(value.tzinfo, depth + 1))}"
        elif id(value) in self._recipes:
            yield self._recipes[id(value)]
        elif value is None or kind in _SHOWN_WHOLE:
            yield repr(value)
        elif kind is float:
            yield _float(value)
        elif kind is complex:
            yield f"complex({_float(value.real)}, {_float(value.imag)})"
        elif kind in rare.STREAMS and not value.closed:
            yield f"{kind.__name__}({value.getvalue()!r}, {value.tell()})"
        elif issubclass(kind, enum.Enum):
            yield f"{kind.__qualname__}.{value._name_}"
        elif issubclass(kind, type | types.FunctionType | types.BuiltinFunctionType):
            yield f"<{getattr(value, '__qualname__', '?')}>"
        elif issubclass(kind, BaseException):
            yield f"{kind.__qualname__}()"
        else:
            self._open.add(id(value))
            yield from self._whole(value, kind, depth + 1)
            self._open.discard(id(value))

    def _whole(self, value: Any, kind: type, depth: int) -> Iterator[str]:
        base = base_of(kind)
        if base is None:
            yield rare.shown(value, kind)
            return
        items = items_of(value, base)
        if base in (set, frozenset) or issubclass(base, _MAPPINGS):  # equal in any order
            pairs = issubclass(base, _MAPPINGS)
            texts = [
                "".join(self.parts(i[0], depth)) + ": " + "".join(self.parts(i[1], depth)) if pairs
                else "".join(self.parts(i, depth))
                for i in items
            ]  # fmt: skip
            inner = "{" + ", ".join(sorted(texts)) + "}"
        else:
            texts = ["".join(self.parts(item, depth)) for item in items]
            inner = ("(" if base is tuple else "[") + ", ".join(texts) + (")" if base is tuple else "]")
        if kind is base and kind in (list, tuple, dict, set):
            yield inner
            return
        held = {} if kind in _MUTABLE else attributes(value)
        told = [] if base is object else [inner]
        told += [f"{name}={''.join(self.parts(item, depth))}" for name, item in sorted(held.items())]
        yield f"{kind.__qualname__}({', '.join(told)})"


def _float(value: float) -> str:
    """Twelve digits: another order of the same sum is the same answer."""
    if not math.isfinite(value):
        return repr(value)
    rounded = float(f"{value:.12g}")
    return repr(rounded + 0.0)
