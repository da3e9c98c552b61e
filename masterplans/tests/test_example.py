"""The bundled example is what its README says: six tasks, bugs that the tests reach, and solutions that mend them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from masterplans.domain.importing.spec import PlanSpec
from masterplans.importers.plan_on_disk import plan_of_file

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop"
ESBUILD = ROOT / "validation" / "toolchain" / "node_modules" / ".bin" / "esbuild"
CLEAN = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

# What each planted bug of the README breaks. The hole fails its whole file.
PYTHON_FAILURES = {
    "tests/test_inventory.py::test_two_warehouses_share_nothing",
    "tests/test_inventory.py::test_what_to_order_fills_up_to_the_target",
    "tests/test_pricing.py::test_an_unknown_coupon_is_named",
    "tests/test_pricing.py::test_each_tier_begins_at_its_number",
    "tests/test_receipt.py",
}


@pytest.fixture(scope="module")
def spec() -> PlanSpec:
    return plan_of_file(str(SHOP / "plan.yaml"))


def write(spec: PlanSpec, folder: Path, *, solved: bool) -> Path:
    """The plan's workspace; ``solved`` puts the solutions in place of drafts."""
    for file in spec.files:
        _put(folder / file.place, file.content)
    for task in spec.tasks:
        solution = SHOP / "solutions" / task.path
        content = solution.read_bytes() if solved and solution.exists() else task.draft
        if content is not None:
            _put(folder / task.place, content)
    return folder


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def run_pytest(folder: Path) -> set[str]:
    """Ids, without parameters, of tests that failed."""
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider"]
    command += ["--rootdir=.", "-c", os.devnull, "--continue-on-collection-errors", "tests"]
    done = subprocess.run(
        command, cwd=folder, env={**CLEAN, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", done.stdout, re.MULTILINE))


def run_node(folder: Path, test: str) -> set[str]:
    """Names of tests that failed; TypeScript is bundled first."""
    target = test
    if test.endswith(".ts"):
        if not ESBUILD.exists():
            pytest.skip("esbuild is not installed; make setup installs it")
        target = "bundle.test.mjs"
        bundle = [str(ESBUILD), test, "--bundle", "--platform=node", "--format=esm", f"--outfile={target}"]
        subprocess.run(bundle, cwd=folder, env=CLEAN, capture_output=True, check=True)
    command = ["node", "--test", "--test-reporter=tap", target]
    done = subprocess.run(command, cwd=folder, env=CLEAN, capture_output=True, text=True, check=False)
    assert "# pass 0" not in done.stdout, done.stdout + done.stderr
    failed = set(re.findall(r"^\s*not ok \d+ - (.+)$", done.stdout, re.MULTILINE))
    return {name for name in failed if not name.endswith((".js", ".mjs"))}


def test_the_plan_has_six_tasks_in_three_languages_and_one_hole(spec: PlanSpec) -> None:
    assert len(spec.tasks) == 6
    assert {task.language for task in spec.tasks} == {"python", "typescript", "javascript"}
    assert [task.path for task in spec.tasks if task.draft is None] == ["shop/receipt.py"]


def test_python_tests_find_the_planted_bugs_and_nothing_else(spec: PlanSpec, tmp_path: Path) -> None:
    assert run_pytest(write(spec, tmp_path / "drafts", solved=False)) == PYTHON_FAILURES
    assert run_pytest(write(spec, tmp_path / "solved", solved=True)) == set()


@pytest.mark.parametrize(
    ("test", "broken"),
    [
        ("tests/slug.test.js", set()),
        (
            "tests/cart.test.ts",
            {"an article that is not sold has no price", "a quote leaves out what has no price and says so"},
        ),
    ],
)
def test_script_tests_find_the_planted_bug(spec: PlanSpec, tmp_path: Path, test: str, broken: set[str]) -> None:
    assert run_node(write(spec, tmp_path / "drafts", solved=False), test) == broken
    assert run_node(write(spec, tmp_path / "solved", solved=True), test) == set()


def test_the_readme_names_every_broken_test() -> None:
    readme = (SHOP.parent / "README.md").read_text(encoding="utf-8")
    assert [test for test in PYTHON_FAILURES if test.rpartition("::")[2] not in readme] == []
