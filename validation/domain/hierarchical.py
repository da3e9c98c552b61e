"""The levels above the atom, in order, each when its members are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from masterplans.domain.plan_rules import Criterion
from masterplans.domain.workspace import FileRole, Workspace
from validation.domain.component import ComponentValidator
from validation.domain.model import LevelResult, Status, SuiteResult
from validation.domain.module import ModuleValidator
from validation.domain.static import StaticReport
from validation.domain.system import SystemValidator
from validation.domain.timing import Clock, unmeasured


@dataclass(frozen=True, kw_only=True)
class HierarchicalValidator:
    """Levels 2 to 4 of one state of a workspace, from evidence that was measured on it.

    ``drafts`` and ``drafts_code`` are what came in: what was there already is shown and not held against the result.
    ``rules`` are the plan's (``masterplans/domain/plan_rules.py``), ``acceptance`` its criteria with those of its
    tasks; ``missing`` its files that nobody wrote. With ``stop_early`` a level after one with a failure is not judged.
    """

    workspace: Workspace
    suite: SuiteResult | None
    static: StaticReport
    drafts: StaticReport | None = None
    drafts_code: Workspace | None = None
    acceptance: Sequence[Criterion] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    stop_early: bool = False
    clock: Clock = unmeasured

    def upper_levels(self) -> list[LevelResult]:
        """Return the results of all files, then all packages, then the whole."""
        results: list[LevelResult] = []
        for judge in (self._modules, self._components, self._system):
            results += judge()
            if self.stop_early and any(result.status is Status.FAILED for result in results):
                break
        return results

    def _modules(self) -> list[LevelResult]:
        paths = [file.path for file in self.workspace.of_role(FileRole.SOURCE)]
        validator = ModuleValidator(
            paths=paths, static=self.static, drafts=self.drafts, suite=self.suite, files=self.workspace.files
        )
        return [validator.judge(path) for path in paths]

    def _components(self) -> list[LevelResult]:
        validator = ComponentValidator(
            workspace=self.workspace, suite=self.suite, rules=self.rules, drafts=self.drafts_code, clock=self.clock
        )
        return [validator.judge(package) for package in validator.packages]

    def _system(self) -> list[LevelResult]:
        result = SystemValidator().judge(
            self.suite, self.workspace, self.rules, static=self.static, drafts=self.drafts,
            drafts_code=self.drafts_code, missing=self.missing, acceptance=self.acceptance, clock=self.clock,
        )  # fmt: skip
        return [result]
