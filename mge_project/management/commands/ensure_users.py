"""``ensure_users``: the three people of an embedded installation and their team, to sign in to a fresh clone with."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from kernel.commands import MgeCommand
from kernel.errors import InvalidInput
from kernel.roles import Role
from masterplans.models import Team

FILE_NAME = "demo_users.json"

# The operator owns what commands import (MGE_DEFAULT_OWNER), and an owner may judge the code that comes out.
ROLES: Mapping[str, tuple[Role, ...]] = {
    "operator": (Role.OPERATOR, Role.REVIEWER),
    "reviewer": (Role.REVIEWER,),
    "admin": (Role.ADMIN,),
}
TEAM = "demo"
TEAM_MEMBERS = ("operator", "reviewer")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How one of them signs in. ``password`` is None where somebody set another one since."""

    username: str
    password: str | None
    roles: tuple[Role, ...]


def passwords_path() -> Path:
    """Where the passwords are kept between starts: beside the database, readable by its owner alone."""
    return Path(settings.DATA_DIR) / FILE_NAME


def ensure_users() -> list[SignIn]:
    """Make the users that are missing, and say how each signs in. A password that somebody changed stays changed."""
    path = passwords_path()
    known = _read(path)
    passwords = {name: known.get(name) or secrets.token_urlsafe(12) for name in ROLES}
    if passwords != known:
        _write(path, passwords)  # first, so that a kill leaves no user whose password nobody can read
    with transaction.atomic():
        users = [_ensure(name, passwords[name], roles) for name, roles in ROLES.items()]
        team, created = Team.objects.get_or_create(name=TEAM)
        if created:  # later on, who is in it is for an admin to say
            team.members.set(User.objects.filter(username__in=TEAM_MEMBERS))
        return users


def _ensure(username: str, password: str, roles: tuple[Role, ...]) -> SignIn:
    is_admin = Role.ADMIN in roles
    user, _ = User.objects.get_or_create(
        username=username, defaults={"is_staff": is_admin, "is_superuser": is_admin, "password": ""}
    )
    if not user.password or not user.has_usable_password():
        user.set_password(password)
        user.save(update_fields=["password"])
        ours = True
    else:
        ours = user.check_password(password)
    user.groups.add(*(Group.objects.get_or_create(name=role.value)[0] for role in roles))
    return SignIn(username=username, password=password if ours else None, roles=roles)


def sign_in_lines(users: list[SignIn]) -> Iterator[str]:
    """One line a user, for a person at a terminal."""
    yield f"{'user':<10}{'password':<20}roles"
    for user in users:
        yield f"{user.username:<10}{user.password or '(changed since)':<20}{', '.join(user.roles)}"


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InvalidInput(f"{path} does not hold passwords by user. Remove it; new passwords are for new users only.")
    return found


def _write(path: Path, passwords: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)
    new.replace(path)


class Command(MgeCommand):
    """``ensure_users``."""

    help = "Make the users operator, reviewer and admin where they are missing, and print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print."""
        for line in sign_in_lines(ensure_users()):
            self.stdout.write(line)
