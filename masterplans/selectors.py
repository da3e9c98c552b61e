"""Reads of plans: who may see which, and a plan's files as a workspace."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from kernel.errors import InvalidInput, NotFound
from kernel.roles import Role, has_role
from kernel.states import PlanStatus
from kernel.text import storable
from masterplans.domain.importing.roles import is_test_module
from masterplans.domain.plan_rules import Criterion, criteria
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from masterplans.models import Masterplan, MasterplanFile, MasterplanTask, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What a list shows of a plan beside its own columns."""

    tasks_total: int = 0
    languages: tuple[str, ...] = ()


def visible_masterplans(user: Any) -> QuerySet[Masterplan]:
    """Plans of the user or of the user's teams; all of them for an admin; none for anybody who is not signed in."""
    plans = Masterplan.objects.select_related("owner", "team")
    if has_role(user, Role.ADMIN):
        return plans
    if not user.is_authenticated or not user.is_active:
        return plans.none()
    return plans.filter(Q(owner_id=user.pk) | Q(team__in=Team.objects.filter(members=user.pk).order_by().values("pk")))


def team_named(name: str | None, *, member: Any = None) -> Team | None:
    """The team that a new plan is shared with, or None where none is named.

    With ``member`` only that user's own teams count, or any for an admin; others are as unknown as those that are not.
    """
    if not name:
        return None
    teams = Team.objects.filter(name=storable(name))
    if member is not None and not has_role(member, Role.ADMIN):
        teams = teams.filter(members=member.pk)
    team = teams.first()
    if team is None:
        raise InvalidInput(f"There is no team {name[:60]!r}: an admin makes teams and chooses their members.")
    return team


def may_share(user: Any, plan: Masterplan) -> bool:
    """Whether the user may say which team sees the plan too: its owner, and admins."""
    return plan.owner_id == user.pk or has_role(user, Role.ADMIN)


def teams_of(user: Any) -> list[str]:
    """Names of the teams that the user may share plans with: one's own, all for an admin."""
    teams = Team.objects.all() if has_role(user, Role.ADMIN) else Team.objects.filter(members=user.pk)
    return list(teams.values_list("name", flat=True))


def get_masterplan(user: Any, masterplan_id: object) -> Masterplan:
    """The plan, if the user may see it. A malformed id, an unknown one and a hidden one are the same ``NotFound``."""
    return one_of(visible_masterplans(user), masterplan_id)


def masterplan_by_id(masterplan_id: object) -> Masterplan:
    """The plan, for commands: whoever has a shell here may see everything."""
    return one_of(Masterplan.objects.select_related("owner", "team"), masterplan_id)


def one_of(plans: QuerySet[Masterplan], masterplan_id: object) -> Masterplan:
    """The plan of that id among ``plans``, or ``NotFound``, whatever the id looks like."""
    try:
        plan = plans.filter(pk=uuid.UUID(str(masterplan_id))).first()
    except ValueError:
        plan = None
    if plan is None:
        raise NotFound(f"There is no masterplan {str(masterplan_id)[:60]!r}, or you may not see it.")
    return plan


def tasks_of(plan: Masterplan) -> QuerySet[MasterplanTask]:
    """Tasks in their order, drafts included."""
    return plan.tasks.order_by("task_number")


def criteria_of(plan: Masterplan) -> tuple[Criterion, ...]:
    """What the result must do: the acceptance criteria of the plan and of its tasks."""
    tests = plan.tasks.order_by("task_number").values_list("acceptance_tests", flat=True)
    return criteria(plan.rules if isinstance(plan.rules, dict) else {}, tests)


def with_task_rows(plans: QuerySet[Masterplan]) -> QuerySet[Masterplan]:
    """Plans whose ``tasks.all()`` is ready for a list: in order, with ``has_draft``, the bytes left in the database."""
    rows = MasterplanTask.objects.annotate(has_draft=Q(draft__isnull=False)).defer("draft", "skeleton")
    return plans.prefetch_related(Prefetch("tasks", queryset=rows.order_by("task_number")))


def filtered(
    plans: QuerySet[Masterplan], *, status: str | None = None, words: str | None = None
) -> QuerySet[Masterplan]:
    """Plans in one state, with all words somewhere in their name or description."""
    if status:
        if status not in set(PlanStatus):
            raise InvalidInput(f"status={status[:60]!r} is unknown; known are {', '.join(PlanStatus)}.")
        plans = plans.filter(status=status)
    for word in storable(words or "").split()[:10]:
        plans = plans.filter(Q(name__icontains=word) | Q(description__icontains=word))
    return plans


def tests_total(plan: Masterplan) -> int:
    """How many project test files the runners collect; data and helpers beside them do not count."""
    paths = plan.files.filter(role=MasterplanFile.Role.TEST).values_list("path", flat=True)
    return sum(map(is_test_module, paths))


def facts_of(plans: Iterable[Masterplan]) -> dict[uuid.UUID, PlanFacts]:
    """Facts of a page of plans, by id, with one query."""
    rows = (
        MasterplanTask.objects.filter(masterplan__in=[plan.pk for plan in plans])
        .order_by("masterplan_id", "language")
        .values_list("masterplan_id", "language")
        .annotate(tasks=Count("task_id"))
    )
    facts: dict[uuid.UUID, PlanFacts] = {}
    for plan_id, language, tasks in rows:
        old = facts.get(plan_id, PlanFacts())
        facts[plan_id] = PlanFacts(tasks_total=old.tasks_total + tasks, languages=(*old.languages, language))
    return facts


_FILE_COLUMNS = ("role", "path", "place", "content", "generated")


def load_workspace(masterplan_id: uuid.UUID, *, replacing: Mapping[str, bytes] | None = None) -> Workspace:
    """All files of a plan, drafts in their first state.

    ``replacing`` maps target paths of tasks to bytes that stand in place of the draft. A task without a draft is absent
    unless it is given there. Raises ``NotFound`` for an unknown plan, ``KeyError`` for a path that is no task.
    """
    plan = masterplan_by_id(masterplan_id)
    texts = dict(replacing or {})
    files: dict[str, WorkspaceFile] = {}
    for path, place, draft in plan.tasks.order_by("task_number").values_list("target_path", "place", "draft"):
        content = texts.pop(path, draft)
        if content is not None:
            files[path] = WorkspaceFile(path=path, place=place, role=FileRole.SOURCE, content=bytes(content))
    if texts:
        raise KeyError(f"not a task of the plan: {min(texts)}")
    for role, path, place, content, generated in plan.files.values_list(*_FILE_COLUMNS):
        files[path] = WorkspaceFile(
            path=path, place=place, role=FileRole(role), content=bytes(content), generated=generated
        )
    return Workspace(
        files=files,
        root_package=plan.root_package or None,
        python=plan.python or None,
        node_modules=plan.node_modules or None,
    )
