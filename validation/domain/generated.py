"""Tests that nobody wrote: doctests of the code, and the same inputs given to the draft and to the new code.

They are marked as forgeable, for they run in one process with the code; a draft is never held to its own doctests.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel import python_source
from kernel.text import storable
from validation.domain.drawn import Drawn, answers_of, read_drawn

_IMPURE = frozenset(
    {"open", "print", "input", "exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__import__", "id",
     "hash", "time", "datetime", "random", "secrets", "uuid", "os", "sys", "subprocess", "socket", "logging", "shutil",
     "threading", "tempfile", "pathlib", "Path", "requests", "urllib", "asyncio"}
)  # fmt: skip
# Answers that say the draft was not finished or not right: no measure for anything.
_UNFINISHED = ("NameError", "UnboundLocalError", "AttributeError", "TypeError", "ImportError", "ModuleNotFoundError",
               "RecursionError", "NotImplementedError", "ReferenceError")  # fmt: skip
_NO_MEASURE = ("hole: ", *(f"raises {name}" for name in _UNFINISHED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or class of a file by its lines; ``pure``: typed, and nothing in it reaches outside."""

    name: str
    first: int
    last: int
    pure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocTest:
    """The outcome of the examples of one docstring: passed, failed or missing."""

    status: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGenerated:
    """All generated tests of one file, by the qualified name of what they belong to; or why there are none."""

    functions: tuple[Function, ...] = ()
    doctests: Mapping[str, DocTest] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # name -> input -> answer
    reason: str = ""
    untold: Mapping[str, str] = field(default_factory=dict)  # name -> why there are no inputs for it
    drawn: Mapping[str, Drawn] = field(default_factory=dict)  # name -> what it did with drawn inputs

    def around(self, first: int, last: int) -> tuple[Function, ...]:
        """Functions and classes that share lines with this range; a class only where no function of it does."""
        near = [one for one in self.functions if one.first <= last and first <= one.last]
        inner = [one for one in near if not any(o.name.startswith(f"{one.name}.") for o in near)]
        return tuple(inner)


def has_examples(source: bytes) -> bool:
    """Whether there may be doctests."""
    return b">>> " in source


def functions_of(source: bytes) -> tuple[Function, ...]:
    """Functions, methods and classes with their qualified names, decorators included; none if it does not parse."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_functions(tree, ""))


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[Function]:
    for child in node.body:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = min([child.lineno, *(one.lineno for one in child.decorator_list)])
        pure = not prefix and isinstance(child, ast.FunctionDef) and _is_pure(child)
        yield Function(name=prefix + child.name, first=first, last=child.end_lineno or first, pure=pure)
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def _is_pure(node: ast.FunctionDef) -> bool:
    """Every parameter and the result annotated; no decorator; no name in it that reaches outside."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    variable = node.args.vararg or node.args.kwarg or node.args.kwonlyargs
    if variable or node.decorator_list or node.returns is None or not all(one.annotation for one in arguments):
        return False
    for child in ast.walk(node):
        if isinstance(child, ast.Global | ast.Nonlocal | ast.Yield | ast.YieldFrom | ast.Await | ast.Import):
            return False
        if isinstance(child, ast.Name) and child.id in _IMPURE:
            return False
    return True


def read_generated(
    data: bytes, *, nonce: str, functions: Mapping[str, tuple[Function, ...]]
) -> dict[str, FileGenerated]:
    """Read what a run reported, by place; only lines with the nonce count. A file without an end has a reason."""
    doctests: dict[str, dict[str, DocTest]] = {place: {} for place in functions}
    answers: dict[str, dict[str, Mapping[str, str]]] = {place: {} for place in functions}
    drawn: dict[str, dict[str, Drawn]] = {place: {} for place in functions}
    reasons = dict.fromkeys(functions, "the run of the generated tests ended before this file")
    for record in records_of(data, nonce):
        place, name = record.get("place"), record.get("name")
        if not isinstance(place, str) or place not in functions:
            continue
        if record.get("k") == "module":
            reasons[place] = _text(record.get("reason"))
        elif record.get("k") == "doctest" and isinstance(name, str):
            test = DocTest(status=_text(record.get("status")), message=_text(record.get("message")))
            doctests[place][storable(name, limit=300)] = test
        elif record.get("k") == "behaviour" and isinstance(name, str):
            answers[place][name] = dict(answers_of(record.get("answers")))
        elif record.get("k") == "drawn" and isinstance(name, str):
            drawn[place][name] = read_drawn(record)
    return {
        place: FileGenerated(functions=functions[place], doctests=doctests[place], answers=answers[place],
                             reason=reasons[place], drawn=drawn[place])
        for place in functions
    }  # fmt: skip


def records_of(data: bytes, nonce: str) -> Iterator[Mapping[str, Any]]:
    """The records of a run; what does not carry the nonce is none."""
    for line in data.split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and record.get("n") == nonce:
            yield record


def _text(value: object) -> str:
    return storable(value, limit=2000) if isinstance(value, str) else ""


def differences(draft: Mapping[str, str], new: Mapping[str, str]) -> tuple[int, list[str]]:
    """How many inputs can be compared, and those on which the new code answers otherwise than the draft."""
    common = [given for given in draft if given in new and not draft[given].startswith(_NO_MEASURE)]
    return len(common), [f"{given} gives {new[given]}, the draft {draft[given]}"
                         for given in common if new[given] != draft[given]]  # fmt: skip
