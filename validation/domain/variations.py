"""Inputs near those that tests used: recorded calls, then each with one or two small changes. Deterministic, bounded.

A call is the JSON of ``inside/call_values.py`` or, of scripts, ``call_values.mjs``. Changed are atoms and plain
containers that the arguments hold, and attributes of records that hold atoms only; where an object holds more, its
parts belong together. The changes are those at which comparisons, loops and branches turn over: neighbours and
boundaries of numbers, constants of the function, shorter and longer sequences, another order, the other truth, ``None``
where it is the default, and arguments that other calls had in the same place.
"""

import ast
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, zip_longest
from typing import Any

from kernel import python_source

MOST = 400  # inputs of one function
MOST_TEXT = 1_000_000  # characters of all of them
PAIRS = 100  # of these with two changes
LITERAL_PAIRS = 24  # with two of the function's own literals, of one call
_DEPTH = 3
_SITES = 12  # in one call
LITERALS = 16  # of one function
_MARKS = 3  # separators in a text
_SHORT = 3  # characters of a literal that is put before and after a text
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ASCII, _LAST_LETTER, _SURROGATES = 127, 0x10FFFF, (0xD800, 0xDFFF)
FOREIGN = "\u00e9\U0001f600"  # a letter outside ASCII, and one that is two units of UTF-16
_STRIDE = 3  # changes of one place that are tried before those of another call
_LONG = 600  # characters of a text that is made longer than a number of the function
_DONORS = 4  # other calls that give an argument
_SEQUENCES = ("list", "tuple", "deque")
_MAPPINGS = ("dict", "map")
_TIMES = ("timedelta", "date", "time", "datetime")
_LEAVES = ("global", "member", "bytes", "Decimal", "Fraction", "complex", "stand_in", "timezone", "UUID",
           "PurePosixPath", "PosixPath", "Pattern", "Date", "RegExp", "symbol", *_TIMES)  # fmt: skip
_Path = tuple[str | int, ...]
_Change = tuple[_Path, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the text of a function tells of inputs that matter to it."""

    literals: tuple[Any, ...] = ()  # as values of a call
    nullable: frozenset[str] = frozenset()  # parameters that may be left out
    absent: Any = None  # what then stands for them, as a value of a call


def hints_of(source: bytes) -> dict[str, Hints]:
    """Hints for each function and method of a file by its qualified name; none if it does not parse."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {
        name: Hints(literals=_literals(node), nullable=frozenset(_nullable(node.args)))
        for name, node in _functions(tree, "")
    }


