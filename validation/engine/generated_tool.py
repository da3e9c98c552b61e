"""One sandboxed run of the generated tests of every file that is not yet known with these bytes."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.generated import FileGenerated, Function, functions_of, has_examples, read_generated
from validation.engine.kept import NOTHING, Kept, is_whole, key_of
from validation.engine.process import SuiteSettings, beside_foreign, search_path, suite_limits
from validation.sandbox import runner
from validation.sandbox.spec import MIB, Ending, Mount, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, python_root

SECONDS = 18.0  # of all generated tests of one pass
TEST_SECONDS = 2.0  # of one docstring; a quarter of it for one input
DRAW_SECONDS = 1.5  # for drawn inputs of one file, when all files are done
MEMORY_MIB = 1024
RESULT_BYTES = 32 * MIB
DRAWING = ("hypothesis", "sortedcontainers")
DRAWN_ENV = {"HOME": "/tmp", "PYTHONHASHSEED": "0", "HYPOTHESIS_NO_PLUGINS": "1"}  # noqa: S108 - inside the sandbox
SKIPPED = frozenset({"__main__.py", "setup.py", "conftest.py", "manage.py"})  # not made to be imported


_known = Kept()


def check(
    workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes]
) -> dict[str, FileGenerated]:
    """Return generated tests by path, for the files that can have any. Files known by their bytes are not run again."""
    found: dict[str, FileGenerated] = {}
    waiting: dict[str, tuple[Function, ...]] = {}
    by_place = {file.place: file for file in files.values()}
    for path, file in files.items():
        known = _known.find(key_of(workspace, file))
        if known is None:
            functions = functions_of(file.content)
            if has_examples(file.content) or any(one.pure for one in functions):
                known = _not_imported(file, functions)
            else:
                known = NOTHING
            if known is None:
                waiting[file.place] = functions
                continue
            _known.keep(key_of(workspace, file), known)
        if known is not NOTHING:
            found[path] = known
    for place, one in _run(workspace, waiting, by_place, placed).items():
        found[by_place[place].path] = one
        if is_whole(one):
            _known.keep(key_of(workspace, by_place[place]), one)
    return found


def _not_imported(file: WorkspaceFile, functions: tuple[Function, ...]) -> FileGenerated | None:
    if file.place.rpartition("/")[2] not in SKIPPED:
        return None
    return FileGenerated(functions=functions, reason="the file is made to be run, not imported")


def _run(
    workspace: Workspace, waiting: Mapping[str, tuple[Function, ...]], files: Mapping[str, WorkspaceFile],
    placed: Mapping[str, bytes],
) -> dict[str, FileGenerated]:  # fmt: skip
    if not waiting:
        return {}
    try:
        root = python_root(workspace.python)
    except MgeError as error:
        return _none(waiting, error.message)
    nonce = secrets.token_hex(16)
    shown, late = beside_foreign(workspace, DRAWING)
    config: dict[str, Any] = {
        "nonce": nonce,
        "sys_path": search_path(placed),
        "seconds": SECONDS,
        "test_seconds": TEST_SECONDS,
        "draw_seconds": DRAW_SECONDS,
        "late_path": late,
        "modules": [
            {
                "place": place,
                "module": module_name(place, placed),
                "doctests": has_examples(files[place].content),
                "functions": [one.name for one in functions if one.pure],
            }
            for place, functions in sorted(waiting.items(), key=lambda item: len(files[item[0]].content))
        ],
    }
    settings = SuiteSettings(timeout_seconds=SECONDS, memory_mib=MEMORY_MIB, coverage=False)
    outcome = runner.run(
        SandboxRequest(
            argv=(*root.argv, "-s", f"{INSIDE}/generated_tests.py"),  # -I would not hear of the hash seed
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE), *shown),
            files={f"/work/{place}": content for place, content in placed.items()},
            env=DRAWN_ENV,
            stdin=json.dumps(config).encode(),
            limits=suite_limits(placed, settings, SECONDS + 6),
            result_channel=True,
            result_bytes=RESULT_BYTES,
        )
    )
    if outcome.ending is Ending.REFUSED:
        return _none(waiting, f"the run was refused: {outcome.reason}")
    return read_generated(outcome.result, nonce=nonce, functions=waiting)


def _none(waiting: Mapping[str, tuple[Function, ...]], reason: str) -> dict[str, FileGenerated]:
    return {place: FileGenerated(functions=functions, reason=reason) for place, functions in waiting.items()}


def module_name(place: str, placed: Mapping[str, bytes]) -> str:
    """The dotted name under which a file of the workspace is imported."""
    parts = place.removesuffix(".py").split("/")
    if parts[0] == "src" and "src/__init__.py" not in placed:
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
