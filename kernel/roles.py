"""Roles are Django groups with these names; a superuser has every role, an admin includes the other two."""

from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person does here."""

    REVIEWER = "reviewer"
    OPERATOR = "operator"
    ADMIN = "admin"


def roles_of(user: Any) -> frozenset[Role]:
    """All roles of a user, the implied ones included. Anonymous users have none."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role)
    names = getattr(user, "_mge_roles", None)
    if names is None:
        names = frozenset(user.groups.values_list("name", flat=True))
        user._mge_roles = names  # one query a request
    held = frozenset(role for role in Role if role.value in names)
    return frozenset(Role) if Role.ADMIN in held else held


def has_role(user: Any, role: Role) -> bool:
    """Whether the user holds the role, directly or as an admin."""
    return role in roles_of(user)
