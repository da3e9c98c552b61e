"""Level 2: one file. Calls against signatures, exports against imports, the tests that reach it."""

from collections.abc import Mapping, Sequence

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.blame import Blame, blame
from validation.domain.cohesion import cohesion_check
from validation.domain.model import Check, Level, LevelResult, Status, SuiteResult
from validation.domain.static import Located, StaticCheck, StaticReport, keys_of, new_findings

CALLS = frozenset(
    {
        "bad-argument-count", "missing-argument", "unexpected-keyword", "unexpected-positional-argument",
        "not-async", "unused-coroutine", "TS2554", "TS2555", "TS2556", "TS2345", "TS2769",
    }
)  # fmt: skip
EXPORTS = frozenset({"missing-module-attribute", "F822", "TS2305", "TS2614", "TS2724", "TS2459", "TS1192"})
SHOWN = 20
EMPTY = Blame(suspiciousness={}, culprits={}, reaching={})
_LAST_LINE = 2**31


class ModuleValidator:
    """Judges one file of a workspace from the static report and the suite."""

    def __init__(
        self, *, paths: Sequence[str], static: StaticReport, drafts: StaticReport | None = None,
        suite: SuiteResult | None, files: Mapping[str, WorkspaceFile] | None = None,
    ) -> None:  # fmt: skip
        self._files = files or {}
        self._static, self._drafts, self._suite = static, drafts or static, suite
        self._blame = blame_groups(suite, {path: path for path in paths})

    def judge(self, path: str) -> LevelResult:
        """Return level 2 of a file. Findings that its draft had already are shown as warnings by the type checker."""
        checks = (
            self._by_codes("calls", path, CALLS, strict=False),
            self._by_codes("exports", path, EXPORTS, strict=True),
            tests_check("integration_tests", self._suite, path, self._blame),
            cohesion_check(self._files.get(path)),
        )
        return LevelResult(level=Level.MODULE, scope=path, atom_id=None, checks=checks)

    def _by_codes(self, name: str, path: str, codes: frozenset[str], *, strict: bool) -> Check:
        """A check that the type checker answers. Without ``strict`` old findings are not held against the file."""
        broken = self._static.findings.get(StaticCheck.SYNTAX, {}).get(path, ())
        if broken:
            reason = f"the file does not parse: line {broken[0].finding.line}"
            return Check(name=name, status=Status.NOT_RUN, reason=reason)
        run = self._static.run_of(StaticCheck.TYPES, path)
        if not run.ran:
            return Check(name=name, status=Status.NOT_RUN, reason=run.reason)
        here = self._found(path, codes)
        held: Sequence[Located] = here
        if not strict:
            held = new_findings(here, keys_of(self._drafts, StaticCheck.TYPES, path))
        errors = [one for one in held if one.finding.severity == "error"]
        return Check(
            name=name, status=Status.FAILED if errors else Status.PASSED,
            reason=errors[0].finding.message if errors else "",
            findings=tuple(one.finding for one in here[:SHOWN]), evidence=run.evidence,
        )  # fmt: skip

    def _found(self, path: str, codes: frozenset[str]) -> list[Located]:
        both = (self._static.findings.get(check, {}).get(path, ()) for check in (StaticCheck.NAMES, StaticCheck.TYPES))
        return [one for found in both for one in found if one.finding.code in codes]


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
        return Check(name=name, status=Status.FAILED, reason=reason, value=value)
    if not reaching:
        return Check(name=name, status=Status.NOT_RUN, reason="no test reaches it")
    return Check(name=name, status=Status.PASSED, reason=f"{len(reaching)} tests reach it, none blames it", value=value)
