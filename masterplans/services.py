"""Writes of plans: one transaction each, news after commit."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO, Any

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from kernel import rows
from kernel.errors import Conflict, Forbidden, InvalidInput
from kernel.roles import Role
from kernel.states import PlanStatus
from kernel.text import storable
from masterplans.domain.importing.paths import place_of
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.domain.importing.plan_text import MAX_BYTES
from masterplans.domain.importing.spec import PlanSpec, TaskSpec
from masterplans.domain.importing.tree_plan import plan_of_tree
from masterplans.domain.plan_states import sources_of
from masterplans.domain.workspace import WorkspaceFile
from masterplans.importers.archive import tree_of_zip
from masterplans.importers.folder_plan import SourceOptions, plan_of_folder
from masterplans.importers.plan_on_disk import plan_of_file
from masterplans.importers.source_tree import Report
from masterplans.models import Masterplan, MasterplanFile, MasterplanTask, SourceKind, Team
from masterplans.selectors import masterplan_by_id, may_share, team_named
from masterplans.signals import plan_imported, plan_moved

log = structlog.get_logger(__name__)
_ROWS_AT_ONCE = 200
PLAN_BODY = "plan"  # what a plan file without a name of its own, sent as a body, is called


@transaction.atomic
def create_from_spec(
    spec: PlanSpec,
    *,
    owner: User | None,
    source_kind: SourceKind,
    status: PlanStatus = PlanStatus.APPROVED,
    team: Team | None = None,
) -> Masterplan:
    """Store a checked plan with its tasks and files, all or nothing; ``plan_imported`` follows the commit.

    Without an owner it belongs to ``default_owner``, who is made only now, so that a refused import leaves nothing.
    Plans from briefs come with ``status`` draft; everything else is approved by whoever imports it.
    """
    plan = Masterplan.objects.create(
        name=storable(spec.name)[:300],
        description=storable(spec.description),
        owner=owner or default_owner(),
        team=team,
        status=status,
        source_kind=source_kind,
        root_package=spec.root_package,
        python=spec.python,
        node_modules=spec.node_modules,
        budget_usd=spec.budget_usd,
        rules=dict(spec.rules),
    )
    ids = {task.path: uuid.uuid4() for task in spec.tasks}
    rows.insert([_task_row(plan, number, task, ids) for number, task in enumerate(spec.tasks, start=1)])
    MasterplanFile.objects.bulk_create(_file_rows(plan, spec.files), batch_size=_ROWS_AT_ONCE)
    log.info("plan_imported", masterplan=str(plan.pk), tasks=len(spec.tasks), files=len(spec.files))
    transaction.on_commit(lambda: _send_imported(plan.pk))
    return plan


def import_plan_file(
    path: str, *, owner: User | None, name: str | None = None, team: Team | None = None
) -> tuple[Masterplan, PlanSpec]:
    """Import a plan file from disk; the spec comes along for its notices."""
    spec = plan_of_file(path)
    spec = replace(spec, name=name or spec.name)
    return create_from_spec(spec, owner=owner, source_kind=SourceKind.PLAN_FILE, team=team), spec


def import_source_tree(
    options: SourceOptions, *, owner: User | None, report: Report | None = None, team: Team | None = None
) -> tuple[Masterplan, PlanSpec]:
    """Import a folder of code from disk; the spec comes along for its notices. Nothing is stored before all is read."""
    spec = plan_of_folder(options, report=report)
    return create_from_spec(spec, owner=owner, source_kind=SourceKind.SOURCE_TREE, team=team), spec


def import_upload(
    file: IO[bytes],
    *,
    filename: str,
    owner: User,
    name: str | None = None,
    root_package: str | None = None,
    team: Team | None = None,
) -> Masterplan:
    """Import what somebody sent; see ``read_upload``."""
    spec, kind = read_upload(file, filename=filename, name=name, root_package=root_package)
    return create_from_spec(spec, owner=owner, source_kind=kind, team=team)


def read_upload(
    file: IO[bytes], *, filename: str, name: str | None, root_package: str | None
) -> tuple[PlanSpec, SourceKind]:
    """Read and check what somebody sent: a zip of a source tree, or a plan file that holds all its code.

    The ending of ``filename`` decides; ``PLAN_BODY`` is a plan file in either form. ``root_package`` is for zips alone;
    a plan file names its own.
    """
    ending = PurePosixPath(filename).suffix.lower()
    if ending == ".zip":
        spec = plan_of_tree(tree_of_zip(file, filename=filename, name=name, root_package=root_package))
        return spec, SourceKind.SOURCE_TREE
    if ending not in (".json", ".yaml", ".yml") and filename != PLAN_BODY:
        raise InvalidInput(f"{filename}: send a plan file (.json, .yaml) or a source tree (.zip).")
    if root_package:
        raise InvalidInput(f"{filename}: root_package is for zips; a plan file names its own.")
    spec = parse_plan(file.read(MAX_BYTES + 1), name=filename)
    return replace(spec, name=name or spec.name), SourceKind.PLAN_FILE


def _task_row(plan: Masterplan, number: int, task: TaskSpec, ids: dict[str, uuid.UUID]) -> MasterplanTask:
    return MasterplanTask(
        task_id=ids[task.path],
        masterplan=plan,
        task_number=number,
        name=storable(task.name)[:300],
        description=storable(task.description),
        target_path=task.path,
        place=task.place,
        language=task.language,
        draft=task.draft,
        acceptance_tests=[dict(test) for test in task.acceptance_tests],
        depends_on=[ids[path] for path in task.depends_on],
        problem=task.problem.as_json() if task.problem else None,
    )


def _file_rows(plan: Masterplan, files: Iterable[WorkspaceFile]) -> Iterable[MasterplanFile]:
    for file in files:
        yield MasterplanFile(
            masterplan=plan, role=file.role.value, path=file.path, place=file.place, content=file.content
        )


def _send_imported(masterplan_id: uuid.UUID) -> None:
    plan_imported.send(sender=Masterplan, masterplan_id=masterplan_id)


def move(masterplan_id: uuid.UUID, to: PlanStatus) -> None:
    """Bring a plan into a state; one guarded update. Raises ``Conflict`` where the plan's state does not allow it."""
    with transaction.atomic():
        moved = Masterplan.objects.filter(pk=masterplan_id, status__in=sources_of(to)).update(
            status=to, updated_at=timezone.now()
        )
        if not moved:
            status = masterplan_by_id(masterplan_id).status
            raise Conflict(f"The plan is {status}: from there it cannot become {to}.", status=status)
        transaction.on_commit(lambda: _send_moved(masterplan_id, to))


