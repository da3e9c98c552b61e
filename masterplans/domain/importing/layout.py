"""What must hold for a plan as a whole: every file has a place of its own, and dependencies lead somewhere."""

import graphlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kernel.errors import InvalidInput
from masterplans.domain.importing.paths import check_path
from masterplans.domain.importing.spec import PlanSpec

MIB: Final = 1024 * 1024
MAX_FILES: Final = 20_000
MAX_CODE_BYTES: Final = 128 * MIB  # all drafts
MAX_TOTAL_BYTES: Final = 256 * MIB  # drafts, tests and support; a workspace may not be larger


def check_plan(spec: PlanSpec) -> PlanSpec:
    """The plan as it came, or one located error.

    Refused are: no tasks, more than the bounds above, an unsafe path or place, two files at one path or place, a path
    that is a file and a folder, a dependency on no task, a cycle of tasks.
    """
    if not spec.tasks:
        raise InvalidInput(f"{spec.name}: the plan has no tasks.")
    _check_size(spec)
    displayed = [(task.path, f"task {task.name!r}") for task in spec.tasks]
    displayed += [(file.path, f"{file.role} file {file.path!r}") for file in spec.files]
    places = [(task.place, f"task {task.name!r}") for task in spec.tasks]
    places += [(file.place, f"{file.role} file {file.path!r}") for file in spec.files]
    for claims in (displayed, places):
        _check_unique(claims)
    check_dependencies({task.path: task.depends_on for task in spec.tasks})
    return spec


def _check_size(spec: PlanSpec) -> None:
    files = len(spec.tasks) + len(spec.files)
    if files > MAX_FILES:
        raise InvalidInput(f"{spec.name}: {files} files are more than {MAX_FILES}; import a part of it.")
    code = sum(len(task.draft or b"") for task in spec.tasks)
    if code > MAX_CODE_BYTES:
        raise InvalidInput(f"{spec.name}: {code // MIB} MiB of code are more than {MAX_CODE_BYTES // MIB} MiB.")
    total = code + sum(len(file.content) for file in spec.files)
    if total > MAX_TOTAL_BYTES:
        raise InvalidInput(f"{spec.name}: {total // MIB} MiB are more than {MAX_TOTAL_BYTES // MIB} MiB.")


def _check_unique(claims: Iterable[tuple[str, str]]) -> None:
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path, where in claims:
        check_path(path, where=where)
        if path in files:
            raise InvalidInput(f"{where}: the path {path!r} is already taken by {files[path]}.", path=path)
        files[path] = where
        for cut in (i for i, c in enumerate(path) if c == "/"):
            folders.setdefault(path[:cut], where)
    for path, where in files.items():
        if path in folders:
            raise InvalidInput(f"{where}: {path!r} is also a folder, by {folders[path]}.", path=path)


def check_dependencies(needs: Mapping[str, Sequence[str]]) -> None:
    """Raise ``InvalidInput`` where a task needs one that is not there, or itself over others; names the whole cycle."""
    for path, wanted in needs.items():
        for other in wanted:
            if other not in needs:
                raise InvalidInput(f"task {path!r}: depends_on names {other!r}, which is no task of this plan.")
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        cycle = list(reversed(error.args[1]))  # graphlib lists each before the one that needs it
        chain = " needs ".join(repr(path) for path in cycle)
        raise InvalidInput(f"the tasks form a cycle: {chain}; remove one depends_on.", cycle=cycle) from error
