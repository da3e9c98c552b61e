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
DRAWING = ("hypothesis", "_hypothesis_globals.py", "sortedcontainers")
DRAWN_ENV = {"HOME": "/tmp", "PYTHONHASHSEED": "0", "HYPOTHESIS_NO_PLUGINS": "1"}  # noqa: S108 - inside the sandbox
SKIPPED = frozenset({"__main__.py", "setup.py", "conftest.py", "manage.py"})  # not made to be imported


_known = Kept()


def check(
    workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes],
    draft: Workspace | None = None,
) -> dict[str, FileGenerated]:  # fmt: skip
    """Return generated tests by path, for the files that can have any. Files known by their bytes are not run again.

    Inputs are drawn for every pure function, or, with a ``draft``, for those whose text is not the same there.
    """
    found: dict[str, FileGenerated] = {}
    waiting: dict[str, tuple[Function, ...]] = {}
    by_place = {file.place: file for file in files.values()}
    for path, file in files.items():
        before = draft.files.get(path) if draft is not None else None
        known = _known.find(key_of(workspace, file))
        if known is None and before is not None:
            known = _known.find(_key_beside(workspace, file, before))
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
    drafted = {file.place: draft.files[path] for path, file in files.items() if draft and path in draft.files}
    for place, one in _run(workspace, waiting, by_place, placed, drafted).items():
        file = by_place[place]
        found[file.path] = one
        if is_whole(one):
            beside = _key_beside(workspace, file, drafted[place]) if place in drafted else None
            _known.keep(beside or key_of(workspace, file), one)
    return found


def _key_beside(workspace: Workspace, file: WorkspaceFile, before: WorkspaceFile) -> str:
    """As :func:`key_of`, of a result that holds only what differs from another state."""
    return key_of(workspace, file) + key_of(workspace, before)


def _to_draw(functions: tuple[Function, ...], file: WorkspaceFile, before: WorkspaceFile | None) -> list[str]:
    """The pure functions, those left out whose text a draft has too."""
    known = {text for _, text in _texts(functions_of(before.content), before)} if before is not None else set()
    return [name for name, text in _texts(functions, file) if text not in known]


def _texts(functions: tuple[Function, ...], file: WorkspaceFile) -> list[tuple[str, bytes]]:
    lines = file.content.split(b"\n")
    return [(one.name, b"\n".join(lines[one.first - 1 : one.last])) for one in functions if one.pure]


def _not_imported(file: WorkspaceFile, functions: tuple[Function, ...]) -> FileGenerated | None:
    if file.place.rpartition("/")[2] not in SKIPPED:
        return None
    return FileGenerated(functions=functions, reason="the file is made to be run, not imported")


def _run(
    workspace: Workspace, waiting: Mapping[str, tuple[Function, ...]], files: Mapping[str, WorkspaceFile],
    placed: Mapping[str, bytes], drafted: Mapping[str, WorkspaceFile],
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
                "draw": _to_draw(functions, files[place], drafted.get(place)),
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
