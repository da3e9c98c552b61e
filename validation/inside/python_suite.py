"""Runs a project's Python tests inside the sandbox and reports each one over the result channel.

A script of its own: ``python -I python_suite.py``, configuration as JSON on standard input. It needs only the standard
library, pytest, and coverage where it is there. Records are JSON lines that carry the nonce of the run:
``case`` (a finished test with its coverage), ``collect`` (a file that could not be collected), ``calls`` (with what
arguments a test that passed called the project's functions), ``begin``, ``end``.
"""

import contextlib
import functools
import gc
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable, Generator, Iterator
from types import FrameType, TracebackType
from typing import Any

sys.path += sys.argv[1:]  # where the project's interpreter has no pytest of its own, ours is found last

import pytest

ROOT = "/work/"
MESSAGE_LINES = 40
MESSAGE_CHARS = 4000
FRAMES = 20
RESERVE = 64 * 1024 * 1024  # bytes of the address space that the code under test must leave for telling that it failed
# What says why an assertion failed: it runs the code's own __repr__, which no passing test does.
DESCRIBING = (
    ("_pytest.assertion.rewrite", ("_saferepr", "_format_explanation", "_call_reprcompare")),
    ("unittest.case", ("safe_repr", "_common_shorten_repr", "pprint")),
)


class TestTimeout(BaseException):
    """A single test took longer than it may. Not an ``Exception``, so that the code under test does not swallow it."""


class Channel:
    """The result pipe. Its descriptor and the nonce live here only, no longer in the environment."""

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


