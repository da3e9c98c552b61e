"""Storing, moving and reading plans."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError

from kernel.errors import Conflict, InvalidInput, NotFound
from kernel.roles import Role, roles_of
from kernel.states import PlanStatus
from masterplans.domain.importing.spec import PlanSpec, TaskSpec
from masterplans.domain.plan_states import ALLOWED
from masterplans.domain.workspace import FileRole, WorkspaceFile
from masterplans.models import Masterplan, SourceKind
from masterplans.selectors import get_masterplan, load_workspace, tasks_of, visible_masterplans
from masterplans.services import approve, create_from_spec, default_owner, move, owner_named, reject
from masterplans.signals import plan_imported

ODD = bytes(range(256)) + b"\r\n\xed\xa0\x80"


def odd_spec(**changes: Any) -> PlanSpec:
    task = TaskSpec(name="a\x00b", path="a.py", place="pkg/a.py", language="python", draft=ODD)
    test = WorkspaceFile(path="t/test_a.py", place="pkg/t/test_a.py", role=FileRole.TEST, content=ODD[::-1])
    return PlanSpec(**{"name": "odd", "tasks": (task,), "files": (test,), "root_package": "pkg", **changes})


def test_bytes_come_back_as_they_came(alice: User) -> None:
    plan = create_from_spec(odd_spec(), owner=alice, source_kind=SourceKind.SOURCE_TREE)
    workspace = load_workspace(plan.pk)
    assert workspace.root_package == "pkg"
    assert {(f.path, f.place, f.role, f.content) for f in workspace.files.values()} == {
        ("a.py", "pkg/a.py", FileRole.SOURCE, ODD),
        ("t/test_a.py", "pkg/t/test_a.py", FileRole.TEST, ODD[::-1]),
    }


def test_a_task_without_draft_is_absent_until_it_is_given(plan: Masterplan) -> None:
    assert "greet.py" not in load_workspace(plan.pk).files
    replaced = load_workspace(plan.pk, replacing={"greet.py": b"new", "words.py": b""})
    assert (replaced.files["greet.py"].content, replaced.files["words.py"].content) == (b"new", b"")
    with pytest.raises(KeyError, match="ghost"):
        load_workspace(plan.pk, replacing={"ghost.py": b""})
    with pytest.raises(NotFound):
        load_workspace(uuid.uuid4())


def test_dependencies_become_ids_of_tasks(plan: Masterplan) -> None:
    words, greet = tasks_of(plan)
    assert (greet.depends_on, greet.task_number, words.parse_ok) == ([words.pk], 2, None)


@pytest.mark.django_db
def test_an_import_is_all_or_nothing() -> None:
    task = odd_spec().tasks[0]
    with pytest.raises(IntegrityError):  # an unchecked spec: the database refuses the second task
        create_from_spec(odd_spec(tasks=(task, task)), owner=None, source_kind=SourceKind.PLAN_FILE)
    assert not Masterplan.objects.exists()
    assert not User.objects.exists()


def test_the_news_follow_the_commit(alice: User, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    heard: list[uuid.UUID] = []

    def listen(sender: object, masterplan_id: uuid.UUID, **_: Any) -> None:
        heard.append(masterplan_id)

    plan_imported.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            plan = create_from_spec(odd_spec(), owner=alice, source_kind=SourceKind.BRIEF, status=PlanStatus.DRAFT)
            assert heard == []
    finally:
        plan_imported.disconnect(listen)
    assert heard == [plan.pk]


@pytest.mark.parametrize("start", PlanStatus)
@pytest.mark.parametrize("target", PlanStatus)
def test_a_plan_moves_as_the_table_says(plan: Masterplan, start: PlanStatus, target: PlanStatus) -> None:
    Masterplan.objects.filter(pk=plan.pk).update(status=start)
    if target in ALLOWED[start]:
        move(plan.pk, target)
        assert Masterplan.objects.get().status == target
    else:
        with pytest.raises(Conflict, match=f"The plan is {start}"):
            move(plan.pk, target)
        assert Masterplan.objects.get().status == start


def test_a_running_plan_cannot_be_decided_upon(plan: Masterplan, alice: User) -> None:
    move(plan.pk, PlanStatus.IN_PROGRESS)
    for decide in (approve, reject):
        with pytest.raises(Conflict, match="The plan is in_progress"):
            decide(plan, by=alice)


def test_who_sees_what(plan: Masterplan, alice: User, charlie: User, ada: User) -> None:
    seen = {user.username: visible_masterplans(user).count() for user in (alice, charlie, ada)}
    assert seen == {"alice": 1, "charlie": 0, "ada": 1}
    assert visible_masterplans(AnonymousUser()).count() == 0
    for name in (plan.pk, "nonsense", None, uuid.uuid4()):
        with pytest.raises(NotFound):
            get_masterplan(charlie, name)
    alice.is_active = False
    assert visible_masterplans(alice).count() == 0


@pytest.mark.django_db
def test_the_default_owner_is_made_once_and_cannot_sign_in() -> None:
    owner = default_owner()
    assert default_owner() == owner
    assert not owner.has_usable_password()
    assert roles_of(owner) == {Role.OPERATOR}
    with pytest.raises(InvalidInput, match="no user 'nobody'"):
        owner_named("nobody")
