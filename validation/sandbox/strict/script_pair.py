"""Judges JavaScript and TypeScript the strict way: tests in one sandbox, code in another, one run for each control."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from kernel.errors import Unavailable
from validation.sandbox.spec import Ending, Limits, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.pair import run_pair
from validation.sandbox.strict.script_source import is_esm, names_in, stub_module
from validation.sandbox.strict.verdict import Phase, Reports, read_reports
from validation.sandbox.toolroots import ESBUILD, INSIDE, INSIDE_FOLDER, TOOLCHAIN, TOOLCHAIN_FOLDER, node_root

PHASES = ("main", "twin", "mutant")
_ROOT = "/work"
_JUDGE = "/tmp/.judge"  # noqa: S108 - inside the sandbox
_TYPED = (".ts", ".tsx", ".mts", ".cts", ".jsx")
_SCRIPTS = (*_TYPED, ".js", ".mjs")
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_HEAP_MIB = 512
_RESULT_BYTES = 16 * 1024 * 1024
# One process for all phases. Where it ends before its time, another goes on with the phase that it was in, and leaves
# that one out if it was the first.
_DRIVER = """
count="$1"; most="$2"; seconds="$3"; limit="$4"; node="$5"; first=0
while [ "$first" -lt "$count" ]; do
  rm -f /tmp/.judge/next
  timeout -s KILL "$seconds" "$node" --no-warnings --max-old-space-size=$MGE_HEAP --test-timeout=$limit \
    --test-reporter=/opt/mge/strict_reporter.mjs --test-reporter-destination=stdout \
    /opt/mge/strict_oracle.mjs "$first" "$most" </tmp/.judge/plan.json
  next=$(cat /tmp/.judge/next 2>/dev/null)
  [ "${next:-0}" -gt "$first" ] || next=$((first + 1))
  first=$next
