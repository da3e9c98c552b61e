"""Database constraints that several models share."""

from collections.abc import Iterable

from django.db import models


def one_of(field: str, words: Iterable[str], name: str) -> models.CheckConstraint:
    """CHECK that a column holds one of the given words."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": sorted(str(w) for w in words)}), name=name)


def not_negative(field: str, name: str) -> models.CheckConstraint:
    """CHECK that a number is not below zero."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__gte": 0}), name=name)
