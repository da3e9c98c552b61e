"""Runs inside the sandbox: doctests of given modules, and what pure typed functions answer to fixed inputs.

The inputs follow from the annotations (boundaries of each type, a seeded choice) and the constants of the module, so
that two states of a function can be compared on the same inputs without having both at once. When all modules are done,
hypothesis draws further inputs. Records go over the inherited pipe, each with the nonce: ``start``, ``module``,
``doctest``, ``behaviour``, ``drawn``, ``end``.
"""

from __future__ import annotations  # the interpreter of the project may be older than ours

import ast
import contextlib
import copy
import dataclasses
import decimal
import doctest
import enum
import importlib
import importlib.machinery
import inspect
import io
import itertools
import json
import os
import pathlib
import random
import signal
import sys
import time
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

MESSAGE = 1500
ANSWER = 300
ROOT = "/work/"
NO_TIME = "no time was left"
TOO_OLD = "no inputs are drawn under an interpreter as old as this"
_BASE: dict[Any, list[Any]] = {
    int: [0, 1, -1, 2, 3, 7, 10, -5, 100],
    float: [0.0, 1.0, -1.0, 0.5, 2.25, 10.0, -3.5, 100.0],
    bool: [False, True],
    str: ["", "a", "abc", "Hello World", "a-b_c", " x ", "10", "aa"],
    bytes: [b"", b"a", b"abc"],
    type(None): [None],
    decimal.Decimal: [decimal.Decimal(text) for text in ("0", "1", "-1", "0.5", "2.25", "100")],
}
_CHOICES = 40  # combinations picked by the seeded choice
_CONSTANTS = 12  # of the module, tried for each parameter


class OutOfTime(BaseException):
    """One example took longer than it may; no ``Exception``, so that the code does not swallow it."""


class Unsupported(Exception):
    """No inputs are made for this annotation."""


