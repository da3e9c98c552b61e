"""Level 3: one package folder. The tests that reach it, and the rules on who may import whom."""

from collections.abc import Mapping
from typing import Any

import networkx as nx

from masterplans.domain.workspace import FileRole, Workspace
from validation.domain.imports import package_imports, package_of
from validation.domain.model import Check, Level, LevelResult, Status, SuiteResult
from validation.domain.module import blame_groups, tests_check


class ComponentValidator:
    """Judges the packages of a workspace. ``rules["forbidden"]`` lists ``{from, to}`` package folders."""

    def __init__(self, *, workspace: Workspace, suite: SuiteResult | None, rules: Mapping[str, Any]) -> None:
        self._suite = suite
        self._imports = package_imports(workspace)
        self._package = {file.path: package_of(file.path) for file in workspace.of_role(FileRole.SOURCE)}
        self._blame = blame_groups(suite, self._package)
        self._cycles = _cycles(self._imports)
        self._forbidden = _forbidden(rules)

    @property
    def packages(self) -> tuple[str, ...]:
        """All package folders, in order."""
        return tuple(sorted(set(self._package.values())))

    def judge(self, package: str) -> LevelResult:
        """Return level 3 of a package folder."""
        checks = (
            tests_check("component_tests", self._suite, package, self._blame),
            self._dependency_rules(package),
        )
        return LevelResult(level=Level.COMPONENT, scope=package, atom_id=None, checks=checks)

    def _dependency_rules(self, package: str) -> Check:
        targets = self._imports.get(package)
        if targets is None:
            reason = "no file here whose imports can be read"
            return Check(name="dependency_rules", status=Status.NOT_RUN, reason=reason)
        broken = sorted(t for t in targets if any(_below(package, a) and _below(t, b) for a, b in self._forbidden))
        cycle = next((c for c in self._cycles if package in c), ())
        if broken or cycle:
            reason = f"imports {broken[0]}, which the plan forbids" if broken else f"import cycle: {' -> '.join(cycle)}"
            return Check(name="dependency_rules", status=Status.FAILED, reason=reason)
        reason = f"imports {len(targets)} other packages, no cycle"
        return Check(name="dependency_rules", status=Status.PASSED, reason=reason)


def _cycles(imports: Mapping[str, frozenset[str]]) -> list[tuple[str, ...]]:
    graph: nx.DiGraph[str] = nx.DiGraph([(source, target) for source, targets in imports.items() for target in targets])
    return [tuple(sorted(part)) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def _forbidden(rules: Mapping[str, Any]) -> list[tuple[str, str]]:
    listed = rules.get("forbidden")
    rows = listed if isinstance(listed, list) else []
    return [(str(r["from"]), str(r["to"])) for r in rows if isinstance(r, Mapping) and {"from", "to"} <= r.keys()]


def _below(package: str, rule: str) -> bool:
    return package == rule or package.startswith(f"{rule}/")
