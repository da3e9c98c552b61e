"""Every hostile snippet is held, and the host is as it was."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from validation.sandbox.command import interpreter_prefix
from validation.sandbox.runner import run
from validation.sandbox.spec import Ending, Limits, SandboxOutcome, SandboxRequest
from validation.tests.sandbox.forged import FORGED
from validation.tests.sandbox.hostile import BOUNDED, HELD, KINDS, PRELUDE, Bounded, Held

pytestmark = pytest.mark.sandbox


AHEAD = ("socket", "ctypes")  # modules of an interpreter that was loaded before the snippet was there


def run_snippet(code: str, limits: Limits | None = None, preload: tuple[str, ...] = ()) -> SandboxOutcome:
    text = f"HOST_PID = {os.getpid()}\n{PRELUDE}\n{code}"
    request = SandboxRequest(
        argv=(str(interpreter_prefix()[1]), "-I", *(() if preload else ("-S",)), "/work/snippet.py"),
        files={"/work/snippet.py": text.encode()},
        limits=limits or Limits(wall_seconds=5.0, cpu_seconds=4.0, memory_bytes=256 * 2**20),
        preload=preload,
        result_channel=True,
    )
    return run(request)


def processes_with(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


# Each attempt runs in a child of its own of one sandbox; those that eat what all share get a sandbox to themselves.
BATCH = """
for name, what in ATTEMPTS.items():
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        sys.stdout.write(name + ": ")
        try:
            attempt(eval(what))
        except BaseException as error:
            print("ODD", repr(error))
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
"""
GREEDY = frozenset({"fill the disk", "use up inodes", "one file too large"})


def attempts(cases: list[Held], preload: tuple[str, ...]) -> dict[str, str]:
    """What each attempt printed, by name."""
    listed = {case.name: case.attempt for case in cases}
    outcome = run_snippet(f"ATTEMPTS = {listed!r}\n{BATCH}", preload=preload)
    assert outcome.ending is Ending.EXITED, outcome
    lines = (line.partition(": ") for line in outcome.output.splitlines())
    return {name: said for name, _, said in lines}


@pytest.fixture(scope="module", params=[(), AHEAD], ids=["fresh", "loaded ahead"])
def answers(request: pytest.FixtureRequest) -> dict[str, str]:
    batches = [[case for case in HELD if case.name not in GREEDY], *([case] for case in HELD if case.name in GREEDY)]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda batch: attempts(batch, request.param), batches)
        return {name: said for one in found for name, said in one.items()}


@pytest.mark.parametrize("case", HELD, ids=lambda case: case.name)
def test_attempt_is_refused(case: Held, answers: dict[str, str]) -> None:
    assert answers.get(case.name) in [f"HELD {error}" for error in case.errors]


def timed(case: Bounded) -> tuple[SandboxOutcome, float]:
    started = time.monotonic()
    outcome = run_snippet(case.code, case.limits)
    return outcome, time.monotonic() - started


@pytest.fixture(scope="module")
def endings() -> dict[str, tuple[SandboxOutcome, float]]:
    with ThreadPoolExecutor(2) as pool:
        return dict(zip((case.name for case in BOUNDED), pool.map(timed, BOUNDED), strict=True))


@pytest.mark.parametrize("case", BOUNDED, ids=lambda case: case.name)
def test_limit_ends_it(case: Bounded, endings: dict[str, tuple[SandboxOutcome, float]]) -> None:
    outcome, seconds = endings[case.name]
    assert outcome.ending in case.endings, outcome
    assert case.prints in outcome.output
    assert "LEAK" not in outcome.output
    assert "\x00" not in outcome.output
    assert seconds < case.limits.wall_seconds + 3.0
    if outcome.ending is not Ending.EXITED:
        assert outcome.reason


def test_nothing_of_a_run_outlives_it() -> None:
    code = "os.setsid() if os.fork() == 0 else None\nos.fork()\nsubprocess.Popen(['/bin/sleep', '300'])\nos._exit(0)"
    request = SandboxRequest(
        argv=(str(interpreter_prefix()[1]), "-I", "-S", "-c", PRELUDE + code), env={"MARK": "outlives-7f3a"}
    )
    assert run(request).ending is Ending.EXITED
    assert processes_with("outlives-7f3a") == []


def test_environment_of_the_host_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MGE_TEST_SECRET", "canary-51c2")
    code = (
        "import glob\nseen = ''\n"
        "for p in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n"
        "  try: seen += open(p, 'rb').read().decode('latin-1')\n  except OSError: pass\n"
        "print('LEAK' if 'canary' in seen + str(os.environ) or 'bind' in seen else 'CLEAN')"
    )
    output = run_snippet(code).output
    assert output.startswith("CLEAN")


def test_what_one_run_plants_the_next_does_not_find() -> None:
    plant = "\n".join(
        f"attempt(lambda: write({path!r}, 'raise SystemExit(0)'))"
        for path in ("/work/conftest.py", "/work/pytest.ini", "/tmp/sitecustomize.py", "/dev/shm/x")
    )
    assert run_snippet(plant).output.count("LEAK None") == 4  # planting works, within its own run
    look = "print(sorted(os.listdir('/work') + os.listdir('/tmp') + os.listdir('/dev/shm')))"
    assert run_snippet(look).output.strip() == "['snippet.py']"


def test_host_user_is_never_root() -> None:
    code = "print(open('/proc/self/uid_map').read().split()[1], os.getuid())"
    host_uid, inside = map(int, run_snippet(code).output.split())
    assert host_uid not in (0, inside)
    assert (host_uid == os.getuid()) == (os.getuid() != 0)


def test_the_suite_is_as_large_and_as_varied_as_it_must_be() -> None:
    snippets = {case.name for case in (*HELD, *BOUNDED)}
    assert len(snippets) == len(HELD) + len(BOUNDED) >= 40
    run = snippets | set(FORGED) | {name for name in globals() if name.startswith("test_")}
    missing = {kind: [name for name in names if name not in run] for kind, names in KINDS.items()}
    assert not any(missing.values()), missing
