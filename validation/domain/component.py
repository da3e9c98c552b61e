"""Level 3: one package folder. The tests that reach it, and the rules on who may import whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from masterplans.domain.plan_rules import broken_rule, dependency_rules
from masterplans.domain.workspace import FileRole, Workspace
from validation.domain.imports import file_imports, package_of, packages_of
from validation.domain.model import Check, Evidence, Finding, Level, LevelResult, Status, SuiteResult
from validation.domain.module import blame_groups, tests_check
from validation.domain.timing import Clock, timed, unmeasured

NAME = "dependency_rules"
SHOWN = 20
Imports = Mapping[str, frozenset[str]]


class ComponentValidator:
    """Judges the packages of a workspace by the rules of its plan (``masterplans/domain/plan_rules.py``).

    A cycle between packages that ``drafts`` had already is shown and not held against the result; an import that a
    rule of the plan forbids fails, whoever wrote it.
    """

    def __init__(
        self, *, workspace: Workspace, suite: SuiteResult | None, rules: Mapping[str, Any],
        drafts: Workspace | None = None, clock: Clock = unmeasured,
    ) -> None:  # fmt: skip
        self._suite = suite
        self._files = file_imports(workspace)
        self._imports = packages_of(self._files)
        self._package = {file.path: package_of(file.path) for file in workspace.of_role(FileRole.SOURCE)}
        self._blame = blame_groups(suite, self._package)
        self._cycles = _cycles(self._imports)
        self._old = _links(packages_of(file_imports(drafts))) if drafts is not None else set()
        self._rules = dependency_rules(rules)
        self._clock = clock

    @property
    def packages(self) -> tuple[str, ...]:
        """All package folders, in order."""
        return tuple(sorted(set(self._package.values())))

    def judge(self, package: str) -> LevelResult:
        """Return level 3 of a package folder."""
        checks = (
            timed(lambda: tests_check("component_tests", self._suite, package, self._blame), self._clock),
            timed(lambda: self._dependency_rules(package), self._clock),
        )
        seconds = sum(check.seconds for check in checks)
        return LevelResult(level=Level.COMPONENT, scope=package, atom_id=None, checks=checks, seconds=seconds)

    def _dependency_rules(self, package: str) -> Check:
        targets = self._imports.get(package)
        if targets is None:
            reason = "no file here whose imports can be read"
            return Check(name=NAME, status=Status.NOT_RUN, reason=reason)
        findings = [*self._forbidden(package), *self._cycle(package)]
        errors = [one for one in findings if one.severity == "error"]
        status = Status.FAILED if errors else Status.PASSED
        told = [f"{package} imports {', '.join(sorted(targets)) or 'no other package'}"]
        told += [f"{one.path}: {one.message}" for one in findings]
        evidence = Evidence(
            command=f"imports of {package} against {len(self._rules)} rules of the plan and for cycles",
            exit_code=int(bool(errors)), output="\n".join(told[:12]),
        )  # fmt: skip
        reason = errors[0].message if errors else f"imports {len(targets)} other packages, no new cycle"
        return Check(name=NAME, status=status, reason=reason, findings=tuple(findings[:SHOWN]), evidence=evidence)

    def _forbidden(self, package: str) -> Sequence[Finding]:
        mine = sorted(path for path in self._files if self._package.get(path) == package)
        return [
            _finding("forbidden-import", path, f"{path} imports {target}, which the plan forbids: {rule}", "error")
            for path in mine if self._rules
            for target in sorted(self._files[path])
            if (rule := broken_rule(self._rules, path, target)) is not None
        ]  # fmt: skip

    def _cycle(self, package: str) -> Sequence[Finding]:
        """The cycle that the package lies in; old where every link of it between its packages was there before."""
        cycle = next((c for c in self._cycles if package in c), None)
        if cycle is None:
            return ()
        inner = {(a, b) for a in cycle for b in self._imports.get(a, ()) if b in cycle}
        new = sorted(inner - self._old)
        shown = " -> ".join([*_round(self._imports, cycle, package), package])
        if not new:
            return [_finding("cycle", package, f"import cycle, as in the drafts: {shown}", "warning")]
        more = f"; new: {', '.join(f'{a} -> {b}' for a, b in new[:3])}" if self._old else ""
        return [_finding("cycle", package, f"import cycle: {shown}{more}", "error")]


def _finding(code: str, path: str, message: str, severity: str) -> Finding:
    return Finding(tool=NAME, code=code, message=message, path=path, line=1, severity=severity)


def _links(imports: Imports) -> set[tuple[str, str]]:
    return {(source, target) for source, targets in imports.items() for target in targets}


def _cycles(imports: Imports) -> list[frozenset[str]]:
    graph: nx.DiGraph[str] = nx.DiGraph(sorted(_links(imports)))
    return [frozenset(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def _round(imports: Imports, cycle: frozenset[str], start: str) -> list[str]:
    """A shortest way round from a package back to it, inside its cycle."""
    graph: nx.DiGraph[str] = nx.DiGraph(sorted((a, b) for a, b in _links(imports) if {a, b} <= cycle))
    ways = [nx.shortest_path(graph, after, start) for after in sorted(graph.successors(start))]
    return [start, *min(ways, key=len)[:-1]]