def _send_moved(masterplan_id: uuid.UUID, status: PlanStatus) -> None:
    plan_moved.send(sender=Masterplan, masterplan_id=masterplan_id, status=status)


def approve(plan: Masterplan, *, by: Any) -> Masterplan:
    """A person says that the plan may run. Raises ``Conflict`` where it may already, or is running."""
    return _decide(plan, PlanStatus.APPROVED, by=by, only_from={PlanStatus.DRAFT, PlanStatus.CANCELLED})


def reject(plan: Masterplan, *, by: Any) -> Masterplan:
    """A person says that the plan must not run. Raises ``Conflict`` once it runs or ran."""
    return _decide(plan, PlanStatus.CANCELLED, by=by, only_from={PlanStatus.DRAFT, PlanStatus.APPROVED})


def share(plan: Masterplan, *, team: str | None, by: Any) -> Masterplan:
    """Let the members of a team see the plan, or nobody but its owner and admins where ``team`` is None.

    Raises ``Forbidden`` for anybody who is neither its owner nor an admin, ``InvalidInput`` for a team of others.
    """
    if not may_share(by, plan):
        raise Forbidden("Only the owner of a plan, or an admin, says which team sees it.", owner=plan.owner.username)
    named = team_named(team, member=by)
    Masterplan.objects.filter(pk=plan.pk).update(team=named, updated_at=timezone.now())
    log.info("plan_shared", masterplan=str(plan.pk), team=named and named.name, by=str(by))
    return masterplan_by_id(plan.pk)


def _decide(plan: Masterplan, to: PlanStatus, *, by: Any, only_from: set[PlanStatus]) -> Masterplan:
    """``move``, narrowed to the states in which the decision is a person's and not the engine's."""
    with transaction.atomic():
        current = PlanStatus(masterplan_by_id(plan.pk).status)
        if current not in only_from:
            allowed = " or ".join(sorted(only_from))
            raise Conflict(f"The plan is {current}; only a plan that is {allowed} can become {to}.", status=current)
        move(plan.pk, to)
    log.info("plan_decided", masterplan=str(plan.pk), status=to, by=str(by))
    return masterplan_by_id(plan.pk)


def default_owner() -> User:
    """The owner of what commands import: ``MGE_DEFAULT_OWNER``, made on first use without a password, as operator."""
    owner, created = get_user_model().objects.get_or_create(username=settings.MGE_DEFAULT_OWNER)
    if created:
        owner.set_unusable_password()
        owner.save(update_fields=["password"])
        owner.groups.add(Group.objects.get_or_create(name=Role.OPERATOR.value)[0])
    return owner


def owner_named(username: str | None) -> User | None:
    """The user who will own an import, or None where none is named."""
    if not username:
        return None
    owner = get_user_model().objects.filter(username=username).first()
    if owner is None:
        raise InvalidInput(f"There is no user {username!r}: create it first, or leave --owner out.")
    return owner


def keep_generated_tests(task: MasterplanTask, path: str, content: bytes) -> None:
    """Store tests that the model wrote for a task that came without any; those of an earlier try are replaced."""
    plan = task.masterplan
    package = plan.root_package or None
    fields = {"role": MasterplanFile.Role.TEST, "place": place_of(path, package), "content": content}
    kept = MasterplanFile.objects.filter(masterplan=plan, path=path)
    if kept.filter(generated=True).update(**fields) == 0 and not kept.exists():
        MasterplanFile.objects.create(masterplan=plan, path=path, generated=True, **fields)