done
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What is to be judged. Places are relative to /work.

    ``code``: modules under test by place. ``esm``: whether each is a module of the standard. ``tests``: what only the
    oracle has. ``twins``: test files by place, with the text that has every expectation replaced. ``shared``: what both
    sides have. ``names``: what the tests may call a module besides its path. ``seconds`` bound one phase of one file.
    ``controls_always``: even after a failure, for the other tests. ``vitest``: the project's own runs them, not Node's.
    ``known``: phases by name that need not run. ``alone``: each phase in a process of its own (Node's runner).
    """

    code: Mapping[str, bytes]
    esm: Mapping[str, bool]
    tests: Mapping[str, bytes]
    twins: Mapping[str, str]
    shared: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    node_modules: str | None = None
    seconds: float
    limits: Limits
    controls_always: bool = False
    globals: bool = False
    vitest: bool = False
    known: frozenset[str] = frozenset()
    alone: bool = False

    def phases(self) -> list[tuple[str, str, str]]:
        """Name, kind and test file of the phases to run, the controls last."""
        named = [(phase_name(place, phase), phase, place) for phase in PHASES for place in self.twins]
        return [one for one in named if one[0] not in self.known]

    def text(self, phase: str, place: str) -> str:
        """What stands in a test file in this phase."""
        return self.twins[place] if phase == "twin" else self.tests[place].decode("utf-8", "replace")


def phase_name(place: str, phase: str) -> str:
    """The name under which a phase of a test file reports."""
    return f"{place.replace('/', '+')}.{phase}"


def judge_apart(case: Apart) -> tuple[SandboxOutcome, SandboxOutcome, Reports]:
    """Run all phases; return the outcomes of subject and oracle, and what the oracle reported.

    A file in which a test failed runs once more by itself: in company something else may be to blame.
    Raises ``Unavailable`` where node, or esbuild for typed files, is not installed.
    """
    inner, outer, reports = _judge(case)
    again = {p: text for p, text in case.twins.items() if _is_doubtful(reports.phase(phase_name(p, "main")))}
    if case.vitest or case.alone or not again or Ending.EXITED is not outer.ending:
        return inner, outer, reports
    inner, outer, fresh = _judge(replace(case, twins=again, alone=True))
    reports.phases |= fresh.phases
    reports.foreign += fresh.foreign
    return inner, outer, reports


def _is_doubtful(main: Phase) -> bool:
    """Whether a test failed, or could not be loaded, and not for being apart from the code."""
    failed = [test for test, status in main.statuses.items() if status in ("failed", "cancelled")]
    notes = [main.notes.get(test, {}) for test in failed]
    return bool(main.errors) or not all(one.get("needs") or one.get("library_objects") for one in notes)


def _judge(case: Apart) -> tuple[SandboxOutcome, SandboxOutcome, Reports]:
    nonce = secrets.token_hex(16)
    inner, outer = run_pair(subject=_subject(case), oracle=_oracle(case, nonce))
    return inner, outer, read_reports(outer.result, nonce)


def _mounts(case: Apart) -> tuple[str, tuple[Mount, ...]]:
    root = node_root(case.node_modules)
    if not (TOOLCHAIN_FOLDER / ESBUILD).is_file():
        raise Unavailable("TypeScript tools are not installed: run make setup (npm ci in validation/toolchain)")
    return root.argv[0], (*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE))


def _config(case: Apart, files: Mapping[str, bytes], plain: list[str]) -> dict[str, object]:
    scripts = [p for p in sorted(files) if p.endswith(_SCRIPTS) and not p.endswith(_DECLARATIONS)]
    typed = [f"{_ROOT}/{p}" for p in scripts if p.endswith(_TYPED)]
    return {
        "transpile": [path for path in typed if path not in plain],
        "plain": [path for path in typed if path in plain],
        "esbuild": f"{TOOLCHAIN}/{ESBUILD}",
        "names": {name: f"{_ROOT}/{place}" for name, place in case.names.items()},
        "hooks": bool(typed or case.names or _of_modules({p: files[p].decode("utf-8", "replace") for p in scripts})),
    }


def _of_modules(scripts: Mapping[str, str]) -> bool:
    """Whether one that others may import is a module of the standard; configurations of tools are mentioned nowhere."""
    found = {place: PurePosixPath(place).stem for place, text in scripts.items() if is_esm(place, text)}
    return any(
        stem == "index" or any(f"/{stem}" in text for other, text in scripts.items() if other != place)
        for place, stem in found.items()
    )


def _subject(case: Apart) -> SandboxRequest:
    """The code and its data, and not one test."""
    node, mounts = _mounts(case)
    files = {**case.shared, **case.code}
    return SandboxRequest(
        argv=(node, "--no-warnings", f"--max-old-space-size={_HEAP_MIB}", f"{INSIDE}/strict_subject.mjs"),
        mounts=mounts,
        files={f"{_ROOT}/{place}": content for place, content in files.items()},
        stdin=json.dumps(_config(case, files, [])).encode(),
        limits=case.limits,
    )


def _oracle(case: Apart, nonce: str) -> SandboxRequest:
    """The tests and their data, and for each module of the code a stub, hollow in the last phase."""
    node, mounts = _mounts(case)
    names = names_in(text.decode("utf-8", "replace") for text in case.tests.values())
    stubs = {place: stub_module(f"{_ROOT}/{place}", names, esm=case.esm[place]).encode() for place in case.code}
    placed = {**case.shared, **case.tests, **stubs}
    make = _by_vitest if case.vitest else _by_node
    argv, files, stdin = make(case, node, placed, nonce)
    return SandboxRequest(
        argv=argv,
        mounts=mounts,
        files={**{f"{_ROOT}/{place}": content for place, content in placed.items()}, **files},
        env={"HOME": "/tmp", "NODE_TEST_CONTEXT": "", "MGE_HEAP": str(_HEAP_MIB), "CI": "1"},  # noqa: S108
        stdin=stdin,
        limits=case.limits,
        result_channel=True,
        result_bytes=_RESULT_BYTES,
    )


def _by_node(
    case: Apart, node: str, placed: Mapping[str, bytes], nonce: str
) -> tuple[tuple[str, ...], dict[str, bytes], bytes]:
    """All phases in one process, or each in its own, driven by a shell."""
    phases = [
        {"name": name, "place": place, "text": case.text(phase, place), "hollow": phase == "mutant"}
        for name, phase, place in case.phases()
    ]
    plan = {
        **_config(case, placed, [f"{_ROOT}/{place}" for place in case.code]),
        "nonce": nonce, "phases": phases, "globals": case.globals, "always": case.controls_always,
        "test_ms": int(case.seconds * 1000),
    }  # fmt: skip
    files = {f"{_JUDGE}/plan.json": json.dumps(plan).encode()}
    most, seconds = (1, case.seconds) if case.alone else (len(phases), 2 * case.seconds)
    told = (str(len(phases)), str(most), str(seconds), str(int(case.seconds * 500)), node)
    return ("/bin/sh", "-c", _DRIVER, "judge", *told), files, b""


def _by_vitest(
    case: Apart, node: str, placed: Mapping[str, bytes], nonce: str
) -> tuple[tuple[str, ...], dict[str, bytes], bytes]:
    """One process for all: each phase is a file beside the file of tests."""
    del placed
    files: dict[str, bytes] = {}
    named: list[tuple[str, str]] = []
    for name, phase, place in case.phases():
        folder, _, last = place.rpartition("/")
        path = place if phase == "main" else f"{folder}{'/' if folder else ''}mge-{phase}-{last}"
        files[f"{_ROOT}/{path}"] = case.text(phase, place).encode("utf-8", "replace")
        named.append((name, path))
    plan = {"nonce": nonce, "files": named, "test_ms": int(case.seconds * 500), "globals": case.globals}
    argv = (node, "--no-warnings", f"--max-old-space-size={_HEAP_MIB}", f"{INSIDE}/strict_vitest.mjs")
    return argv, files, json.dumps(plan).encode()
