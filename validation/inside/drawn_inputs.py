"""Runs inside the sandbox, beside generated_tests.py: typed functions under inputs that hypothesis draws.

Inputs are drawn first and tried later, so that nothing hangs on what hypothesis does around a test. They follow from
the annotations and the name of the function alone: two states of a file get the same ones. Numbers are small and mostly
exact, texts short: another way to say the same must not differ in a last digit. What an answer breaks of its
annotations is shrunk to the smallest such input.
"""

import collections.abc
import contextlib
import copy
import dataclasses
import datetime
import decimal
import dis
import enum
import fractions
import inspect
import time
import types
import typing
import zlib
from collections.abc import Callable
from typing import Any

COUNT = 50  # inputs drawn for a function
SHRUNK = 2  # kinds of breaches of one function
DRAW_SECONDS = 1.0  # by the clock
TRY_SECONDS = 0.4  # processor time of all calls of a function
SHRINK_SECONDS = 0.6
CALL_SECONDS = 0.5  # processor time, after which a call has no answer
CALL_WALL = 5.0
QUICK_SECONDS = 0.15  # what takes longer is no measure: the other state may have no time for it
LATE = "no answer in time"
SEEN = 20  # items of a container that are compared with its annotation
LETTERS = "abcxyzABZ 012589-_.,:;/\\'\"()[]{}<>=+*#@%&|!?~\t\né中"
_DEPTH = 5
# What an operation makes of a value of another type than the author thought of; all else may be meant.
_ACCIDENTS = (NameError, AttributeError, TypeError)
_NUMBERS: dict[Any, tuple[type, ...]] = {
    float: (float, int), complex: (complex, float, int), int: (int,), bytes: (bytes, bytearray, memoryview),
}  # fmt: skip
_LISTS = ("list", "Sequence", "Iterable", "Collection", "MutableSequence")


class NotDrawn(Exception):
    """There are no inputs or answers, and why."""

    late = False


class NotInTime(NotDrawn):
    """It could be, given more time."""

    late = True

    def __init__(self) -> None:
        super().__init__("no inputs could be drawn in time")


