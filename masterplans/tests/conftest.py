"""The cast: Alice owns, Bob is a colleague without the operator role, Charlie must see nothing, Ada is an admin."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from kernel.roles import Role
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.models import Masterplan, SourceKind
from masterplans.services import create_from_spec

PLAN = b"""
name: greeter
description: Says hello.
budget_usd: 1.5
tasks:
  - id: words
    target_path: words.py
    code: "HELLO = 'hello'\\n"
  - id: greet
    target_path: greet.py
    depends_on: [words]
    acceptance_tests:
      - greet() says hello
      - {test: "tests/test_greet.py::test_it", description: by a test}
tests:
  - path: tests/test_greet.py
    code: "from greet import greet\\n"
files:
  - path: data/names.txt
    content: "Ada\\n"
"""

WriteTree = Callable[[dict[str, bytes | str]], Path]


def _user(username: str, role: Role | None) -> User:
    user = User.objects.create_user(username)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return user


@pytest.fixture
def alice(db: None) -> User:
    return _user("alice", Role.OPERATOR)


@pytest.fixture
def bob(db: None) -> User:
    return _user("bob", Role.REVIEWER)


@pytest.fixture
def charlie(db: None) -> User:
    return _user("charlie", Role.OPERATOR)


@pytest.fixture
def ada(db: None) -> User:
    return _user("ada", Role.ADMIN)


@pytest.fixture
def plan(alice: User) -> Masterplan:
    return create_from_spec(parse_plan(PLAN, name="plan.yaml"), owner=alice, source_kind=SourceKind.PLAN_FILE)


@pytest.fixture
def client() -> APIClient:
    return APIClient()


@pytest.fixture
def tree(tmp_path: Path) -> WriteTree:
    """Writes files into a fresh folder named ``shop``."""

    def write(files: dict[str, bytes | str]) -> Path:
        root = tmp_path / "shop"
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write
