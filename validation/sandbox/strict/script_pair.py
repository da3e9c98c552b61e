"""Judges JavaScript and TypeScript the strict way: tests in one sandbox, code in another, one run for each control."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from kernel.errors import Unavailable
from validation.sandbox.spec import Limits, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.pair import run_pair
from validation.sandbox.strict.script_source import names_in, stub_module
from validation.sandbox.strict.verdict import Reports, read_reports
from validation.sandbox.toolroots import ESBUILD, INSIDE, INSIDE_FOLDER, TOOLCHAIN, TOOLCHAIN_FOLDER, node_root

PHASES = ("main", "twin", "mutant")
_JUDGE = "/tmp/.judge"  # noqa: S108 - inside the sandbox
_TYPED = (".ts", ".tsx", ".mts", ".cts", ".jsx")
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_HEAP_MIB = 512
_RESULT_BYTES = 16 * 1024 * 1024
# One process for each phase, with its files in place. After a failure of the first, the controls run only where they
# serve other tests. A control is meant to fail: its output is nobody's business.
_DRIVER = """
always="$1"; seconds="$2"; limit="$3"; node="$4"; shift 4
for phase in "$@"; do
  if [ -d "/tmp/.judge/$phase" ]; then cp -R "/tmp/.judge/$phase/." /work/; fi
  case "$phase" in *main) ;; *) always=yes; exec >/dev/null 2>&1 ;; esac
  timeout -s KILL "$seconds" "$node" --no-warnings --max-old-space-size=$MGE_HEAP --test-timeout=$limit \
    --test-reporter=/opt/mge/strict_reporter.mjs --test-reporter-destination=stdout \
    /opt/mge/strict_oracle.mjs <"/tmp/.judge/$phase.json" || [ -n "$always" ] || exit 1
done
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What is to be judged. Places are relative to /work.

    ``code``: modules under test by place. ``esm``: whether each is a module of the standard. ``tests``: what only the
    oracle has. ``twins``: test files by place, with the text that has every expectation replaced. ``shared``: what both
    sides have. ``names``: what the tests may call a module besides its path. ``seconds`` bound one phase of one file.
    ``controls_always``: even after a failure, for the other tests. ``vitest``: the project's own runs them, not Node's.
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


def phase_name(place: str, phase: str) -> str:
    """The name under which a phase of a test file reports."""
    return f"{place.replace('/', '+')}.{phase}"


def judge_apart(case: Apart) -> tuple[SandboxOutcome, SandboxOutcome, Reports]:
    """Run all phases; return the outcomes of subject and oracle, and what the oracle reported.

    Raises ``Unavailable`` where node, or esbuild for typed files, is not installed.
    """
    nonce = secrets.token_hex(16)
    inner, outer = run_pair(subject=_subject(case), oracle=_oracle(case, nonce))
    return inner, outer, read_reports(outer.result, nonce)


def _mounts(case: Apart) -> tuple[str, tuple[Mount, ...]]:
    root = node_root(case.node_modules)
    if not (TOOLCHAIN_FOLDER / ESBUILD).is_file():
        raise Unavailable("TypeScript tools are not installed: run make setup (npm ci in validation/toolchain)")
    return root.argv[0], (*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE))


def _config(case: Apart, files: Mapping[str, bytes], plain: list[str]) -> dict[str, object]:
    typed = [f"/work/{p}" for p in sorted(files) if p.endswith(_TYPED) and not p.endswith(_DECLARATIONS)]
    return {
        "transpile": [path for path in typed if path not in plain],
        "plain": [path for path in typed if path in plain],
        "esbuild": f"{TOOLCHAIN}/{ESBUILD}",
        "names": {name: f"/work/{place}" for name, place in case.names.items()},
    }


def _subject(case: Apart) -> SandboxRequest:
    """The code and its data, and not one test."""
    node, mounts = _mounts(case)
    files = {**case.shared, **case.code}
    return SandboxRequest(
        argv=(node, "--no-warnings", f"--max-old-space-size={_HEAP_MIB}", f"{INSIDE}/strict_subject.mjs"),
        mounts=mounts,
        files={f"/work/{place}": content for place, content in files.items()},
        stdin=json.dumps(_config(case, files, [])).encode(),
        limits=case.limits,
    )


def _oracle(case: Apart, nonce: str) -> SandboxRequest:
    """The tests and their data, and for each module of the code a stub, hollow in the last phase."""
    node, mounts = _mounts(case)
    names = names_in(text.decode("utf-8", "replace") for text in case.tests.values())
    stubs = {place: stub_module(f"/work/{place}", names, esm=case.esm[place]).encode() for place in case.code}
    placed = {**case.shared, **case.tests, **stubs}
    make = _by_vitest if case.vitest else _by_node
    argv, files, stdin = make(case, node, placed, nonce)
    return SandboxRequest(
        argv=argv,
        mounts=mounts,
        files={**{f"/work/{place}": content for place, content in placed.items()}, **files},
        env={"HOME": "/tmp", "NODE_TEST_CONTEXT": "", "MGE_HEAP": str(_HEAP_MIB), "CI": "1"},  # noqa: S108
        stdin=stdin,
        limits=case.limits,
        result_channel=True,
        result_bytes=_RESULT_BYTES,
    )


def _by_node(
    case: Apart, node: str, placed: Mapping[str, bytes], nonce: str
) -> tuple[tuple[str, ...], dict[str, bytes], bytes]:
    """One process for each phase of each file, driven by a shell."""
    config = _config(case, placed, [f"/work/{place}" for place in case.code])
    files: dict[str, bytes] = {}
    phases: list[str] = []
    for place, twin in case.twins.items():
        for phase in PHASES:
            name = phase_name(place, phase)
            phases.append(name)
            plan = {**config, "nonce": nonce, "phase": name, "file": f"/work/{place}", "globals": case.globals}
            files[f"{_JUDGE}/{name}.json"] = json.dumps(plan).encode()
            text = twin.encode("utf-8", "replace") if phase == "twin" else case.tests[place]
            files[f"{_JUDGE}/{name}/{place}"] = text
    told = ("yes" if case.controls_always else "", str(case.seconds), str(int(case.seconds * 500)), node, *phases)
    return ("/bin/sh", "-c", _DRIVER, "judge", *told), files, b""


def _by_vitest(
    case: Apart, node: str, placed: Mapping[str, bytes], nonce: str
) -> tuple[tuple[str, ...], dict[str, bytes], bytes]:
    """One process for all: each phase is a file beside the file of tests."""
    del placed
    files: dict[str, bytes] = {}
    named: list[tuple[str, str]] = []
    for place, twin in case.twins.items():
        for phase in PHASES:
            folder, _, name = place.rpartition("/")
            path = place if phase == "main" else f"{folder}{'/' if folder else ''}mge-{phase}-{name}"
            text = twin.encode("utf-8", "replace") if phase == "twin" else case.tests[place]
            files[f"/work/{path}"] = text
            named.append((phase_name(place, phase), path))
    plan = {"nonce": nonce, "files": named, "test_ms": int(case.seconds * 500), "globals": case.globals}
    argv = (node, "--no-warnings", f"--max-old-space-size={_HEAP_MIB}", f"{INSIDE}/strict_vitest.mjs")
    return argv, files, json.dumps(plan).encode()