class Drawer:
    """Draws inputs and tries functions with them.

    ``limit(seconds, wall)`` raises ``late``, a ``BaseException``, after so much time. ``values`` is call_values.py.
    """

    def __init__(self, values: Any, limit: Callable[..., Any], late: type[BaseException]) -> None:
        self.values, self.limit, self.late = values, limit, late
        self.hypothesis: Any = None

    def try_all(self, function: Any, name: str) -> dict[str, Any]:
        """Answers of one function, how many are as annotated, what breaks the annotation; or the reason for none."""
        try:
            self.load()
            return Subject(self, function, name).told()
        except NotDrawn as error:
            return {"reason": str(error), "late": error.late}
        except ImportError as error:
            return {"reason": f"hypothesis cannot be loaded here: {error}"[:300]}
        except self.late:
            return {"reason": str(NotInTime()), "late": True}
        except BaseException as error:  # noqa: BLE001 - hostile code: it exits, and its classes raise anything
            return {"reason": f"no inputs could be drawn: {type(error).__name__}"}

    def load(self) -> None:
        """Import hypothesis. Raises ``ImportError`` where this interpreter cannot."""
        if self.hypothesis is None:
            import hypothesis  # noqa: PLC0415 - the interpreter of the project may have none
            from hypothesis.internal.conjecture import providers  # noqa: PLC0415

            # Constants of the code would be drawn too, and two states of it get other inputs.
            providers._get_local_constants = lambda: providers._local_constants
            self.hypothesis = hypothesis

    def strategy(self, hint: Any, depth: int = 0) -> Any:
        """What values of a type are drawn from. Raises :class:`NotDrawn`."""
        st = self.hypothesis.strategies
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if depth > _DEPTH:
            raise NotDrawn("types inside types without end")
        if hint in _PLAIN:
            return _PLAIN[hint](st)
        if origin is typing.Literal:
            return st.sampled_from(arguments)
        if origin in (typing.Union, types.UnionType):
            return st.one_of(*(self.strategy(one, depth + 1) for one in arguments))
        if origin is typing.Annotated:
            return self.strategy(arguments[0], depth)
        if hasattr(hint, "__supertype__"):
            return self.strategy(hint.__supertype__, depth)
        if isinstance(hint, type) and issubclass(hint, enum.Enum) and len(hint):
            return st.sampled_from(list(hint)[:SEEN])
        if isinstance(hint, type) and origin is None:
            return self._made(hint, depth)
        return self._container(origin, arguments, depth)

    def _made(self, kind: type, depth: int) -> Any:
        """Dataclasses, named tuples and typed dictionaries, from values of their fields."""
        st = self.hypothesis.strategies
        if dataclasses.is_dataclass(kind):
            names = [one.name for one in dataclasses.fields(kind) if one.init]
        elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
            names = list(kind._fields)
        elif typing.is_typeddict(kind):
            names = list(typing.get_type_hints(kind))
        else:
            raise NotDrawn(f"no inputs for {kind.__qualname__}")
        hints = typing.get_type_hints(kind)
        fields = {name: self.strategy(hints[name], depth + 1) for name in names}
        if typing.is_typeddict(kind):
            return st.fixed_dictionaries(fields)

        def make(**given: Any) -> Any:
            try:
                return kind(**given)
            except Exception:  # noqa: BLE001 - whatever the class refuses
                self.hypothesis.reject()

        return st.builds(make, **fields)

    def _container(self, origin: Any, arguments: tuple[Any, ...], depth: int) -> Any:
        st = self.hypothesis.strategies
        name = getattr(origin, "__name__", "")
        if origin is tuple and arguments and arguments[-1] is not Ellipsis:
            return st.tuples(*(self.strategy(one, depth + 1) for one in arguments if one != ()))
        if not arguments or name not in (*_LISTS, *_MAPPINGS, *_SETS, "tuple"):
            raise NotDrawn(f"no inputs for {getattr(origin, '__qualname__', 'such a type')}")
        items = self.strategy(arguments[0], depth + 1)
        if name in _MAPPINGS:
            return st.dictionaries(items, self.strategy(arguments[1], depth + 1), max_size=5)
        if name in _SETS:
            return st.frozensets(items, max_size=6) if name == "frozenset" else st.sets(items, max_size=6)
        lists = st.lists(items, max_size=6)
        return lists.map(tuple) if name == "tuple" else lists


