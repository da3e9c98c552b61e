"""Judges the drafts of a plan on request, outside any run: tools run now, tests as the last suite on these bytes."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic

from django.conf import settings

from atoms.domain.model import AtomKind
from atoms.models import AtomicUnit
from kernel.errors import NotFound
from masterplans.domain.workspace import FileRole
from masterplans.models import Masterplan
from masterplans.selectors import criteria_of, load_workspace
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import Span, blame, pattern_atoms
from validation.domain.hierarchical import HierarchicalValidator
from validation.domain.imports import package_of
from validation.domain.model import Level, LevelResult, SuiteResult
from validation.domain.scopes import PART
from validation.engine.static import static_findings
from validation.members import members_of
from validation.selectors import suite_on

NO_SUITE = "the suite was not run on this code: start a run"


def check_scope(plan: Masterplan, level: Level, scope: str) -> None:
    """Raise ``NotFound`` for a module or package folder that the plan does not have, before anything is judged."""
    files = load_workspace(plan.pk).of_role(FileRole.SOURCE)
    known = {package_of(file.path) for file in files}
    if level is Level.MODULE:
        known = {file.path for file in files} | {one.scope for one in members_of(plan.pk).modules}
    if scope not in known:
        raise NotFound(f"The plan has no {level} {scope[:200]!r}.")


def judge_levels(
    plan: Masterplan, levels: Sequence[Level], *, scope: str | None = None, stop_early: bool = False
) -> list[LevelResult]:
    """Levels 2 to 4 of a plan's drafts; of one module or package where ``scope`` is given.

    The path of a long file stands for all its parts.
    """
    workspace = load_workspace(plan.pk)
    digest = workspace.digest()
    missing = plan.tasks.exclude(target_path__in=list(workspace.files)).values_list("target_path", flat=True)
    validator = HierarchicalValidator(
        workspace=workspace,
        suite=suite_on(plan.pk, digest) or _no_suite(digest),
        static=static_findings(workspace, cache=_cache()),
        drafts_code=workspace,
        rules=plan.rules,
        acceptance=criteria_of(plan),
        missing=list(missing),
        members=members_of(plan.pk),
        spans=spans_of(AtomicUnit.objects.filter(masterplan=plan)),
        stop_early=stop_early,
        clock=monotonic,
    )
    return [
        result
        for result in validator.upper_levels()
        if result.level in levels and scope in (None, result.scope, result.scope.partition(PART)[0])
    ]


def spans_of(atoms: Iterable[AtomicUnit]) -> dict[str, list[Span]]:
    """Lines of atoms by path."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for atom in atoms:
        spans[atom.path].append((str(atom.pk), atom.start_line, atom.end_line))
    return spans


def judge_atoms(plan: Masterplan, *, only: uuid.UUID | None = None) -> list[LevelResult]:
    """Level 1 of the drafts of a plan's atoms, or of one of them."""
    workspace = load_workspace(plan.pk)
    digest = workspace.digest()
    atoms = list(
        AtomicUnit.objects.filter(masterplan=plan).exclude(kind=AtomKind.SUBTASK).order_by("path", "atom_number")
    )
    spans = spans_of(atoms)
    suite = suite_on(plan.pk, digest) or _no_suite(digest)
    static = static_findings(workspace, cache=_cache())
    found = blame(suite, spans, patterns=pattern_atoms(static, spans))
    validator = AtomicValidator(static=static, drafts=static, suite=suite, blame=found)
    return [
        validator.judge(
            atom_id=str(atom.pk),
            path=atom.path,
            start_line=atom.start_line,
            end_line=atom.end_line,
            loc=atom.estimated_loc if atom.actual_loc is None else atom.actual_loc,
            original=True,
            whole=workspace,
            atomicity=None if atom.atomicity_score is None else float(atom.atomicity_score),
            is_hole=atom.is_hole,
        )
        for atom in atoms
        if only in (None, atom.pk)
    ]


def _no_suite(digest: str) -> SuiteResult:
    return SuiteResult(digest=digest, cases=(), coverage={}, ran=False, reason=NO_SUITE)


def _cache() -> Path:
    return Path(settings.DATA_DIR) / "workspaces"
