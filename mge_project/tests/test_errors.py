"""Every error that people read can be made, and its text be read."""

import ast
import importlib
from collections.abc import Iterator
from enum import Enum
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from kernel.errors import MgeError

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "A sentence with {braces} and 100 %."
ROOMS = ("kernel", "llm", "flags", "masterplans", "atoms", "graphs", "validation", "execution", "review", "rollout")


def _bases(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Classes of a file with the names of their bases. Read, not imported: some files are programs."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ClassDef):
            yield node.name, {base.id for base in node.bases if isinstance(base, ast.Name)}


def _modules() -> set[str]:
    """Modules that define an error of the family."""
    files = [f for room in ROOMS for f in (ROOT / room).rglob("*.py") if "tests" not in f.parts]
    classes = [(file, name, bases) for file in files for name, bases in _bases(file)]
    family = {MgeError.__name__}
    while new := {name for _, name, bases in classes if bases & family} - family:
        family |= new
    found = {file for file, name, _ in classes if name in family}
    return {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in found}


def _family(base: type[MgeError]) -> Iterator[type[MgeError]]:
    yield base
    for child in base.__subclasses__():
        yield from _family(child)


def _errors() -> list[type[MgeError]]:
    for name in _modules():
        importlib.import_module(name)
    return sorted((e for e in set(_family(MgeError)) if ".tests." not in e.__module__), key=lambda e: e.__qualname__)


@pytest.fixture(scope="module")
def errors() -> list[type[MgeError]]:
    return _errors()


def _value(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return SENTENCE if kind is str else kind(3)


def _make(error: type[MgeError]) -> MgeError:
    """The error with a value of the right type for everything that it must be given."""
    hints = get_type_hints(error.__init__)
    named = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}
    needed = [p for p in signature(error).parameters.values() if p.kind in named and p.default is Parameter.empty]
    made: Any = error  # each has its own signature
    return made(**{p.name: _value(hints[p.name]) for p in needed})  # type: ignore[no-any-return]


def test_each_can_be_made_and_read(errors: list[type[MgeError]]) -> None:
    assert len(errors) >= 6
    for error in errors:
        made = _make(error)
        assert made.message, error
        assert made.message in str(made), error
        assert 400 <= made.http_status < 600, error
        assert made.code, error
        assert made.code == made.code.lower().replace(" ", "_"), error
        assert error.__doc__, error


def test_the_room_sets_no_trap_for_programs(errors: list[type[MgeError]]) -> None:
    """One code has one status, so that a program may switch on the code alone."""
    statuses: dict[str, set[int]] = {}
    for error in errors:
        statuses.setdefault(error.code, set()).add(error.http_status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