class Subject:
    """A function with what its arguments are drawn from."""

    def __init__(self, drawer: Drawer, function: Any, name: str) -> None:
        self._drawer, self._function, self._name = drawer, function, name
        hints = hints_of(function)
        self._annotated = hints.get("return", Any)
        self._columns = self._arguments(hints)
        self._documented = str(inspect.getdoc(function)).split()

    def _arguments(self, hints: dict[str, Any]) -> Any:
        """What the arguments are drawn from, up to one that may be left out and of whose type nothing is drawn."""
        columns = []
        for one in inspect.signature(self._function).parameters.values():
            if one.kind not in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
                raise NotDrawn("keyword-only or variable parameters")
            try:
                columns.append(self._drawer.strategy(hints[one.name]))
            except NotDrawn:
                if one.default is one.empty:
                    raise
                break
        return self._drawer.hypothesis.strategies.tuples(*columns)

    def told(self) -> dict[str, Any]:
        """Answers to drawn inputs, how many are as annotated, and breaches of each kind at the smallest input."""
        rows: list[list[str]] = []
        fitting, broken = 0, dict[str, Outcome]()
        until = time.process_time() + TRY_SECONDS
        for arguments in self._drawn():
            if time.process_time() > until:
                break
            one = self._call(arguments)
            if one.took > QUICK_SECONDS and one.answer != LATE:
                continue
            if one.answer != LATE and self._call(arguments).answer != one.answer:
                if one.kind in ("error", "unsaid"):
                    continue  # it broke off half way
                raise NotDrawn("it answers the same input differently")
            rows.append([one.given, one.answer])
            fitting += one.fits
            if one.breach and one.error not in self._documented:
                broken.setdefault(one.breach, one)
            if one.answer == LATE:
                break
        found = [self._smallest(one) for one in list(broken.values())[:SHRUNK]]
        return {"answers": rows, "fitting": fitting, "broken": [[one.kind, one.given, one.said] for one in found]}

    def _call(self, arguments: tuple[Any, ...]) -> "Outcome":
        return Outcome(self._drawer, self._function, arguments, self._annotated)

    def _run(self, test: Callable[[Any], None], *, shrink: bool) -> None:
        """Put drawn arguments to ``test``; what it raises comes out of here."""
        made = self._drawer.hypothesis
        phases = [made.Phase.generate, *([made.Phase.shrink] if shrink else [])]
        settings = made.settings(
            max_examples=COUNT, database=None, deadline=None, derandomize=True, phases=phases, print_blob=False,
            report_multiple_bugs=False, verbosity=made.Verbosity.quiet, suppress_health_check=list(made.HealthCheck),
        )  # fmt: skip

        def drawn(arguments: Any) -> None:
            test(arguments)

        settings(made.seed(zlib.crc32(self._name.encode()))(made.given(self._columns)(drawn)))()

    def _drawn(self) -> list[tuple[Any, ...]]:
        """Different inputs, the simple ones first: those that take a function long come last."""
        found: dict[str, tuple[Any, ...]] = {}

        def keep(arguments: tuple[Any, ...]) -> None:
            found.setdefault(self._drawer.values.render(arguments), arguments)

        with contextlib.suppress(self._drawer.late), self._drawer.limit(DRAW_SECONDS):
            self._run(keep, shrink=False)
        if not found:
            raise NotInTime
        return [found[text] for text in sorted(found, key=lambda text: (len(text), text))]

    def _smallest(self, first: "Outcome") -> "Outcome":
        """The outcome at the smallest input found that breaks the annotations in the same way."""

        def breaks(arguments: tuple[Any, ...]) -> Outcome | None:
            one = self._call(arguments)
            return one if one.breach == first.breach else None

        return self.smallest(breaks, SHRINK_SECONDS) or first

    def smallest(self, look: Callable[[tuple[Any, ...]], "Outcome | None"], seconds: float) -> "Outcome | None":
        """What ``look`` finds at the smallest input at which it finds anything, within so much processor time."""
        best: list[Outcome] = []
        until = time.process_time() + seconds

        def test(arguments: Any) -> None:
            if time.process_time() > until:
                raise self._drawer.late
            one = look(arguments)
            if one is not None:
                if not best or (len(one.given), one.given) < (len(best[0].given), best[0].given):
                    best[:] = [one]
                raise NotDrawn

        with contextlib.suppress(Exception, self._drawer.late):
            self._run(test, shrink=True)
        return best[0] if best else None


_EPOCH = datetime.datetime(2000, 2, 28)  # noqa: DTZ001 - plain datetimes are most often what is annotated so
_MAPPINGS = ("dict", "Mapping", "MutableMapping")
_SETS = ("set", "Set", "MutableSet", "frozenset")
_PLAIN: dict[Any, Callable[[Any], Any]] = {
    int: lambda st: st.one_of(st.integers(-9, 20), st.integers(-1000, 1000)),
    float: lambda st: st.integers(-4000, 4000).map(lambda n: n / 8),  # sums and products of them are exact
    bool: lambda st: st.booleans(),
    str: lambda st: st.text(st.sampled_from(LETTERS), max_size=8),
    bytes: lambda st: st.binary(max_size=6),
    type(None): lambda st: st.none(),
    decimal.Decimal: lambda st: st.integers(-5000, 5000).map(lambda n: decimal.Decimal(n) / 4),
    fractions.Fraction: lambda st: st.builds(fractions.Fraction, st.integers(-20, 20), st.integers(1, 12)),
    datetime.date: lambda st: st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31)),
    datetime.datetime: lambda st: st.builds(_EPOCH.__add__, _PLAIN[datetime.timedelta](st)),
    datetime.timedelta: lambda st: st.integers(-(10**6), 10**6).map(lambda n: datetime.timedelta(seconds=n)),
}