@contextlib.contextmanager
def limit(seconds: float, wall: float | None = None) -> Iterator[None]:
    """Raise :class:`OutOfTime` in this thread after so long; with ``wall`` that is of processor time, ``wall`` by the
    clock.
    """

    def expire(_signal: int, _frame: object) -> None:
        raise OutOfTime

    previous = {one: signal.signal(one, expire) for one in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, 0 if wall is None else seconds, 0.2)
    signal.setitimer(signal.ITIMER_REAL, seconds if wall is None else wall, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for one, handler in previous.items():
            signal.signal(one, handler)


def beside(name: str) -> Any:
    """A module that lies beside this script, under a name that the code under test does not use."""
    loader = importlib.machinery.SourceFileLoader(f"_mge_{name}", str(pathlib.Path(__file__).with_name(f"{name}.py")))
    module = types.ModuleType(loader.name)
    module.__file__ = loader.path
    loader.exec_module(module)
    return module


class Channel:
    """The result pipe."""

    def __init__(self, nonce: str) -> None:
        inherited = int(os.environ.pop("MGE_RESULT_FD"))
        self._fd = os.dup(inherited)
        os.set_inheritable(self._fd, False)
        os.close(inherited)
        self._nonce = nonce

    def send(self, kind: str, **fields: Any) -> None:
        """Write one record as a line."""
        data = json.dumps({"n": self._nonce, "k": kind, **fields}).encode() + b"\n"
        while data:
            data = data[os.write(self._fd, data) :]


def examples(hint: Any) -> list[Any]:
    """Fixed values of a type. Raises :class:`Unsupported`."""
    if hint in _BASE:
        return _BASE[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return list(arguments)
    if origin in (typing.Union, types.UnionType):
        return [value for one in arguments for value in examples(one)[:6]]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return list(hint)[:8]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    if origin is typing.Annotated:
        return examples(arguments[0])
    return _collection(origin or hint, arguments)


def _dataclass(made: type) -> list[Any]:
    """Instances of a dataclass from values of its fields; those that its own checks refuse are left out."""
    hints = typing.get_type_hints(made)
    columns = [(one.name, examples(hints[one.name])) for one in dataclasses.fields(made) if one.init]
    found = []
    for n in range(8):
        with contextlib.suppress(Exception):  # whatever the class refuses
            found.append(made(**{name: column[(n + k) % len(column)] for k, (name, column) in enumerate(columns)}))
    if not found:
        raise Unsupported(f"no instance of {made.__qualname__} could be made")
    return found


def _collection(origin: Any, arguments: tuple[Any, ...]) -> list[Any]:
    name = getattr(origin, "__name__", "")
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        columns = [examples(one) for one in arguments]
        return [tuple(column[(n + k) % len(column)] for k, column in enumerate(columns)) for n in range(6)]
    if name in ("dict", "Mapping") and len(arguments) == 2:
        keys, values = examples(arguments[0]), examples(arguments[1])
        pairs = [(k, values[n % len(values)]) for n, k in enumerate(keys)]
        return [{}, dict(pairs[1:2]), dict(pairs[1:4]), dict(pairs)]
    makers: dict[str, Callable[[Any], Any]] = {
        "list": list, "Sequence": list, "Iterable": list, "Collection": list, "tuple": tuple, "set": set,
        "frozenset": frozenset,
    }  # fmt: skip
    if name not in makers or not arguments:
        raise Unsupported(f"no inputs for {getattr(origin, '__qualname__', origin)}")
    make, items = makers[name], examples(arguments[0])
    return [make(()), make(items[1:2]), make(items[1:4]), make(items[::-1]), make([*items[:3], *items[1:3]])]


def constants(tree: ast.Module) -> dict[type, list[Any]]:
    """Numbers and texts of the module, numbers with their neighbours: where comparisons turn over."""
    found: dict[type, list[Any]] = {int: [], float: [], str: []}
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if type(value) is int and abs(value) < 10**6:
            found[int] += [value, value - 1, value + 1]
            found[float] += [float(value), value - 0.5]
        elif type(value) is float:
            found[float] += [value, value - 0.01, value + 0.01]
        elif type(value) is str and 0 < len(value) <= 20:
            found[str].append(value)
    return {kind: list(dict.fromkeys(values))[:_CONSTANTS] for kind, values in found.items()}


def inputs(name: str, columns: list[list[Any]], mined: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """The argument lists of a function: seeded picks from the boundaries, then each constant in each place."""
    if not columns:
        yield ()
        return
    choice = random.Random(name)  # noqa: S311 - reproducible, not secret
    total = 1
    for column in columns:
        total *= len(column)
    if total <= _CHOICES:
        yield from itertools.product(*columns)
    else:
        for _ in range(_CHOICES):
            yield tuple(choice.choice(column) for column in columns)
    for place, values in enumerate(mined):
        for value in values:
            for other in (1, 2):
                row = [column[min(other, len(column) - 1)] for column in columns]
                row[place] = value
                yield tuple(row)


def show(value: Any) -> str:
    """A text that is equal for equal plain values; raises :class:`Unsupported` for what shows its address."""
    text = repr(_plain(value))
    if " at 0x" in text:
        raise Unsupported("an answer that is no plain value")
    return text if len(text) <= ANSWER else f"{text[:ANSWER]}... {len(text)}"


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return (type(value).__name__, sorted(map(repr, value)))
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    if type(value) is dict:
        return {key: _plain(item) for key, item in value.items()}
    return value


def answer(function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> str:
    """What the function answers: its value, what it did to its arguments, or its error."""
    given = copy.deepcopy(arguments)
    try:
        with limit(seconds):
            value = function(*given)
    except OutOfTime:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the code under test raises is its answer
        text = str(error.args[0]) if error.args else ""
        return f"hole: {text}" if isinstance(error, NotImplementedError) else f"raises {type(error).__name__}"
    changed = "" if repr(given) == repr(arguments) else f"; arguments became {show(given)}"
    return f"{show(value)}{changed}"


def behaviour(function: Any, tree: ast.Module, name: str, seconds: float, ends: float) -> dict[str, Any]:
    """Inputs and answers of one function, or the reason why there are none. Each input is tried twice."""
    parameters = list(inspect.signature(function).parameters.values())
    if any(one.kind not in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters):
        return {"reason": "keyword-only or variable parameters"}
    hints = typing.get_type_hints(function)
    columns = [examples(hints[one.name]) for one in parameters]
    known = constants(tree)
    mined = [known.get(hints[one.name], []) for one in parameters]
    rows: list[tuple[str, str]] = []
    for arguments in inputs(name, columns, mined):
        if time.monotonic() > ends:
            break
        first = answer(function, arguments, seconds)
        if first != answer(function, arguments, seconds):
            return {"reason": "it answers the same input differently"}
        rows.append((show(arguments), first))
    return {"answers": rows}


def try_behaviour(module: types.ModuleType, tree: ast.Module, name: str, seconds: float, ends: float) -> dict[str, Any]:
    """:func:`behaviour`, with every way to have none as a reason."""
    try:
        return behaviour(getattr(module, name), tree, name, seconds, ends)
    except Unsupported as error:
        return {"reason": str(error)}
    except OutOfTime:
        return {"reason": "an input took too long"}
    except BaseException as error:  # noqa: BLE001 - hostile code: it exits, and its reprs and copies raise anything
        return {"reason": f"no inputs could be made: {type(error).__name__}"}


def run_doctests(module: types.ModuleType, channel: Channel, place: str, seconds: float, ends: float) -> None:
    """Run the doctests that this module itself defines, each with its own limit."""
    for test in sorted(doctest.DocTestFinder().find(module, module.__name__), key=lambda one: one.lineno or 0):
        if not test.examples:
            continue
        name = test.name[len(module.__name__) + 1 :]
        if time.monotonic() > ends:
            channel.send("doctest", place=place, name=name, status="missing", message=NO_TIME)
            continue
        said = io.StringIO()
        status = "passed"
        try:
            with limit(seconds), contextlib.redirect_stdout(io.StringIO()):
                flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
                failed = doctest.DocTestRunner(verbose=False, optionflags=flags).run(test, out=said.write).failed
        except OutOfTime:
            status, failed = "failed", 0
            said.write(f"took longer than {seconds:g} s")
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like of a docstring
            status, failed = "failed", 0
            said.write(repr(error))
        channel.send("doctest", place=place, name=name, status="failed" if failed else status,
                     message=said.getvalue()[:MESSAGE])  # fmt: skip


def run_module(job: dict[str, Any], channel: Channel, seconds: float, ends: float) -> None:
    """Import one module and send all about it."""
    place = job["place"]
    try:
        with limit(10.0):
            module = importlib.import_module(job["module"])
        tree = ast.parse(pathlib.Path(ROOT, place).read_bytes())
    except BaseException as error:  # noqa: BLE001 - a module that cannot be imported has no generated tests
        channel.send(
            "module", place=place, reason=f"the module cannot be imported: {type(error).__name__}: {error}"[:300]
        )
        return
    if getattr(module, "__file__", "") != ROOT + place:
        channel.send("module", place=place, reason="another module answers to its name")
        return
    if job["doctests"]:
        run_doctests(module, channel, place, seconds, ends)
    for name in job["functions"]:
        if time.monotonic() < ends:
            channel.send("behaviour", place=place, name=name, **try_behaviour(module, tree, name, seconds / 4, ends))
    channel.send("module", place=place, reason="")


def generate(config: dict[str, Any], channel: Channel, drawer: Any) -> None:
    """Do the modules in order; then, when nothing can be lost any more, try what hypothesis draws."""
    ends = time.monotonic() + config["seconds"]
    for job in config["modules"]:
        if time.monotonic() > ends:
            channel.send("module", place=job["place"], reason=NO_TIME)
        else:
            run_module(job, channel, config["test_seconds"], ends)
    for job in config["modules"]:
        module = sys.modules.get(job["module"])
        until = min(ends, time.monotonic() + config["draw_seconds"])
        for name in job["draw"] if getattr(module, "__file__", "") == ROOT + job["place"] else ():
            told = {"reason": NO_TIME, "late": True} if drawer is not None else {"reason": TOO_OLD}
            if drawer is not None and time.monotonic() < until:
                told = drawer.try_all(getattr(module, name, None), name)
            channel.send("drawn", place=job["place"], name=name, **told)


def main() -> None:
    """Read the configuration, do what it says, send the end record."""
    config = json.load(sys.stdin)
    channel = Channel(config["nonce"])
    drawn, drawer = beside("drawn_inputs"), None
    with contextlib.suppress(SyntaxError):
        drawer = drawn.Drawer(beside("call_values"), limit, OutOfTime)
    sys.dont_write_bytecode = True
    sys.path[:] = [one for one in sys.path if one != os.path.dirname(__file__)] + config["late_path"]  # noqa: PTH120 - as the interpreter wrote it there
    channel.send("start", python=sys.version.split()[0])
    if "old" in config:
        beside("smallest_difference").run(config, channel, drawn, drawer)
    else:
        sys.path[:0] = config["sys_path"]
        generate(config, channel, drawer)
    channel.send("end", code=0)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
