"""Runs inside the sandbox: what functions of the project answer to given calls, recorded ones and variations of them.

A script of its own. One state of the code is asked by one process; the answers of two states are compared outside.
Records go over the inherited pipe, each with the nonce: ``start``, ``behaviour`` (one for each function), ``end``.
"""

import asyncio
import collections.abc
import contextlib
import importlib
import importlib.util
import inspect
import io
import itertools
import json
import os
import pathlib
import sys
import time
import types
from collections.abc import Callable, Sequence
from typing import Any

ROOT = "/work/"
PRINTED = 400
ASKED = 8  # calls of a function that a function made
LONG = 800  # characters of an input or an answer
ITEMS = 60  # that are taken of an iterator
WALL = 5.0  # seconds of one call, whatever it waits for
LATE = "no answer in time"
LEFT = " as to its arguments"  # after an input, with or without an attribute: what changed in them


def beside(name: str) -> Any:
    """A module that lies beside this script, under a name that the code under test does not use."""
    spec = importlib.util.spec_from_file_location(f"_mge_{name}", pathlib.Path(__file__).parent / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


values: Any = beside("call_values")
generated: Any = beside("generated_tests")
is_raised: Any = beside("drawn_inputs").is_raised


def importable(module: str, name: str) -> Any:
    """A class or function by the name under which it can be imported."""
    found: Any = importlib.import_module(module)
    for part in filter(None, name.split(".")):
        found = getattr(found, part)
    return found


def function_of(module: types.ModuleType, name: str) -> Callable[..., Any]:
    """The function that a recorded call entered: below properties, class methods and what decorators put around it."""
    owner: Any = module
    *path, last = name.split(".")
    for part in path:
        owner = inspect.getattr_static(owner, part)
    found: Any = inspect.getattr_static(owner, last)
    for _ in range(10):
        code = getattr(found, "__code__", None)
        if isinstance(found, types.FunctionType) and getattr(code, "co_qualname", name) == name:
            break
        layers = [getattr(found, name) for name in ("fget", "__func__", "__wrapped__", "func") if hasattr(found, name)]
        if not layers:
            break
        found = layers[0]
    if not callable(found):
        raise TypeError(name)
    return found  # type: ignore[no-any-return] # looked up by name


def settled(value: Any, then: Sequence[dict[str, Any]] = ()) -> str:
    """A result as text; what is lazy is asked for its items first, and a function that was made what it answers."""
    if inspect.iscoroutine(value):
        return settled(asyncio.run(value), then)
    if isinstance(value, types.FunctionType) and "<locals>" in value.__code__.co_qualname:
        return values.render(value) + "".join(said_by(value, call) for call in then[:ASKED])  # type: ignore[no-any-return]
    if isinstance(value, collections.abc.Iterator) and not isinstance(value, io.IOBase):
        return "yields " + values.render(list(itertools.islice(value, ITEMS)))  # type: ignore[no-any-return]
    return values.render(value)  # type: ignore[no-any-return]


def said_by(function: Callable[..., Any], call: dict[str, Any]) -> str:
    """What a function that another made answers; the inputs may be another's, so an unmeant error has no name."""
    plain, named, told = values.Decoder(call["h"], importable).arguments(call["p"])
    given = ", ".join(f"{name}={values.render(value)}" for name, value in told)
    try:
        answer = settled(function(*plain, **named))
    except Exception as error:  # noqa: BLE001 - whatever the code under test raises is its answer
        answer = f"raises {type(error).__name__ if is_raised(error) else ''}"
    return f"; that({given}) gives {answer}"


class Asked:
    """One call put to a function."""

    def __init__(
        self, function: Callable[..., Any], call: dict[str, Any], seconds: float, then: Sequence[dict[str, Any]]
    ) -> None:
        decoder = values.Decoder(call["h"], importable)
        plain, named, told = self._put_together(call, decoder, seconds)
        before = [values.render(value, decoder.recipes) for _, value in told]
        said_so = ", ".join(f"{name}={text}" for (name, _), text in zip(told, before, strict=True))
        apart = dict(decoder.recipes)
        if told and getattr(function, "__name__", "") == "__init__":
            apart[id(told[0][1])] = before[0]
        held = _held(told, apart)
        self.given = f"({values.shortened(said_so, LONG)})"
        self.meant = True
        self.rebuilt = bool(decoder.recipes)  # some of it only as it was when it was made
        self.left: list[list[str]] = []  # rows: which attributes of such objects changed, and what each became
        said = io.StringIO()
        began = time.process_time()
        try:
            with contextlib.redirect_stdout(said), generated.limit(seconds, WALL):
                self.answer = settled(function(*plain, **named), then)
                # Who answers nothing may have told its callbacks. How often others ask them is their own business.
                self.answer += f"; told {' '.join(decoder.said)}" if decoder.said and self.answer == "None" else ""
        except generated.OutOfTime:
            self.answer = LATE
        except BaseException as error:  # noqa: BLE001 - whatever the code under test raises is its answer
            self.answer = _hole(error) or f"raises {type(error).__name__}"
            self.meant = is_raised(error)
        self.took = time.process_time() - began
        if self.answer != LATE:
            self.answer += _changes(told, before, apart)
            self.left = self._left(held, _held(told, apart)) if apart else []
            self.answer += f"; printed {said.getvalue()[:PRINTED]!r}" if said.getvalue() else ""
            self.answer = values.shortened(self.answer, LONG)

    def _left(self, before: dict[str, str], after: dict[str, str]) -> list[list[str]]:
        changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)][:ASKED]
        rows = [[self.given + LEFT, "changes of " + (", ".join(changed) or "nothing")]]
        return rows + [[f"{self.given}{LEFT} {name}", after.get(name, "gone")] for name in changed]

    @staticmethod
    def _put_together(call: dict[str, Any], decoder: Any, seconds: float) -> Any:
        """Its arguments; what makes one of them may print, exit, or never end. Raises ``NotValue``."""
        try:
            with contextlib.redirect_stdout(io.StringIO()), generated.limit(seconds, WALL):
                return decoder.arguments(call["p"])
        except BaseException as error:  # noqa: BLE001 - hostile code
            raise values.NotValue(f"arguments that cannot be made: {type(error).__name__}") from None