class Outcome:
    """One call of a function: ``answer`` as text, and what of it breaks the annotations (``breach``, ``kind``)."""

    def __init__(self, drawer: Drawer, function: Any, arguments: tuple[Any, ...], annotated: Any = Any) -> None:
        render = drawer.values.render
        self.given = f"({', '.join(map(render, arguments))})"
        self.kind = self.breach = self.said = self.error = ""
        self.fits = False
        given = copy.deepcopy(arguments)
        began = time.process_time()
        try:
            with drawer.limit(CALL_SECONDS, CALL_WALL):
                value = function(*given)
                if isinstance(value, collections.abc.Iterator):
                    raise NotDrawn("it answers with an iterator")
                text = render(value)
        except drawer.late:
            self.answer = LATE
        except NotDrawn:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the code under test raises is its answer
            self._raised(error)
        else:
            self.answer = text
            self.fits = fits(value, annotated)
            if not self.fits:
                wanted = getattr(annotated, "__qualname__", "") if isinstance(annotated, type) else ""
                self.kind, self.breach = "type", f"type {type(value).__qualname__}"
                self.said = f"gives {text}, annotated {wanted or str(annotated).replace('typing.', '')}"
        self.took = time.process_time() - began
        if self.answer != LATE:
            for old, new in zip(arguments, given, strict=True):
                now = render(new)
                self.answer += f"; {render(old)} became {now}" if now != render(old) else ""

    def _raised(self, error: Exception) -> None:
        self.error = type(error).__name__
        if isinstance(error, NotImplementedError):
            text = str(error.args[0]) if error.args else ""
            self.answer = f"hole: {text}"
        elif is_raised(error):
            self.answer = f"raises {self.error}"
        else:
            self.answer = f"breaks with {self.error}"
            meant = not isinstance(error, _ACCIDENTS) or "format" in str(error)  # a drawn text is no format
            self.kind = "unsaid" if meant else "error"
            self.breach, self.said = f"error {self.error}", f"breaks with {self.error}: {error}"[:300]


def hints_of(function: Any) -> dict[str, Any]:
    """The annotations of a function; for names that only type checkers import stand those of the library."""
    unknown: dict[str, Any] = {}
    while len(unknown) < 20:
        try:
            return typing.get_type_hints(function, localns=unknown, include_extras=True)
        except NameError as error:
            name = str(error.name)
            unknown[name] = getattr(collections.abc, name, None) or getattr(typing, name, _Unknown)
    raise NotDrawn("names of types that are not there")


class _Unknown:
    """In place of a type whose name is not there: nothing is drawn from it, and everything may stand for it."""

    def __class_getitem__(cls, _arguments: Any) -> Any:
        return cls


def is_raised(error: BaseException) -> bool:
    """Whether a ``raise`` made this error: what an operation makes of a strange input was meant by nobody."""
    step = error.__traceback__
    if step is None:
        return False
    while step.tb_next is not None:
        step = step.tb_next
    code = step.tb_frame.f_code.co_code
    return 0 <= step.tb_lasti < len(code) and dis.opname[code[step.tb_lasti]] == "RAISE_VARARGS"


def fits(value: Any, hint: Any, depth: int = 0) -> bool:
    """Whether a value may stand where this is annotated; true of whatever is not understood."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if depth > _DEPTH or hint in (Any, object, _Unknown):
        return True
    if hint is None or hint is type(None):
        return value is None
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, one, depth) for one in arguments)
    if origin is typing.Literal:
        return any(value == one for one in arguments)
    if origin is typing.Annotated:
        return fits(value, arguments[0], depth)
    if hasattr(hint, "__supertype__"):
        return fits(value, hint.__supertype__, depth)
    kind = hint if origin is None else origin
    if not isinstance(kind, type) or typing.is_typeddict(kind) or getattr(kind, "_is_protocol", False):
        return True
    try:
        right = isinstance(value, _NUMBERS.get(kind, kind))
    except TypeError:
        return True
    return right and _items_fit(value, arguments, depth + 1)


def _items_fit(value: Any, arguments: tuple[Any, ...], depth: int) -> bool:
    if type(value) is tuple and arguments and arguments[-1] is not Ellipsis:
        wanted = [one for one in arguments if one != ()]
        return len(value) == len(wanted) and all(map(fits, value, wanted, [depth] * len(wanted)))
    if type(value) in (list, set, frozenset, tuple) and arguments:
        return all(fits(item, arguments[0], depth) for item in list(value)[:SEEN])
    if type(value) is dict and len(arguments) == 2:
        rows = list(value.items())[:SEEN]
        return all(fits(key, arguments[0], depth) and fits(item, arguments[1], depth) for key, item in rows)
    return True
