"""The result of a plan as a folder, a zip or a git patch against the drafts, with its ``report.json``.

Files that no accepted change touched are the bytes that came in.
"""

import difflib
import io
import json
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps

from execution.assembly import assemble
from execution.models import ExecutionRun, RunAtom
from execution.report import report
from execution.selectors import latest_run
from kernel.errors import Conflict, InvalidInput
from kernel.states import ExecutionMode, ReviewStatus
from kernel.v2 import require_v2, v2_installed
from masterplans.domain.workspace import Workspace, WorkspaceFile
from masterplans.models import Masterplan
from masterplans.selectors import load_workspace
from validation.selectors import results_by_atom

REPORT = "report.json"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same run gives the same archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What goes out: files by their path in the plan, and the report."""

    before: Workspace
    after: Workspace
    report: dict[str, Any]


def collect(plan: Masterplan, run: ExecutionRun | None = None, *, approved_only: bool = False) -> Export:
    """The result of a run, by default the plan's newest. Conflict where the plan has never run.

    ``approved_only``: of what was changed, only what a person approved; everything else stands as it came.
    """
    run = run or latest_run(plan.pk)
    if run is None:
        raise Conflict(f"Masterplan {plan.pk} has no run yet, so there is nothing to export. Run it first.")
    only = _approved(run) if approved_only else None
    return Export(before=load_workspace(plan.pk), after=assemble(run, only=only).workspace, report=_report(run))


def _approved(run: ExecutionRun) -> set[uuid.UUID]:
    """Atoms that a person approved or edited. The review room stands above this one, so it is asked by name."""
    require_v2()
    rows = apps.get_model("review", "HumanReviewQueue").objects.filter(run=run, status=ReviewStatus.APPROVED)
    return set(rows.order_by().values_list("atom_id", flat=True))


def _report(run: ExecutionRun) -> dict[str, Any]:
    whole = report(run)
    decisions = _decisions(run)
    checked = {} if run.mode == ExecutionMode.MVP else results_by_atom(run.pk)
    costs = _costs(run)
    changed = set(RunAtom.objects.filter(run=run, code__isnull=False).values_list("atom_id", flat=True))
    for atom in whole["atoms"]:
        key = atom["id"]
        atom["changed"] = key in {str(i) for i in changed}
        atom["cost_usd"] = costs.get(key, 0.0)
        atom["levels"] = checked.get(key, {})
        atom["decision"] = decisions.get(key)
    whole["holes"] = [a["id"] for a in whole["atoms"] if _is_empty_hole(run, a["id"])]
    return whole


def _is_empty_hole(run: ExecutionRun, atom_id: str) -> bool:
    return RunAtom.objects.filter(run=run, atom_id=atom_id, is_hole=True, code=None).exists()


def _costs(run: ExecutionRun) -> dict[str, float | None]:
    """USD by unit; None where the price of one of its calls is not known."""
    calls = apps.get_model("llm", "LlmCall").objects.filter(run_id=run.pk, state__in=["received", "unknown"])
    costs: dict[str, float | None] = {}
    for unit, micro in calls.values_list("atom_id", "cost_micro"):
        known = costs.get(str(unit), 0.0)
        costs[str(unit)] = None if micro is None or known is None else known + micro / 1_000_000
    return costs


def _decisions(run: ExecutionRun) -> dict[str, str]:
    if not v2_installed():
        return {}
    rows = apps.get_model("review", "HumanReviewQueue").objects.filter(run=run, decision__isnull=False)
    rows = rows.exclude(decision="withdrawn")  # nobody decided
    return {str(atom): str(word) for atom, word in rows.order_by("reviewed_at").values_list("atom_id", "decision")}


def write(export: Export, target: Path) -> None:
    """Write to ``FILE.zip``, ``FILE.patch`` or a new or empty folder; either all of it appears or nothing."""
    if not target.parent.is_dir():
        raise InvalidInput(f"{target.parent} is no folder: create it, or choose another place.")
    if target.suffix == ".zip":
        _replace(target, as_zip(export))
    elif target.suffix == ".patch":
        _replace(target, as_patch(export))
    else:
        _write_folder(export, target)


def _replace(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise InvalidInput(f"{target} is a folder: give the name of a file.")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)


def _write_folder(export: Export, target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInput(f"{target} exists and is not an empty folder: nothing is overwritten. Choose a new name.")
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for path, content in _files(export):
            place = staging / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        staging.chmod(0o755)
        if target.exists():
            target.rmdir()
        staging.replace(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _files(export: Export) -> Iterable[tuple[str, bytes]]:
    for path, file in sorted(export.after.files.items()):
        yield _inside(path), file.content
    yield _report_name(export.after), json.dumps(export.report, indent=2, ensure_ascii=False).encode()


def _report_name(workspace: Workspace) -> str:
    """``report.json``, or, where the project has a file of that name, one that it has not."""
    return REPORT if REPORT not in workspace.files else "mge-report.json"


def _inside(path: str) -> str:
    """Importers refuse such paths; what is written is checked all the same."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise InvalidInput(f"The path {path!r} leads out of the workspace and is not written.")
    return str(pure)


def as_zip(export: Export) -> bytes:
    """The files as a zip archive, the same bytes for the same run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _files(export):
            entry = zipfile.ZipInfo(path, ZIP_DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def as_patch(export: Export) -> bytes:
    """A patch that ``git apply`` takes on the drafts; empty where nothing changed."""
    chunks = []
    for path, file in sorted(export.after.files.items()):
        old = export.before.files.get(path)
        if old is None or old.content != file.content:
            chunks.append(_file_patch(_inside(path), old, file))
    return b"".join(chunks)


def _file_patch(path: str, old: WorkspaceFile | None, new: WorkspaceFile) -> bytes:
    before = _lines(old.content) if old else []
    after = _lines(new.content)
    name = path.encode()
    head = b"diff --git a/%s b/%s\n" % (name, name)
    if old is None:
        head += b"new file mode 100644\n"
        if not new.content:
            return head
    from_name = b"a/" + name if old else b"/dev/null"
    body = difflib.diff_bytes(difflib.unified_diff, before, after, from_name, b"b/" + name, n=3)
    return head + b"".join(_ended(line) for line in body)


def _lines(content: bytes) -> list[bytes]:
    """Split at LF alone, as git does."""
    parts = content.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