def _functions(
    node: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child


def callers_of(source: bytes, name: str) -> tuple[str, ...]:
    """Functions and methods of a file, by qualified name, in whose text the last part of ``name`` is used as a name."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    last = name.rpartition(".")[2]
    return tuple(one for one, node in _functions(tree, "") if one != name and last in _used(node))


def _used(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def _literals(function: ast.AST) -> tuple[Any, ...]:
    values = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
    found = [
        _value(one) for one in values
        if isinstance(one, int | float | str) and not isinstance(one, bool) and len(str(one)) <= 30
    ]  # fmt: skip
    return tuple({json.dumps(one): one for one in found}.values())[:LITERALS]


def _nullable(arguments: ast.arguments) -> Iterator[str]:
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = chain(
        zip(reversed(plain), reversed(arguments.defaults), strict=False),
        zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    )
    for one, default in pairs:
        if isinstance(default, ast.Constant) and default.value is None:
            yield one.arg


def _value(atom: float | str) -> Any:
    return ["f", repr(atom)] if isinstance(atom, float) else atom


def inputs(calls: Sequence[str], hints: Hints, *, name: str) -> list[str]:
    """The recorded calls, as far as they can be read, and then variations of them, each once."""
    known = [call for text in calls if (call := _parsed(text)) is not None]
    told = [[_whole(call, n) for n in range(len(call["p"]))] for call in known]
    changes = [_changes(n, known, told, hints) for n in range(len(known))]
    singles = (
        _changed(known[n], [change])
        for row in zip_longest(*changes)
        for n, change in enumerate(row)
        if change is not None
    )
    texts = dict.fromkeys(_text(call) for call in known)
    size = sum(map(len, texts))
    for made in chain(singles, _literal_pairs(known, changes, hints), _pairs(known, changes, name)):
        if len(texts) >= MOST or size > MOST_TEXT:
            break
        text = _text(made)
        size += len(text)
        texts[text] = None
    return list(texts)


def _literal_pairs(known: list[Any], changes: list[list[_Change]], hints: Hints) -> Iterator[Any]:
    """Calls with literals of the function in two places: conditions that are joined turn over together."""
    for call, some in zip(known[:_DONORS], changes, strict=False):
        literal = [one for one in some if one[0][0] != "graft" and one[1] in hints.literals]
        pairs = [(a, b) for a, b in combinations(literal, 2) if not _within(a[0], b[0])]
        yield from (_changed(call, pair) for pair in pairs[:LITERAL_PAIRS])


def _pairs(known: list[Any], changes: list[list[_Change]], name: str) -> Iterator[Any]:
    """Calls with two changes at different places; a seeded choice."""
    choice = random.Random(name)  # noqa: S311 - reproducible, not secret
    rich = [n for n, some in enumerate(changes) if len(some) > 1]
    for _ in range(PAIRS if rich else 0):
        n = choice.choice(rich)
        first, second = choice.sample(changes[n], 2)
        paths = [path[1:] if path[0] == "graft" else path for path, _ in (first, second)]
        if not _within(*paths):
            yield _changed(known[n], [first, second])


def _within(one: _Path, other: _Path) -> bool:
    """Whether one place lies in the other: a change of the outer may take it away."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _parsed(text: str) -> Any:
    """The call, where it is one in every part; the text comes from code that nobody trusts."""
    try:
        call = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match call:
        case {"p": list() as rows, "h": list() as heap}:
            size = len(heap)
            fits = all(_is_parameter(row, size) for row in rows) and all(_is_node(node, size) for node in heap)
            return {"p": rows, "h": heap} if fits else None
    return None


def _is_parameter(row: Any, size: int) -> bool:
    match row:
        case [str(), "a" | "k" | "*" | "**", value]:
            return _is_value(value, size)
    return False


def _is_value(value: Any, size: int) -> bool:
    match value:
        case None | bool() | int() | str() | ["f" | "i", str()] | ["u"]:
            return True
        case ["r", int() as number]:
            return 0 <= number < size
    return False


def _is_node(node: Any, size: int) -> bool:
    match node:
        case ["dict" | "OrderedDict" | "Counter" | "map", list() as rows]:
            return all(isinstance(row, list) and len(row) == 2 and _are_values(row, size) for row in rows)
        case ["range", *parts]:
            return _are_values(parts, size)
        case ["made", str(), str(), list() as rows, list() as steps]:
            fits = all(isinstance(s, list) and len(s) == 2 and isinstance(s[1], list) for s in steps)
            return fits and all(_is_parameter(row, size) for row in chain(rows, *(step[1] for step in steps)))
        case ["object" | "error", str(), str(), list() as rows, list() as held]:
            pairs = all(isinstance(row, list) and len(row) == 2 and _is_value(row[1], size) for row in held)
            return pairs and all(_is_value(row, size) or _are_values(row, size) for row in rows)
        case [str(), list() as rows]:
            return _are_values(rows, size)
        case [str(), *texts]:
            return all(isinstance(text, str) for text in texts)
    return False


def _are_values(rows: Any, size: int) -> bool:
    return isinstance(rows, list) and all(_is_value(row, size) for row in rows)


def _text(call: Any) -> str:
    return json.dumps(call, separators=(",", ":"))


def _changed(call: Any, changes: Iterable[_Change]) -> Any:
    made = json.loads(_text(call))  # a copy, several times as fast as ``deepcopy``
    for place, given in changes:
        grafted = place[0] == "graft"
        path, value = (place[1:], _grafted(made, given, int(place[2]))) if grafted else (place, given)
        target = made
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value
    return made


def _grafted(call: Any, donor: Any, parameter: int) -> Any:
    """The argument of another call, its part of the heap taken over."""
    shift = len(call["h"])
    call["h"] += [_shifted(node, shift) for node in donor["h"]]
    return _shifted(donor["p"][parameter][2], shift)


def _shifted(value: Any, shift: int) -> Any:
    match value:
        case ["r", int() as number]:
            return ["r", number + shift]
        case list():
            return [_shifted(item, shift) for item in value]
    return value


def _changes(number: int, known: list[Any], told: list[list[str]], hints: Hints) -> list[_Change]:
    """All single changes of a call, the first of each place before the second of any; ``told``: arguments as text."""
    call = known[number]
    by_site: list[list[_Change]] = []
    for n, (name, kind, value) in enumerate(call["p"]):
        left_out = name in hints.nullable and value != hints.absent
        some: list[_Change] = [(("p", n, 2), hints.absent)] if left_out else []
        if not (n == 0 and kind == "a" and name in ("self", "cls", "this")):
            some += _donated(number, known, told, n)
        by_site.append(some)
    sites = list(_sites(call))[:_SITES]
    by_site += [_turned([(path, made) for made in _alternatives(value, hints)], number) for path, value in sites]
    return [change for row in zip_longest(*by_site) for change in row if change is not None]


def _turned(changes: list[_Change], number: int) -> list[_Change]:
    """Another call begins with other changes: of the many calls of a function, all together try each."""
    first = _STRIDE * number % len(changes) if changes else 0
    return changes[first:] + changes[:first]


def _donated(number: int, known: list[Any], told: list[list[str]], parameter: int) -> list[_Change]:
    found: list[_Change] = []
    call, seen = known[number], {told[number][parameter]}
    for other, texts in zip(known, told, strict=True):
        same = len(other["p"]) == len(call["p"]) and other["p"][parameter][:2] == call["p"][parameter][:2]
        if same and len(found) < _DONORS and texts[parameter] not in seen:
            seen.add(texts[parameter])
            found.append((("graft", "p", parameter, 2), other))
    return found


def _whole(call: Any, parameter: int) -> str:
    """An argument with all that it refers to, roughly: equal arguments may seem different, never the other way."""
    value = call["p"][parameter][2]
    return _text([value, call["h"] if isinstance(value, list) and value[:1] == ["r"] else []])


def _sites(call: Any) -> Iterator[tuple[_Path, Any]]:
    """Places of atoms and of the contents of plain containers, the outer ones first, with what is there."""
    waiting: list[tuple[_Path, Any, int]] = [(("p", n, 2), row[2], 0) for n, row in enumerate(call["p"])]
    seen: set[int] = set()
    while waiting:
        path, value, depth = waiting.pop(0)
        match value:
            case ["r", int() as number] if 0 <= number < len(call["h"]) and number not in seen and depth < _DEPTH:
                seen.add(number)
                match call["h"][number]:
                    case [str() as kind, list() as rows] if kind in (*_SEQUENCES, "set", "frozenset", *_MAPPINGS):
                        yield ("h", number, 1), (kind, rows)
                        pairs = kind in _MAPPINGS
                        inner = [((j, 1), row[1]) if pairs else ((j,), row) for j, row in enumerate(rows[:4])]
                        waiting += [(("h", number, 1, *step), item, depth + 1) for step, item in inner]
                    case ["Decimal", str() as text]:
                        yield ("h", number, 1), ("Decimal", [text])
                    case ["stand_in", ""]:
                        yield ("h", number, 1), ("stand_in", [])
                    case [str() as kind, list() as parts] if kind in _TIMES:
                        waiting += [(("h", number, 1, j), part, depth + 1) for j, part in enumerate(parts)]
                    case ["made", _, _, list() as rows, _]:
                        waiting += [(("h", number, 3, j, 2), row[2], depth + 1) for j, row in enumerate(rows)]
                    case ["object", _, _, [], list() as held] if all(_is_leaf(item, call["h"]) for _, item in held):
                        waiting += [(("h", number, 4, j, 1), row[1], _DEPTH) for j, row in enumerate(held)]
            case ["r", *_]:
                continue
            case _:
                yield path, value


def _is_leaf(value: Any, heap: list[Any]) -> bool:
    """An atom, or something that holds no values of its own."""
    match value:
        case ["r", int() as number]:
            return heap[number][0] in _LEAVES
    return True


def _alternatives(value: Any, hints: Hints) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            made = [value + 1, value - 1, 0, -value, 1, 2 * value, *_of_kind(hints, int)]
        case ["f", str() as text]:
            made = _floats(text) + [one for one in hints.literals if isinstance(one, list)]
        case str():
            made = _texts(value) + _of_kind(hints, str) + _told_texts(value, hints)
        case ("Decimal", [str() as text]):
            return [str(one) for one in _alternatives(int(text), hints)] if text.lstrip("-").isdecimal() else []
        case ("stand_in", _):
            return ["none"]  # a callback that answers nothing: the other way of whoever asks it
        case (str() as kind, list() as rows):
            return [other for other in _contents(kind, rows) if other != rows]
        case _:
            return []
    return [one for n, one in enumerate(made) if one != value and one not in made[:n]]


def _of_kind(hints: Hints, kind: type) -> list[Any]:
    near = [one + step for one in hints.literals if type(one) is kind for step in (0, 1, -1)] if kind is int else []
    return near or [one for one in hints.literals if type(one) is kind]


def _floats(text: str) -> list[Any]:
    try:
        value = float(text)
    except ValueError:
        return []
    return [["f", repr(made)] for made in (value + 1, -value, 0.0, value / 2, 1.0)]


def _texts(value: str) -> list[str]:
    """Other texts of the same shape, and the empty one; an empty part between separators; and other alphabets."""
    made = ["", value[:-1], value + value[-1:], value.swapcase(), value[::-1], f" {value}", value[1:]]
    marks = list(dict.fromkeys(letter for letter in value if not letter.isalnum() and not letter.isspace()))[:_MARKS]
    parts = [value.replace(mark, mark + mark, 1) for mark in marks]
    return [*made[:3], *parts, *made[3:], f"{value}{FOREIGN}"]


def _told_texts(value: str, hints: Hints) -> list[str]:
    """Texts at which the literals of the function turn over: as a mark before and after, as a number in it, as its
    length, as a letter.
    """
    marks = [one for one in hints.literals if isinstance(one, str) and 0 < len(one) <= _SHORT]
    made = [text for mark in marks[:_MARKS] for text in (mark + value, value + mark)]
    numbers = [one for one in hints.literals if type(one) is int and one >= 0]
    found = _NUMBER.search(value)
    if found:
        texts = [text for one in numbers for text in (str(one), f"{one}.0", str(one + 1))]
        made += [value[: found.start()] + text + value[found.end() :] for text in texts]
    lengths = [one + step for one in numbers if _SHORT < one <= _LONG for step in (0, 1)]
    made += [(value * (length // len(value) + 1))[:length] for length in lengths if value]
    letters = [one + step for one in numbers if _ASCII < one < _LAST_LETTER for step in (0, 1)]
    return made + [value + chr(one) for one in letters if not _SURROGATES[0] <= one <= _SURROGATES[1]]


def _contents(kind: str, rows: list[Any]) -> list[list[Any]]:
    if kind not in _SEQUENCES:
        return [rows[1:], [], rows[:-1]]
    turned = sorted(rows, key=_text)
    return [rows[:-1], [], rows[::-1], rows + rows[-1:], rows[1:], turned, rows[:1]]