def _hole(error: BaseException) -> str:
    try:
        text = str(error)[:200] if isinstance(error, NotImplementedError) else ""
    except Exception:  # noqa: BLE001 - an error that does not want to be read is an answer too
        return ""
    return text if text.startswith("hole: ") else ""


def _held(told: list[tuple[str, Any]], recipes: dict[int, str]) -> dict[str, str]:
    """The attributes of what is made here or was made anew: each by itself, for some are alike in no two processes."""
    made = [(name, value) for name, value in told if id(value) in recipes]
    with contextlib.suppress(Exception):  # it may not want to be looked at
        return {f"{n}.{at}": values.render(one) for n, value in made for at, one in values.attributes(value).items()}
    return {}


def _changes(told: list[tuple[str, Any]], before: list[str], recipes: dict[int, str]) -> str:
    try:
        after = [values.render(value, recipes) for _, value in told]
    except Exception:  # noqa: BLE001 - what cannot be looked at must not take the whole answer along
        return "; arguments became what cannot be looked at"
    rows = zip(told, before, after, strict=True)
    return "".join(f"; {name} became {new}" for (name, _), old, new in rows if old != new)


def answers(job: dict[str, Any], module: types.ModuleType, config: dict[str, Any], ends: float) -> list[list[str]]:
    """The answers of one function. Of a draft only those that are a measure: quick, and no accident of a variation."""
    function = function_of(module, job["name"])
    calls = list(enumerate(job["calls"]))
    rows: list[list[str]] = []
    then = [json.loads(text) for _, text in job["then"]]
    until = time.process_time() + config["function_seconds"]
    for number, text in calls[::-1] if config["reversed"] else calls:
        if time.monotonic() > ends or time.process_time() > until:
            break
        try:
            asked = Asked(function, json.loads(text), config["call_seconds"], then)
        except Exception:  # noqa: BLE001, S112 - a call that cannot be put together here is no measure
            continue
        exact = number < job["recorded"] and not asked.rebuilt
        if not config["reference"] or ((exact or asked.meant) and asked.took < config["quick_seconds"]):
            rows.append([asked.given, asked.answer])
            rows += asked.left
        if asked.answer == LATE:
            break
    return rows


def run(job: dict[str, Any], channel: Any, config: dict[str, Any], ends: float) -> None:
    """Ask one function, and send what it answers or why it was not asked."""
    told: dict[str, Any] = {"place": job["place"], "name": job["name"]}
    try:
        with generated.limit(10.0, WALL):
            module = importlib.import_module(job["module"])
        if getattr(module, "__file__", "") != ROOT + job["place"]:
            raise ImportError("another module answers to its name")
        told["answers"] = answers(job, module, config, ends)
    except BaseException as error:  # noqa: BLE001 - hostile code: it exits, and its reprs raise anything
        told["reason"] = f"{type(error).__name__}: {error}"[:300]
    channel.send("behaviour", **told)


def main() -> None:
    """Read the configuration, ask the functions in order, send the end record."""
    config = json.load(sys.stdin)
    channel = generated.Channel(config["nonce"])
    sys.dont_write_bytecode = True
    sys.path[:0] = config["sys_path"]
    ends = time.monotonic() + config["seconds"]
    channel.send("start", python=sys.version.split()[0])
    for job in config["jobs"]:
        if time.monotonic() < ends:
            run(job, channel, config, ends)
    channel.send("end", code=0)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
