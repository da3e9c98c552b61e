"""The rules of a plan as values: who may import whom, and what the whole must do.

``rules`` of a plan file is either the list of dependency rules, or an object with ``dependencies`` (that list),
``acceptance`` (criteria of the whole) and ``forbidden`` (``{from, to}`` folders, the short form of a rule that denies).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyRule:
    """Files under ``source`` may, or may not, import files under ``target``; both are globs over paths."""

    source: str
    target: str
    allow: bool = False
    reason: str = ""

    def covers(self, path: str, imported: str) -> bool:
        """Whether the rule speaks of this import."""
        return matches(self.source, path) and matches(self.target, imported)

    def __str__(self) -> str:
        verb = "may" if self.allow else "must not"
        return f"{self.source} {verb} import {self.target}{f': {self.reason}' if self.reason else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What the result must do, and the tests (ids, files or globs over either) that prove it; none: a person judges."""

    text: str
    tests: tuple[str, ...] = ()


def normalized(rules: Any) -> dict[str, Any]:
    """The rules of a plan file as they are stored."""
    return {"dependencies": list(rules)} if isinstance(rules, list) else dict(rules or {})


def dependency_rules(rules: Mapping[str, Any]) -> tuple[DependencyRule, ...]:
    """The dependency rules in their order; rows of another form say nothing about imports and are left out."""
    denied = [{**row, "allow": False} for row in _rows(rules.get("forbidden"))]
    return tuple(
        DependencyRule(source=str(row["from"]), target=str(row["to"]), allow=row.get("allow") is True,
                       reason=str(row.get("reason") or ""))
        for row in (*_rows(rules.get("dependencies")), *denied)
        if {"from", "to"} <= row.keys()
    )  # fmt: skip


def broken_rule(rules: Iterable[DependencyRule], path: str, imported: str) -> DependencyRule | None:
    """The rule that forbids this import. The first rule that speaks of it decides; none: it is allowed."""
    first = next((rule for rule in rules if rule.covers(path, imported)), None)
    return first if first is not None and not first.allow else None


def criteria(rules: Mapping[str, Any], tasks: Iterable[Sequence[Mapping[str, Any]]] = ()) -> tuple[Criterion, ...]:
    """The acceptance criteria of a plan, then those of its tasks (``{description, test}``), each once."""
    listed = rules.get("acceptance")
    own = [_criterion(one) for one in (listed if isinstance(listed, list) else [])]
    of_tasks = [_criterion(one) for tests in tasks for one in tests]
    return tuple(dict.fromkeys(one for one in (*own, *of_tasks) if one is not None))


def _criterion(raw: Any) -> Criterion | None:
    if isinstance(raw, str):
        return Criterion(text=raw) if raw.strip() else None
    if not isinstance(raw, Mapping):
        return None
    named = raw.get("tests") if isinstance(raw.get("tests"), list) else [raw.get("test")]
    tests = tuple(str(one) for one in named or () if one)
    text = str(raw.get("text") or raw.get("description") or "")
    return Criterion(text=text or f"passes {', '.join(tests)}", tests=tests) if text or tests else None


def _rows(listed: Any) -> list[Mapping[str, Any]]:
    return [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []


def matches(pattern: str, path: str) -> bool:
    """Whether a path lies under a glob: ``*`` within a folder, ``**`` over folders; a folder covers what it holds."""
    return _compiled(pattern.strip("/")).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """``a/**/b`` also matches ``a/b``. ``.`` is the root folder itself, without those below."""
    if pattern == ".":
        return re.compile(r"[^/]+")
    parts: list[str] = []
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        match part:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _:
                parts.append(re.escape(part))
    return re.compile(f"{''.join(parts)}(?:/.*)?", re.DOTALL)
