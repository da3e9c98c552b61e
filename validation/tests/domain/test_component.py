"""Who may import whom: cycles between packages, and the rules of the plan."""

from typing import Any

from masterplans.domain.plan_rules import DependencyRule, broken_rule, dependency_rules, matches
from validation.domain.component import ComponentValidator
from validation.domain.model import Check, Status
from validation.tests.projects import project

FAILED, PASSED = Status.FAILED, Status.PASSED
CIRCLE = {"a/x.py": "from b.y import g\n", "b/y.py": "import a.x\n", "c/z.py": "import a.x\n"}
SCRIPTS = {"w/one.ts": "import { t } from '../v/two.js';\n", "v/two.ts": "export const t = 1;\n"}


def judged(
    files: dict[str, str], *, rules: dict[str, Any] | None = None, drafts: dict[str, str] | None = None
) -> dict[str, Check]:
    before = None if drafts is None else project(drafts)
    validator = ComponentValidator(workspace=project(files), suite=None, rules=rules or {}, drafts=before)
    return {name: validator.judge(name).checks[1] for name in validator.packages}


def statuses(checks: dict[str, Check]) -> dict[str, Status]:
    return {name: check.status for name, check in checks.items()}


def test_packages_must_not_import_in_a_circle() -> None:
    checks = judged({**CIRCLE, **SCRIPTS})
    assert statuses(checks) == {"a": FAILED, "b": FAILED, "c": PASSED, "v": PASSED, "w": PASSED}
    assert "a -> b -> a" in checks["a"].reason
    assert checks["a"].evidence.exit_code == 1


def test_a_circle_of_the_drafts_is_shown_and_not_held_against_the_change() -> None:
    old = judged(CIRCLE, drafts=CIRCLE)
    assert set(statuses(old).values()) == {PASSED}
    [finding] = old["a"].findings
    assert (finding.severity, "as in the drafts" in finding.message) == ("warning", True)
    wider = judged({**CIRCLE, "b/more.py": "import c.z\n"}, drafts=CIRCLE)
    assert statuses(wider) == {"a": FAILED, "b": FAILED, "c": FAILED}
    assert "new: b -> c" in wider["a"].reason


def test_the_plan_forbids_imports_whoever_wrote_them() -> None:
    rules = {"dependencies": [{"from": "w/**", "to": "v", "allow": False, "reason": "views are private"}]}
    checks = judged(SCRIPTS, rules=rules, drafts=SCRIPTS)
    assert statuses(checks) == {"v": PASSED, "w": FAILED}
    assert "w/one.ts imports v/two.ts" in checks["w"].reason
    assert "views are private" in checks["w"].reason
    assert judged(SCRIPTS, rules={"forbidden": [{"from": "w", "to": "v"}]})["w"].status is FAILED


def test_the_first_rule_that_speaks_decides() -> None:
    rules = dependency_rules(
        {"dependencies": [{"from": "api/**", "to": "db/**", "allow": True}, {"from": "**", "to": "db/**"}, "prose", {}]}
    )
    assert broken_rule(rules, "api/v1/views.py", "db/rows.py") is None
    assert broken_rule(rules, "web/page.py", "db/rows.py") == DependencyRule(source="**", target="db/**")
    assert broken_rule(rules, "web/page.py", "api/x.py") is None


def test_globs_over_paths() -> None:
    assert matches("a/*.py", "a/x.py")
    assert not matches("a/*.py", "a/b/x.py")
    assert matches("**/domain/**", "a/domain/x.py")
    assert matches("**/domain", "domain/b/x.py")
    assert not matches("a/b", "a/bc/x.py")
    assert matches(".", "x.py")
    assert not matches(".", "a/x.py")
