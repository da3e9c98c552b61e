"""Ruff's own fixes, cut to a range of a file."""

import difflib

from masterplans.domain.workspace import WorkspaceFile
from validation.engine.ruff_tool import ERRORS, WARNINGS
from validation.engine.tool import BIN, binary, run_tool
from validation.sandbox.spec import Ending, Mount


def fixed_range(file: WorkspaceFile, start: int, end: int) -> bytes | None:
    """The bytes ``start:end`` of a file with ruff's safe fixes in them; None where ruff did not run.

    Fixes outside the range are left out.
    """
    tool = binary("ruff")
    if tool is None:
        return None
    rules = ",".join([*sorted(ERRORS), *WARNINGS])
    command = [f"{BIN}/ruff", "check", "--isolated", "--no-cache", "--fix-only", "--quiet", "--exit-zero",
               "--select", rules, "--target-version", "py311", file.place]  # fmt: skip
    outcome = run_tool(
        ["/bin/sh", "-c", '"$@" && cat "$0"', file.place, *command],
        mounts=[Mount(host=tool, inside=f"{BIN}/ruff")], placed={file.place: file.content}, extra={},
    )  # fmt: skip
    if outcome.ending is not Ending.EXITED or outcome.exit_code:
        return None
    return merged(file.content, outcome.output.encode("utf-8", "surrogateescape"), start, end)


def merged(before: bytes, after: bytes, start: int, end: int) -> bytes:
    """The range with those changed lines of ``after`` in it that lie inside it; both end at line boundaries."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = before[:start].count(b"\n")
    last = first + len(before[start:end].splitlines())
    parts: list[bytes] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal" and first <= i1 and i2 <= last:
            parts += new[j1:j2]
        else:
            parts += old[max(i1, first) : min(i2, last)] if i1 < last and i2 > first else []
    return b"".join(parts)
