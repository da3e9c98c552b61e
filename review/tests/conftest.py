"""The cast: Alice owns and reviews, Bob reviews other plans, Charlie has no role, Dora is an admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from execution.models import ExecutionRun, RunAtom
from review.tests.world import make_atoms, make_plan, make_run


def _user(name: str, *roles: str) -> User:
    user = User.objects.create_user(name)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


@pytest.fixture
def alice(db: None) -> User:
    """Owner of the plan, reviewer."""
    return _user("alice", "reviewer")


@pytest.fixture
def bob(db: None) -> User:
    """Reviewer of other plans."""
    return _user("bob", "reviewer")


@pytest.fixture
def charlie(db: None) -> User:
    """Signed in, without a role."""
    return _user("charlie")


@pytest.fixture
def dora(db: None) -> User:
    """Admin: sees everything."""
    return _user("dora", "admin")


@pytest.fixture
def run(alice: User) -> ExecutionRun:
    """A completed run of Alice's plan."""
    return make_run(make_plan(alice))


@pytest.fixture
def atoms(run: ExecutionRun) -> list[RunAtom]:
    """Ten atoms of the run, all passed."""
    return make_atoms(run, 10)


@pytest.fixture
def as_user() -> Callable[[Any], APIClient]:
    """A client that is signed in."""

    def sign_in(user: Any) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in
