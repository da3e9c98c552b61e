"""Puts calls to one state of the code, in a process of its own inside the sandbox."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace
from validation.domain.generated import read_generated
from validation.domain.layout import arrange, surroundings
from validation.domain.script_functions import script_module
from validation.domain.static import Family, family_of
from validation.engine.generated_tool import MEMORY_MIB, RESULT_BYTES, module_name
from validation.engine.process import SuiteSettings, search_path, suite_limits
from validation.engine.script_suite import transpiled
from validation.sandbox import runner
from validation.sandbox.spec import Mount, SandboxRequest
from validation.sandbox.toolroots import ESBUILD, INSIDE, INSIDE_FOLDER, TOOLCHAIN, node_root, python_root

ROOT = "/work"  # inside the sandbox
SECONDS = 8.0  # of all functions of one candidate by the clock, for one state of the code
FUNCTION_SECONDS = 1.5  # processor time of one of them
CALL_SECONDS = 1.0  # processor time, after which new code has no answer
QUICK_SECONDS = 0.05  # what took the draft longer is no measure
LEFT = " as to its arguments"  # after an input: what became of arguments, as ``inside/replay.py`` tells it
MADE = "new "  # before the name of a function that is called as a constructor

Answers = dict[tuple[str, str], Mapping[str, str]]  # path, name -> input -> answer


@dataclass(frozen=True, slots=True)
class Job:
    """The calls put to one function; the first ``recorded`` of them are as tests made them.

    ``about``: the changed function that the answers tell of, this one or one that it calls. ``then``: calls that tests
    made of functions which this one makes, each with its name.
    """

    path: str
    name: str
    calls: tuple[str, ...]
    recorded: int
    about: str
    then: tuple[tuple[str, str], ...] = ()


def ask_python(workspace: Workspace, jobs: Sequence[Job], *, reference: bool, backwards: bool) -> Answers:
    """What Python code answers; nothing where the sandbox refuses. ``backwards``: with another hash seed too."""
    try:
        placed = arrange(workspace, surroundings(workspace))
        root = python_root(workspace.python)
    except MgeError:
        return {}
    told = [{**one, "module": module_name(str(one["place"]), placed)} for one in _told(workspace, jobs)]
    config = {"sys_path": search_path(placed), "jobs": told, **_bounds(reference, backwards)}
    argv = (*root.argv, "-s", "-P", f"{INSIDE}/replay.py")  # -I would not hear of the hash seed
    return _run(workspace, jobs, placed, config, argv, root.mounts, {"PYTHONHASHSEED": str(int(backwards))})


def ask_scripts(workspace: Workspace, jobs: Sequence[Job], *, reference: bool, backwards: bool) -> Answers:
    """What JavaScript and TypeScript answer; nothing where the sandbox refuses. Each module hands out what it holds."""
    try:
        placed = dict(arrange(workspace, surroundings(workspace)))
        root = node_root(workspace.node_modules)
    except MgeError:
        return {}
    for file in workspace.files.values():
        if family_of(file.path) is Family.SCRIPT:
            placed[file.place] = file.content + script_module(file.path, file.content).hook(file.place)
    config = {"transpile": transpiled(placed), "esbuild": f"{TOOLCHAIN}/{ESBUILD}",
              "jobs": _told(workspace, jobs), **_bounds(reference, backwards)}  # fmt: skip
    argv = (*root.argv, f"--max-old-space-size={MEMORY_MIB // 2}", "--no-warnings", f"{INSIDE}/replay.mjs")
    return _run(workspace, jobs, placed, config, argv, root.mounts, {})


def _told(workspace: Workspace, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    return [
        {
            "place": workspace.files[job.path].place,
            "name": job.name,
            "calls": job.calls,
            "recorded": job.recorded,
            "then": job.then,
        }
        for job in jobs
    ]


def _bounds(reference: bool, backwards: bool) -> dict[str, Any]:
    return {
        "seconds": SECONDS,
        "function_seconds": FUNCTION_SECONDS,
        "call_seconds": CALL_SECONDS,
        "quick_seconds": QUICK_SECONDS,
        "reference": reference,
        "reversed": backwards,
    }


def _run(  # noqa: PLR0917 - all of them describe one process
    workspace: Workspace, jobs: Sequence[Job], placed: Mapping[str, bytes], config: Mapping[str, Any],
    argv: tuple[str, ...], mounts: tuple[Mount, ...], env: Mapping[str, str],
) -> Answers:  # fmt: skip
    nonce = secrets.token_hex(16)
    settings = SuiteSettings(timeout_seconds=SECONDS, memory_mib=MEMORY_MIB, coverage=False)
    outcome = runner.run(
        SandboxRequest(
            argv=argv,
            mounts=(*mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
            files={f"{ROOT}/{place}": content for place, content in placed.items()},
            env={"HOME": "/tmp", **env},  # noqa: S108 - inside the sandbox
            stdin=json.dumps({"nonce": nonce, **config}).encode(),
            limits=suite_limits(placed, settings, SECONDS + 6),
            result_channel=True,
            result_bytes=RESULT_BYTES,
        )
    )
    paths = {workspace.files[job.path].place: job.path for job in jobs}
    found = read_generated(outcome.result, nonce=nonce, functions=dict.fromkeys(paths, ()))
    return {(paths[place], name): rows for place, file in found.items() for name, rows in file.answers.items()}
