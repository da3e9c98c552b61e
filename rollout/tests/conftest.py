"""People, a plan, and runs as the engine leaves them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from execution.models import ExecutionRun
from flags.models import FlagChange
from flags.pins import FLAG
from flags.services import change, version_of
from masterplans.models import Masterplan, SourceKind

Ended = Callable[..., list[ExecutionRun]]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def set_flag(**fields: Any) -> FlagChange | None:
    return change(FLAG, fields, reason="test", source=FlagChange.Source.COMMAND)


def signed_in(name: str, *roles: str) -> Client:
    user = User.objects.create_user(name, password=f"{name}-secret")
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def plan(db: None) -> Masterplan:
    owner = User.objects.create_user("alice")
    return Masterplan.objects.create(name="P", owner=owner, source_kind=SourceKind.PLAN_FILE)


@pytest.fixture
def ended(plan: Masterplan) -> Ended:
    """V2 runs that the routing of now chose and that are at their end."""

    def make(count: int, *, precision: float = 1.0, seconds: float = 600, **fields: Any) -> list[ExecutionRun]:
        values = {
            "mode": "v2_atoms",
            "status": "completed",
            "precision": precision,
            "started_at": BEGAN,
            "finished_at": BEGAN + timedelta(seconds=seconds),
            "settings": {"explicit_mode": False, "flags_version": version_of(FLAG)},
            **fields,
        }
        return ExecutionRun.objects.bulk_create(ExecutionRun(masterplan=plan, **values) for _ in range(count))

    return make