class Tracer:
    """Lines executed in the given files, by coverage's C tracer, or in plain Python where that is not there."""

    def __init__(self, paths: dict[str, str]) -> None:
        self.lines: dict[str, set[int]] = {}
        self._paths = paths
        self._cache: dict[str, Any] = {}
        self._disposition: type | None = None
        self._running: int | None = None  # the thread that is traced
        try:
            from coverage.tracer import CFileDisposition, CTracer  # noqa: PLC0415
        except ImportError:
            self._tracer: Any = None
        else:
            self._disposition = CFileDisposition
            self._make: Callable[[], Any] = CTracer
            self._tracer = self._c_tracer()

    @property
    def name(self) -> str:
        """Which of the two it is, for the evidence."""
        return "coverage C tracer" if self._tracer is not None else "sys.settrace"

    def _c_tracer(self) -> Any:
        tracer = self._make()
        tracer.data, tracer.trace_arcs, tracer.file_tracers = self.lines, False, {}
        tracer.should_trace, tracer.should_trace_cache = self._should_trace, self._cache
        tracer.lock_data = tracer.unlock_data = lambda: None
        tracer.warn = lambda *_args, **_more: None
        tracer.check_include = tracer.should_start_context = tracer.switch_context = None
        tracer.disable_plugin = tracer.concur_id_func = None
        return tracer

    def _should_trace(self, filename: str, _frame: FrameType) -> Any:
        found = self._disposition() if self._disposition else None
        path = self._paths.get(filename)
        found.original_filename = found.canonical_filename = filename  # type: ignore[union-attr]
        found.source_filename = path  # type: ignore[union-attr]
        found.trace = path is not None  # type: ignore[union-attr]
        found.reason, found.file_tracer, found.has_dynamic_filename = "", None, False  # type: ignore[union-attr]
        return found

    def _plain(self, frame: FrameType, event: str, _arg: object) -> Any:
        path = self._paths.get(frame.f_code.co_filename)
        if path is None:
            return None
        if event == "line":
            self.lines.setdefault(path, set()).add(frame.f_lineno)
        return self._plain

    def _in_thread(self, frame: FrameType, event: str, arg: object) -> Any:
        sys.settrace(None)
        started = self._c_tracer().start()
        return started(frame, event, arg) if started else None

    def start(self) -> None:
        """Trace this thread and those that it starts from now on."""
        self._running = threading.get_ident()
        if self._tracer is None:
            threading.settrace(self._plain)
            sys.settrace(self._plain)
        else:
            threading.settrace(self._in_thread)
            self._tracer.start()

    def stop(self) -> None:
        """Trace no more."""
        self._running = None
        threading.settrace(None)
        sys.settrace(None) if self._tracer is None else self._tracer.stop()

    def aside(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, in which nothing is traced: what runs only after a failure is no cause of it."""

        @functools.wraps(function)
        def untraced(*arguments: Any, **keywords: Any) -> Any:
            if self._running != threading.get_ident():
                return function(*arguments, **keywords)
            self.stop()
            try:
                return function(*arguments, **keywords)
            finally:
                self.start()

        return untraced

    def take(self) -> dict[str, set[int]]:
        """Return what was executed since the last call. The sets stay: the C tracer holds them for live frames."""
        taken = {path: set(lines) for path, lines in self.lines.items() if lines}
        for path in taken:
            self.lines[path].clear()
        return taken


def ranges(lines: set[int]) -> str:
    """Return line numbers as ``1-4,7``."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def merge(into: dict[str, set[int]], more: dict[str, set[int]]) -> None:
    """Add the lines of ``more`` to ``into``."""
    for path, lines in more.items():
        into.setdefault(path, set()).update(lines)


def place_of(name: str) -> str | None:
    """The place in the workspace of a file name in a traceback, if it lies there."""
    return name[len(ROOT) :] if name.startswith(ROOT) else None


def chain(error: BaseException) -> list[BaseException]:
    """The causes of an error, the first one first, as a traceback shows them."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found and len(found) < FRAMES:
        found.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found[::-1]


def frames_of(error: BaseException) -> list[tuple[str, int]]:
    """Places in the workspace that the error's traceback goes through, outermost first; causes before effects."""
    found: list[tuple[str, int]] = []
    for one in chain(error):
        step: TracebackType | None = one.__traceback__
        while step is not None:
            place = place_of(step.tb_frame.f_code.co_filename)
            if place is not None:
                found.append((place, step.tb_lineno))
            step = step.tb_next
        if isinstance(one, SyntaxError) and one.filename and place_of(one.filename):
            found.append((place_of(one.filename) or "", one.lineno or 1))
    return found[-FRAMES:]


def hole_of(error: BaseException) -> str | None:
    """The symbol of the hole that was reached, if the error says so."""
    for one in chain(error):
        text = str(one.args[0]) if one.args else ""
        if isinstance(one, NotImplementedError) and text.startswith("hole: "):
            return text[len("hole: ") :].strip()[:200]
    return None


class Case:
    """What is known about the test that runs now."""

    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid
        self.status = "missing"
        self.message = ""
        self.frames: list[tuple[str, int]] = []
        self.hole: str | None = None
        self.lacks = False  # something that is not installed here
        self.lines: dict[str, set[int]] = {}
        self.seconds = 0.0

    def note(self, report: Any) -> None:
        """Take in the report of one phase, or of a subtest; the worst wins, and an error outside the call most."""
        self.seconds += float(getattr(report, "duration", 0.0))
        status = self._status(report)
        if _SEVERITY[status] > _SEVERITY[self.status]:
            self.status = status
            self.message = text_of(report)

    @staticmethod
    def _status(report: Any) -> str:
        if report.outcome == "failed":
            return "failed" if report.when == "call" else "error"
        if hasattr(report, "wasxfail"):
            return "xfailed"
        if report.outcome == "skipped":
            return "skipped"
        return "passed" if report.when == "call" else "missing"


_SEVERITY = {"missing": 0, "passed": 1, "xfailed": 2, "skipped": 2, "error": 3, "failed": 4}


def text_of(report: Any) -> str:
    """The last lines of a report's long text, bounded."""
    long = getattr(report, "longrepr", None)
    if isinstance(long, tuple) and len(long) == 3:
        return str(long[2])[:MESSAGE_CHARS]
    if hasattr(report, "wasxfail") and not long:
        return str(report.wasxfail)[:MESSAGE_CHARS]
    text = str(getattr(report, "longreprtext", "") or long or "")
    return "\n".join(text[-4 * MESSAGE_CHARS :].splitlines()[-MESSAGE_LINES:])[-MESSAGE_CHARS:]


@contextlib.contextmanager
def bounded(processor: float, wall: float) -> Iterator[None]:
    """Raise ``TestTimeout`` after so many seconds of processor time, or of the clock's; again each second after.

    Of memory a reserve is kept back, so that who takes all that there is gets a ``MemoryError`` which can be reported.
    """

    def expire(number: int, _frame: FrameType | None) -> None:
        told = f"{processor:g} s of processor time" if number == signal.SIGPROF else f"{wall:g} s"
        raise TestTimeout(f"the test took longer than {told}")

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, processor), (signal.SIGALRM, signal.ITIMER_REAL, wall))
    previous = [(number, signal.signal(number, expire)) for number, _, _ in timers]
    for _, timer, after in timers:
        signal.setitimer(timer, after, 1.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft not in (resource.RLIM_INFINITY, 0):
        resource.setrlimit(resource.RLIMIT_AS, (soft - min(RESERVE, soft // 16), hard))
    try:
        yield
    except MemoryError as error:
        traceback.clear_frames(error.__traceback__)  # they hold what took the memory
        gc.collect()
        raise
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        for _, timer, _ in timers:
            signal.setitimer(timer, 0)
        for number, handler in previous:
            signal.signal(number, handler)


def fixtures_of(item: Any) -> list[Any]:
    """Definitions of all fixtures that a test uses, those of ``setup_class`` and the like included."""
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return [definition for definitions in known.values() for definition in definitions]


def beside(name: str) -> Any:
    """A module that lies beside this script, under a name that the code under test does not use."""
    spec = importlib.util.spec_from_file_location(f"_mge_{name}", os.path.join(os.path.dirname(__file__), f"{name}.py"))  # noqa: PTH118, PTH120 - no further module is loaded into the process of the tests
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def describe_aside(tracer: Tracer) -> None:
    """Trace nothing while pytest or unittest describes why an assertion failed."""
    for name, functions in DESCRIBING:
        module = importlib.import_module(name)
        for function in functions:
            found = getattr(module, function, None)
            if isinstance(found, types.ModuleType):  # as pprint is used there
                setattr(module, function, types.SimpleNamespace(pformat=tracer.aside(found.pformat)))
            elif found is not None:
                setattr(module, function, tracer.aside(found))


class Plugin:
    """The pytest plugin: selection, tracing per phase, a limit for each test, and the records."""

    def __init__(self, config: dict[str, Any], channel: Channel) -> None:
        self.channel = channel
        self.traced = config["traced"]
        self.tracer = Tracer(self.traced) if config["coverage"] else None
        self.absent = beside("absent")
        recorder = beside("call_recorder").Recorder if config["record"] else None
        if self.tracer:
            describe_aside(self.tracer)
        self.recorder = recorder(self.traced, beside("call_values"), beside("recipes").Recipes()) if recorder else None
        self.select = frozenset(config["select"]) if config["select"] is not None else None
        self.skip = frozenset(config["skip"])
        self.processor_seconds, self.wall_seconds = config["test_seconds"]
        self.case: Case | None = None
        self.shared: dict[int, dict[str, set[int]]] = {}

    def wanted(self, nodeid: str) -> bool:
        """Whether the run is to execute this test."""
        if nodeid in self.skip:
            return False
        if self.select is None:
            return True
        base = nodeid.partition("[")[0]
        parts = base.split("::")
        return nodeid in self.select or any("::".join(parts[:n]) in self.select for n in range(1, len(parts) + 1))

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if self.wanted(item.nodeid)]
        self.channel.send("collected", count=len(items))

    def pytest_collectreport(self, report: Any) -> None:
        if report.outcome == "passed":
            return
        error = getattr(report, "mge_error", None)
        self.channel.send(
            "collect",
            id=report.nodeid,
            status="skipped" if report.outcome == "skipped" else "error",
            message=text_of(report),
            frames=frames_of(error) if error else [],
            hole=hole_of(error) if error else None,
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, Any]:
        if isinstance(collector, pytest.Module):
            collector.collect = functools.partial(self._collected, collector.collect)  # type: ignore[method-assign]
        try:
            report: Any = yield
        except SystemExit as error:  # a module that exits when imported must not end the whole run
            text = f"SystemExit({error.code!r}) while collecting"
            report = pytest.CollectReport(collector.nodeid, "failed", text, [])
            report.mge_error = error
            return report
        if getattr(report, "call", None) is not None and report.call.excinfo is not None:
            report.mge_error = report.call.excinfo.value
        return report

    def _collected(self, collect: Callable[[], Any]) -> list[Any]:
        """Import a test module: an endless loop in what it loads must not eat the time of all others."""
        with bounded(self.processor_seconds, self.wall_seconds):
            return list(collect())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, Any, Any]:
        self.case = Case(item.nodeid)
        self.channel.send("begin", id=item.nodeid)
        if self.tracer:
            self.tracer.take()
        try:
            return (yield)
        finally:
            self._finish(item)

    def _finish(self, item: Any) -> None:
        case, self.case = self.case, None
        if case is None:
            return
        if self.tracer:
            merge(case.lines, self.tracer.take())
            for definition in fixtures_of(item):
                merge(case.lines, self.shared.get(id(definition), {}))
        if case.lacks:  # what ran before is not to blame
            case.lines, case.frames = {}, []
        self.channel.send(
            "case",
            id=case.nodeid,
            status=case.status,
            seconds=round(case.seconds, 6),
            message=case.message,
            frames=case.frames,
            hole=case.hole,
            lines={path: ranges(lines) for path, lines in case.lines.items()},
        )
        calls = self.recorder.take(case.status == "passed") if self.recorder else []
        if calls:
            self.channel.send("calls", rows=calls)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """What a class, module or session fixture executes counts for every test that uses it, not for the first."""
        if self.tracer is None or self.case is None or fixturedef.scope == "function":
            return (yield)
        merge(self.case.lines, self.tracer.take())
        try:
            return (yield)
        finally:
            self.shared[id(fixturedef)] = self.tracer.take()

    @contextlib.contextmanager
    def _phase(self) -> Iterator[None]:
        with bounded(self.processor_seconds, self.wall_seconds):
            if self.tracer:
                self.tracer.start()
            if self.recorder:
                self.recorder.start()
            try:
                yield
            finally:
                if self.recorder:
                    self.recorder.stop()
                if self.tracer:
                    self.tracer.stop()

    def _traced(self, item: Any) -> Generator[None, Any, Any]:
        with self._phase():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> Generator[None, Any, Any]:
        return (yield from self._traced(item))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, Any]:
        return (yield from self._traced(item))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: Any) -> Generator[None, Any, Any]:
        return (yield from self._traced(item))

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        if call.excinfo is not None and self.case is not None and not self.case.frames:
            self.case.frames = frames_of(call.excinfo.value)
            self.case.hole = self.case.hole or hole_of(call.excinfo.value)
            self.case.lacks |= isinstance(call.excinfo.value, pytest.FixtureLookupError)
            self.case.lacks |= bool(self.absent.absent_of(chain(call.excinfo.value), self.traced, place_of))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.case is not None:
            self.case.note(report)


def main() -> int:
    """Read the configuration, run pytest, send the end record."""
    config = json.load(sys.stdin)
    channel = Channel(config["nonce"])
    sys.dont_write_bytecode = True
    sys.path[:0] = config["sys_path"]
    beside("own_modules").forget_copies(config["traced"], config["sys_path"])
    plugin = Plugin(config, channel)
    channel.send("start", python=sys.version.split()[0], pytest=pytest.__version__,
                 tracer=plugin.tracer.name if plugin.tracer else "none")  # fmt: skip
    code = pytest.main(config["arguments"], plugins=[plugin])
    channel.send("end", code=int(code))
    return int(code)


if __name__ == "__main__":
    sys.stdout.flush()
    status = main()
    sys.stdout.flush()
    os._exit(status)  # threads and exit handlers of the code under test have nothing more to say
