"""Plan files as text: JSON or YAML into plain values, with bounds that hostile files cannot pass.

Both formats: at most 16 MiB, 60 levels, 200 000 values; no duplicate keys, no NUL and no lone surrogate in a text, no
number that is not finite. YAML: the safe subset; aliases count each time they stand, so that an alias bomb hits the
bound before it is unfolded.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Hashable
from typing import Any, Final, NoReturn

import yaml

from kernel.errors import InvalidInput

MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_DEPTH: Final = 60
_MAX_VALUES: Final = 200_000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class InvalidPlan(InvalidInput):
    """A plan file that cannot be read as a plan."""

    code = "invalid_plan"


def load_plan_text(data: bytes, *, name: str) -> Any:
    """The plain values of a plan file: JSON where it begins with ``{`` or is named ``.json``, else YAML."""
    if len(data) > MAX_BYTES:
        raise InvalidPlan(f"{name}: a plan file may have {MAX_BYTES // 1024 // 1024} MiB, this one is larger.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidPlan(f"{name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8.", line=line) from error
    is_json = name.lower().endswith(".json") or text.lstrip()[:1] == "{"
    value = _load_json(text, name) if is_json else _load_yaml(text, name)
    _check_values(value, name)
    return value


def _load_json(text: str, name: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise InvalidPlan(f"{name}: the key {twice[:100]!r} stands twice in one object.")
        return fields

    def no_number(word: str) -> NoReturn:
        raise InvalidPlan(f"{name}: {word} is not a JSON number.")

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidPlan(f"{name}, {where}: not valid JSON: {error.msg}.", line=error.lineno) from error
    except RecursionError as error:
        raise InvalidPlan(f"{name}: nested deeper than {_MAX_DEPTH} levels.") from error
    except ValueError as error:  # a number of thousands of digits
        raise InvalidPlan(f"{name}: not valid JSON: {error}.") from error


_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]  # the C loader exists where libyaml does
    """The safe loader, refusing what JSON could not hold and keys that stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping whose keys are texts, each once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                what = "stands twice" if isinstance(key, yaml.ScalarNode) else "is not a text"
                shown = key.value[:100] if isinstance(key, yaml.ScalarNode) else key.tag
                raise yaml.constructor.ConstructorError(None, None, f"the key {shown!r} {what}", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)  # type: ignore[no-any-return]


# Dates stay texts, as in JSON.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in _BaseLoader.yaml_implicit_resolvers.items()
}


def _load_yaml(text: str, name: str) -> Any:
    try:
        _check_events(text, name)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = min(error.problem_mark.line, text.count("\n")) + 1 if error.problem_mark else 1  # the end is no line
        raise InvalidPlan(f"{name}, line {line}: not valid YAML: {error.problem}.", line=line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidPlan(f"{name}: not valid YAML: {' '.join(str(error).split())[:200]}.") from error


def _check_events(text: str, name: str) -> None:
    """Bound depth and count before anything is built; the parser's own events are flat."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH or count > 4 * _MAX_VALUES:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise InvalidPlan(f"{name}, line {line}: {_too_much(depth)}.", line=line)


def _too_much(depth: int) -> str:
    return f"nested deeper than {_MAX_DEPTH} levels" if depth > _MAX_DEPTH else f"more than {_MAX_VALUES} values"


def _check_values(root: Any, name: str) -> None:
    """Walk all values, each alias as often as it stands. Paths are those of JSONPath, ``$.tasks[0].name``."""
    stack: list[tuple[Any, str, int]] = [(root, "$", 0)]
    count = 0
    while stack:
        value, where, depth = stack.pop()
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_VALUES:
            raise InvalidPlan(f"{name}: {_too_much(depth)}.")
        match value:
            case dict():
                stack += [(item, f"{where}.{key}", depth + 1) for key, item in value.items()]
                for key in value:
                    _check_key(key, f"{name}, {where}")
            case list():
                stack += [(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(value)]
            case str():
                _check_text(value, f"{name}, {where}")
            case float() if not math.isfinite(value):
                raise InvalidPlan(f"{name}, {where}: {value} is not a finite number.")
            case None | bool() | int() | float():
                pass
            case _:
                raise InvalidPlan(f"{name}, {where}: a {type(value).__name__} has no place in a plan; quote it.")


def _check_key(key: object, where: str) -> None:
    if not isinstance(key, str):
        raise InvalidPlan(f"{where}: the key {key!r} is not a text; quote it.")
    _check_text(key, where)


def _check_text(text: str, where: str) -> None:
    if "\x00" in text:
        raise InvalidPlan(f"{where}: the text holds a NUL character.")
    if not text.isascii() and _SURROGATE.search(text):
        raise InvalidPlan(f"{where}: the text holds half of a surrogate pair.")
