"""One sandboxed run of the generated tests of every script that is not yet known with these bytes."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.generated import FileGenerated, read_generated
from validation.domain.generated_scripts import ScriptPlan, script_plan
from validation.engine.generated_tool import MEMORY_MIB, RESULT_BYTES, SECONDS, TEST_SECONDS
from validation.engine.kept import NOTHING, Kept, is_whole, key_of
from validation.engine.process import SuiteSettings, suite_limits
from validation.engine.script_suite import transpiled
from validation.sandbox import runner
from validation.sandbox.spec import Ending, Mount, SandboxRequest
from validation.sandbox.toolroots import ESBUILD, INSIDE, INSIDE_FOLDER, TOOLCHAIN, TOOLCHAIN_FOLDER, node_root

_known = Kept()


def check(
    workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes]
) -> dict[str, FileGenerated]:
    """Return generated tests by path, for the scripts that have functions. Known files are not run again."""
    found: dict[str, FileGenerated] = {}
    waiting: dict[str, ScriptPlan] = {}
    paths = {file.place: path for path, file in files.items()}
    for path, file in files.items():
        known = _known.find(key_of(workspace, file))
        if known is None:
            plan = script_plan(file)
            if not plan.empty:
                waiting[file.place] = plan
                continue
            known = FileGenerated(functions=plan.functions, untold=plan.untold) if plan.functions else NOTHING
            _known.keep(key_of(workspace, file), known)
        if known is not NOTHING:
            found[path] = known
    for place, one in _run(workspace, waiting, placed).items():
        found[paths[place]] = replace(one, untold=waiting[place].untold)
        if is_whole(one):
            _known.keep(key_of(workspace, files[paths[place]]), found[paths[place]])
    return found


def _run(
    workspace: Workspace, waiting: Mapping[str, ScriptPlan], placed: Mapping[str, bytes]
) -> dict[str, FileGenerated]:
    if not waiting:
        return {}
    try:
        root = node_root(workspace.node_modules)
    except MgeError as error:
        return _none(waiting, error.message)
    transpile = transpiled(placed)
    if transpile and not (TOOLCHAIN_FOLDER / ESBUILD).is_file():
        return _none(waiting, "esbuild is not installed: run make setup")
    nonce = secrets.token_hex(16)
    config: dict[str, Any] = {
        "nonce": nonce,
        "seconds": SECONDS,
        "test_seconds": TEST_SECONDS,
        "transpile": transpile,
        "esbuild": f"{TOOLCHAIN}/{ESBUILD}",
        "modules": [_job(place, plan) for place, plan in sorted(waiting.items())],
    }
    settings = SuiteSettings(timeout_seconds=SECONDS, memory_mib=MEMORY_MIB, coverage=False)
    outcome = runner.run(
        SandboxRequest(
            argv=(*root.argv, f"--max-old-space-size={MEMORY_MIB // 2}", "--no-warnings",
                  f"{INSIDE}/generated_tests.mjs"),
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
            files={f"/work/{place}": content for place, content in placed.items()},
            env={"HOME": "/tmp"},  # noqa: S108 - inside the sandbox
            stdin=json.dumps(config).encode(),
            limits=suite_limits(placed, settings, SECONDS + 6),
            result_channel=True,
            result_bytes=RESULT_BYTES,
        )
    )  # fmt: skip
    if outcome.ending is Ending.REFUSED:
        return _none(waiting, f"the run was refused: {outcome.reason}")
    functions = {place: plan.functions for place, plan in waiting.items()}
    return read_generated(outcome.result, nonce=nonce, functions=functions)


def _job(place: str, plan: ScriptPlan) -> dict[str, Any]:
    return {
        "place": place,
        "inputs": plan.inputs,
        "examples": [{"name": one.name, "call": one.call, "value": one.value} for one in plan.examples],
        "constants": plan.constants,
    }


def _none(waiting: Mapping[str, ScriptPlan], reason: str) -> dict[str, FileGenerated]:
    return {place: FileGenerated(functions=plan.functions, reason=reason) for place, plan in waiting.items()}
