"""The levels above the atom: each starts when its members are there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from masterplans.domain.plan_rules import Criterion
from masterplans.domain.workspace import Workspace
from validation.domain.component import ComponentValidator
from validation.domain.imports import package_of
from validation.domain.model import Check, Level, LevelResult, Status, SuiteResult
from validation.domain.module import ModuleValidator
from validation.domain.scopes import WHOLE, Members, ModuleScope, Span, module_scopes
from validation.domain.static import StaticReport
from validation.domain.system import SystemValidator
from validation.domain.timing import Clock, unmeasured

STOPPED = "stopped_early"  # name of the only check of a level that was not begun
Key = tuple[Level, str]  # level and scope


@dataclass(frozen=True, kw_only=True)
class HierarchicalValidator:
    """Levels 2 to 4 of one state of a workspace, from evidence that was measured on it.

    ``drafts`` and ``drafts_code`` are what came in: what was there already is shown and not held against the result.
    ``rules`` are the plan's (``masterplans/domain/plan_rules.py``), ``acceptance`` its criteria with those of its
    tasks; ``missing`` its files that nobody wrote. ``members`` say which atoms each scope has, ``spans`` where they lie
    now (path -> atoms with lines). With ``stop_early`` a scope with a failed member is not judged: it is not_run.
    """

    workspace: Workspace
    suite: SuiteResult | None
    static: StaticReport
    drafts: StaticReport | None = None
    drafts_code: Workspace | None = None
    acceptance: Sequence[Criterion] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    members: Members = field(default_factory=Members)
    spans: Mapping[str, Iterable[Span]] = field(default_factory=dict)
    stop_early: bool = False
    clock: Clock = unmeasured

    def upper_levels(self) -> list[LevelResult]:
        """Return the results of all modules, then all packages, then the whole."""
        return self._judge(None, {})

    def ready_levels(self, done: Collection[str], judged: Mapping[Key, Status]) -> list[LevelResult]:
        """The results of those scopes whose atoms are all ``done`` and that are not ``judged`` yet, lowest first."""
        return self._judge(self.members.ready(done), judged)

    def _judge(self, ready: Collection[str] | None, judged: Mapping[Key, Status]) -> list[LevelResult]:
        known = dict(judged)
        results: list[LevelResult] = []

        def wanted(level: Level, scope: str) -> bool:
            return (level, scope) not in judged and (ready is None or f"{level}:{scope}" in ready)

        def add(result: LevelResult) -> None:
            results.append(result)
            known[result.level, result.scope] = result.status

        scopes = module_scopes(self.workspace, self.members.modules, self.spans)
        modules = [one for one in scopes if wanted(Level.MODULE, one.scope)]
        for result in self._modules(scopes, modules):
            add(result)
        paths = {one.scope: one.path for one in scopes}
        packages = sorted({package_of(one.path) for one in scopes})
        packages = [package for package in packages if wanted(Level.COMPONENT, package)]
        below = {(Level.MODULE, scope): package_of(path) for scope, path in paths.items()}
        components = self._components() if packages else None
        for package in packages:
            failed = self._stopped(known, [key for key, holder in below.items() if holder == package])
            begun = None if failed or components is None else components.judge(package)
            add(begun or _not_begun(Level.COMPONENT, package, failed))
        if wanted(Level.SYSTEM, WHOLE):
            failed = self._stopped(known, list(known))
            add(_not_begun(Level.SYSTEM, WHOLE, failed) if failed else self._system())
        return results

    def _stopped(self, known: Mapping[Key, Status], members: Collection[Key]) -> str:
        """The first failed member, where failures stop what stands above them."""
        failed = (scope for level, scope in members if known.get((level, scope)) is Status.FAILED)
        return next(failed, "") if self.stop_early else ""

    def _modules(self, scopes: Sequence[ModuleScope], wanted: Sequence[ModuleScope]) -> Iterable[LevelResult]:
        if not wanted:
            return ()
        validator = ModuleValidator(
            scopes=scopes, static=self.static, drafts=self.drafts, suite=self.suite, files=self.workspace.files,
            clock=self.clock,
        )  # fmt: skip
        return map(validator.judge, wanted)

    def _components(self) -> ComponentValidator:
        return ComponentValidator(
            workspace=self.workspace, suite=self.suite, rules=self.rules, drafts=self.drafts_code, clock=self.clock
        )

    def _system(self) -> LevelResult:
        return SystemValidator().judge(
            self.suite, self.workspace, self.rules, static=self.static, drafts=self.drafts,
            drafts_code=self.drafts_code, missing=self.missing, acceptance=self.acceptance, clock=self.clock,
        )  # fmt: skip


def _not_begun(level: Level, scope: str, failed: str) -> LevelResult:
    check = Check(name=STOPPED, status=Status.NOT_RUN, reason=f"not begun: {failed} failed below it")
    return LevelResult(level=level, scope=scope, atom_id=None, checks=(check,))
