"""Level 2: one module. Calls against signatures, exports against imports, the tests that reach it, cohesion."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.blame import Blame, blame
from validation.domain.cohesion import cohesion_check
from validation.domain.interfaces import PLAIN, is_call, is_export, is_strict
from validation.domain.model import Check, Evidence, Finding, Level, LevelResult, Status, SuiteResult
from validation.domain.scopes import ModuleScope
from validation.domain.static import Located, StaticCheck, StaticReport, keys_of, moved_complaints, new_findings
from validation.domain.timing import Clock, timed, unmeasured

SHOWN = 20
EMPTY = Blame(suspiciousness={}, culprits={}, reaching={})
_LAST_LINE = 2**31
Judged = Callable[[Finding], bool]


class ModuleValidator:
    """Judges modules of a workspace from the static report and the suite.

    Findings that the drafts had already are shown; calls that never fitted are not held against a module, an import of
    something that its own workspace does not have always is.
    """

    def __init__(
        self, *, scopes: Sequence[ModuleScope], static: StaticReport, drafts: StaticReport | None = None,
        suite: SuiteResult | None, files: Mapping[str, WorkspaceFile] | None = None, clock: Clock = unmeasured,
    ) -> None:  # fmt: skip
        self._files = files or {}
        self._static, self._drafts, self._suite, self._clock = static, drafts or static, suite, clock
        spans: dict[str, list[tuple[str, int, int]]] = {}
        for one in scopes:
            spans.setdefault(one.path, []).append((one.scope, one.first, one.last))
        self._blame = blame(suite, spans) if suite is not None and suite.ran else EMPTY
        self._own = frozenset(part for f in self._files.values() for part in _first_names(f.place))
        self._stubbed = _stubbed({f.place for f in self._files.values()})

    def judge(self, scope: ModuleScope) -> LevelResult:
        """Return level 2 of a module."""
        makers: tuple[Callable[[], Check], ...] = (
            lambda: self._seam("calls", scope, is_call, lambda _: False),
            lambda: self._seam("exports", scope, lambda f: is_export(f, self._own), self._is_strict),
            lambda: tests_check("integration_tests", self._suite, scope.scope, self._blame),
            lambda: cohesion_check(self._files.get(scope.path), scope.first, scope.last),
        )
        checks = tuple(timed(make, self._clock) for make in makers)
        seconds = sum(check.seconds for check in checks)
        return LevelResult(level=Level.MODULE, scope=scope.scope, atom_id=None, checks=checks, seconds=seconds)

    def _is_strict(self, finding: Finding) -> bool:
        return is_strict(finding, self._own, self._stubbed)

    def _seam(self, name: str, scope: ModuleScope, wanted: Judged, strict: Judged) -> Check:
        """A check that the type checker answers, for Python and for scripts."""
        broken = self._static.findings.get(StaticCheck.SYNTAX, {}).get(scope.path, ())
        if broken:
            reason = f"the file does not parse: line {broken[0].finding.line}"
            return Check(name=name, status=Status.NOT_RUN, reason=reason)
        run = self._static.run_of(StaticCheck.TYPES, scope.path)
        if not run.ran:
            return Check(name=name, status=Status.NOT_RUN, reason=run.reason, evidence=run.evidence)
        here: list[Located] = []
        held: list[Finding] = []
        for kind in (StaticCheck.NAMES, StaticCheck.TYPES):
            found = [one for one in self._static.findings.get(kind, {}).get(scope.path, ()) if wanted(one.finding)]
            moved = moved_complaints(self._drafts, self._static, kind, scope.path)
            fresh = set(map(id, new_findings(found, keys_of(self._drafts, kind, scope.path), moved)))
            here += (mine := [one for one in found if scope.holds(one.finding.line)])
            held += [one.finding for one in mine if id(one) in fresh or strict(one.finding)]
        if name == "calls":
            held = [one for one in held if one.severity == "error" or one.code in PLAIN]
        told = [f"{one.finding.path}:{one.finding.line}: {one.finding.message}" for one in here[:10]]
        return Check(
            name=name, status=Status.FAILED if held else Status.PASSED,
            reason=held[0].message if held else f"{len(here)} old findings" if here else "",
            findings=tuple(one.finding for one in here[:SHOWN]),
            evidence=Evidence(command=run.evidence.command, exit_code=run.evidence.exit_code,
                              output="\n".join(told) or run.evidence.output),
        )  # fmt: skip


def _first_names(place: str) -> set[str]:
    """First parts of the dotted names under which a file can be imported."""
    parts = place.removesuffix(".py").split("/")
    return {parts[0], *parts[1:2]} if parts[0] in ("src", "lib") else {parts[0]}


def _stubbed(places: Collection[str]) -> frozenset[str]:
    """Dotted names of the modules that have a stub beside them."""
    both = [p.removesuffix(".pyi") for p in places if p.endswith(".pyi") and p.removesuffix("i") in places]
    parts = [re.sub(r"^(src|lib)/|/__init__$", "", one) for one in both]
    return frozenset(one.replace("/", ".") for one in parts)


def blame_groups(suite: SuiteResult | None, group_of: Mapping[str, str]) -> Blame:
    """Blame over whole files or packages: ``group_of`` is path -> the scope that it belongs to."""
    spans = {path: [(group, 1, _LAST_LINE)] for path, group in group_of.items()}
    return blame(suite, spans) if suite is not None and suite.ran else EMPTY


def tests_check(name: str, suite: SuiteResult | None, scope: str, found: Blame) -> Check:
    """Failed where blame names the scope for a failing test; a scope that failing tests merely reach has not failed."""
    if suite is None or not suite.ran:
        return Check(name=name, status=Status.NOT_RUN, reason=suite.reason if suite else "the suite was not run")
    accused, reaching = found.culprits.get(scope, ()), found.reaching.get(scope, ())
    value = 1 - found.suspiciousness.get(scope, 0.0)
    if accused:
        reason = f"blamed for {len(accused)} failing tests: {accused[0]}"
        evidence = _evidence(suite, accused)
        return Check(name=name, status=Status.FAILED, reason=reason, value=value, evidence=evidence)
    if not reaching:
        return Check(name=name, status=Status.NOT_RUN, reason="no test reaches it")
    reason = f"{len(reaching)} tests reach it, none blames it"
    evidence = _evidence(suite, reaching)
    return Check(name=name, status=Status.PASSED, reason=reason, value=value, evidence=evidence)


def _evidence(suite: SuiteResult, tests: Sequence[str]) -> Evidence:
    """The suite's command with what these tests said."""
    wanted = set(tests[:10])
    lines = [f"{c.id}: {c.status}" + (f"\n{c.message}" if c.status in ("failed", "error") else "")
             for c in suite.cases if c.id in wanted]  # fmt: skip
    return Evidence(command=suite.evidence.command, exit_code=suite.evidence.exit_code, output="\n".join(lines)[:4000])
