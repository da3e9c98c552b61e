"""Real runs of Python suites in the real sandbox."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.model import SuiteResult, TestStatus
from validation.engine.suite import run_suite
from validation.tests.projects import SHOP, project

pytestmark = pytest.mark.sandbox


def run(
    workspace: Workspace, *, seconds: float = 60.0, tests: Sequence[str] | None = None, memory: int = 1024
) -> SuiteResult:
    return run_suite(workspace, cache=Path("unused"), timeout_seconds=seconds, memory_mib=memory, tests=tests)


def statuses(result: SuiteResult) -> dict[str, TestStatus]:
    return {case.id: case.status for case in result.cases}


def test_it_reports_every_test_with_what_it_executes() -> None:
    result = run(project(SHOP))
    assert result.ran, result.reason
    assert result.precision == 1.0, result
    assert set(statuses(result)) == {
        "tests/test_price.py::Prices::test_gross",
        "tests/test_price.py::Prices::test_net",
        "tests/test_cart.py::TestCart::test_total",
        "tests/test_cart.py::TestCart::test_items",
        "tests/test_cart.py::test_add[1]",
        "tests/test_cart.py::test_add[2]",
    }
    assert result.coverage["tests/test_price.py::Prices::test_gross"] == {"shop/price.py": (6, 7)}
    # what setup_class executes counts for every test of the class
    assert result.coverage["tests/test_cart.py::TestCart::test_items"]["shop/cart.py"] == (6, 9)
    assert result.coverage["tests/test_cart.py::TestCart::test_total"]["shop/price.py"] == (6, 7)


def test_a_selection_runs_only_what_was_asked_for() -> None:
    assert set(statuses(run(project(SHOP), tests=["tests/test_cart.py::test_add"]))) == {
        "tests/test_cart.py::test_add[1]",
        "tests/test_cart.py::test_add[2]",
    }


def test_a_test_without_its_plugin_fails_and_blames_nothing_that_ran_before() -> None:
    tests = (
        "import pytest\n\nfrom m import f\n\n\n"
        "@pytest.fixture(autouse=True, scope='module')\ndef ready():\n    f()\n\n\n"
        "def test_good():\n    assert f() == 1\n\n\ndef test_timed(benchmark):\n    benchmark(f)\n"
    )
    result = run(project({"m.py": "def f():\n    return 1\n", "tests/test_m.py": tests}))
    assert statuses(result) == {
        "tests/test_m.py::test_good": TestStatus.PASSED, "tests/test_m.py::test_timed": TestStatus.ERROR,
    }  # fmt: skip
    assert set(result.coverage) == {"tests/test_m.py::test_good"}


OPTIONAL = {
    "m.py": (
        "try:\n    from no_such_package.part import turn\nexcept ImportError:\n    turn = None\n\n\n"
        "def fast(n):\n    if turn is None:\n        raise ImportError('install m[fast]')\n    return turn(n)\n\n\n"
        "def slow(n):\n    return n\n"
    ),
    "n.py": (
        "def loads(n):\n    import no_such_package\n    return n\n\n\n"
        "def asks(n):\n    raise ImportError('nothing is optional here')\n"
    ),
    "tests/test_m.py": (
        "import m\nimport n\n\n\ndef test_fast():\n    assert m.slow(1) == m.fast(1)\n\n\n"
        "def test_slow():\n    assert m.slow(1) == 1\n\n\n"
        "def test_beside():\n    m.slow(1)\n    import no_such_package\n\n\n"
        "def test_unguarded():\n    n.loads(1)\n\n\ndef test_asks():\n    n.asks(1)\n\n\n"
        "def test_misses_a_name():\n    m.slow(1)\n    from m import nobody\n"
    ),
}  # fmt: skip


def test_what_needs_an_optional_package_that_is_not_here_fails_and_accuses_nobody() -> None:
    """But an import that nobody guards is the code's own fault, and so is an error without any such package."""
    result = run(project(OPTIONAL))
    red = {name.partition("::")[2] for name, status in statuses(result).items() if status is TestStatus.FAILED}
    assert red == {"test_fast", "test_beside", "test_unguarded", "test_asks", "test_misses_a_name"}
    told = {name.partition("::")[2] for name in result.coverage}
    assert told == {"test_slow", "test_unguarded", "test_asks", "test_misses_a_name"}
    assert not any(case.frames for case in result.cases if case.id.endswith(("_fast", "_beside")))


def test_parametrized_methods_may_draw() -> None:
    tests = (
        "import pytest\nfrom hypothesis import given, strategies as st\nfrom m import twice\n\n\nclass TestTwice:\n"
        "    @pytest.mark.parametrize('more', [0, 1])\n    @given(n=st.integers())\n"
        "    def test_twice(self, n, more):\n        assert twice(n) + more == n + n + more\n"
    )
    result = run(project({"m.py": "def twice(n):\n    return 2 * n\n", "tests/test_m.py": tests}))
    assert set(statuses(result).values()) == {TestStatus.PASSED}, result.cases
    assert len(result.cases) == 2


def test_a_project_that_pytest_uses_itself_is_tested_and_not_the_installed_copy() -> None:
    tests = "from iniconfig import read\n\n\ndef test_read():\n    assert read() == 3\n"
    code = {"src/iniconfig/__init__.py": "def read():\n    return 3\n", "tests/test_read.py": tests}
    result = run(project(code))
    assert statuses(result) == {"tests/test_read.py::test_read": TestStatus.PASSED}, result
    assert result.coverage == {"tests/test_read.py::test_read": {"src/iniconfig/__init__.py": (2,)}}


TRAPS = {
    "work.py": (
        "import os\nimport time\n\n\ndef fine():\n    return 1\n\n\ndef leave():\n    os._exit(0)\n\n\n"
        "def hole():\n    raise NotImplementedError('hole: work.hole')\n\n\n"
        "def endless():\n    while True:\n        pass\n"
    ),
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n",
    "tests/test_work.py": (
        "import sys\n\nimport pytest\nimport work\n\n\n"
        "def test_fixture(one):\n    assert work.fine() == one\n\n\n"
        "def test_leaves():\n    work.leave()\n\n\n"
        "def test_hole():\n    work.hole()\n\n\n"
        "def test_endless():\n    work.endless()\n\n\n"
        "@pytest.mark.skip\ndef test_skipped():\n    pass\n\n\n"
        "@pytest.mark.xfail\ndef test_xfails():\n    assert work.fine() == 2\n\n\n"
        "def test_wrong():\n    assert work.fine() == 2\n"
    ),
    "tests/test_helper.py": "import json\n\n\ndef test_installed_only():\n    assert json.loads('1') == 1\n",
    "tests/test_broken.py": "import nothing_of_that_name\n\n\ndef test_a():\n    pass\n\n\ndef test_b():\n    pass\n",
    "tests/test_exits.py": "import sys\n\nsys.exit(0)\n\n\ndef test_c():\n    pass\n",
}


def test_nothing_that_did_not_run_is_a_pass() -> None:
    result = run(project(TRAPS), seconds=7)
    found = {case.id.partition("::")[2]: (case.status, case.message) for case in result.cases}
    assert {name: status for name, (status, _) in found.items()} == {
        "test_fixture": TestStatus.PASSED,
        "test_leaves": TestStatus.ERROR,
        "test_hole": TestStatus.SKIPPED,
        "test_endless": TestStatus.FAILED,
        "test_skipped": TestStatus.SKIPPED,
        "test_xfails": TestStatus.XFAILED,
        "test_wrong": TestStatus.FAILED,
        "test_installed_only": TestStatus.SKIPPED,
        "test_a": TestStatus.ERROR,
        "test_b": TestStatus.ERROR,
        "test_c": TestStatus.ERROR,
    }
    assert found["test_hole"][1] == "waits for work.hole"
    assert found["test_installed_only"][1] == "outside workspace"
    assert "exit code 0" in found["test_leaves"][1]
    assert ("work.py", 18) in {case.id: case.frames for case in result.cases}["tests/test_work.py::test_endless"]


@pytest.mark.parametrize(
    ("loop", "seconds", "told"),
    [("while True:\n        pass", 7, "TestTimeout"), ("while True:\n        kept.append([None])", 60, "MemoryError")],
)
def test_a_module_that_never_ends_loading_is_told_with_its_place_and_the_others_run(
    loop: str, seconds: float, told: str
) -> None:
    files = {
        "bad.py": f"def spin(kept):\n    {loop}\n\n\nspin(['x'])\n",
        "good.py": "def f():\n    return 1\n",
        "tests/test_a_bad.py": "import bad\n\n\ndef test_bad():\n    assert bad\n",
        "tests/test_b_good.py": "import good\n\n\ndef test_good():\n    assert good.f() == 1\n",
    }
    result = run(project(files), seconds=seconds, memory=256)
    cases = {case.id.partition("::")[2]: case for case in result.cases}
    assert {name: case.status for name, case in cases.items()} == {
        "test_bad": TestStatus.ERROR, "test_good": TestStatus.PASSED,
    }, result  # fmt: skip
    assert told in cases["test_bad"].message
    # where memory is used up, the innermost frame may find no room in the traceback
    assert [line for path, line in cases["test_bad"].frames if path == "bad.py"][:1] == [6]


def test_what_runs_to_describe_a_failure_is_not_reached_by_the_test() -> None:
    tests = (
        "import unittest\n\nfrom work import Shown\n\n\n"
        "def test_plain():\n    assert Shown(1).n == 1 and Shown(2) == Shown(3)\n\n\n"
        "class Tests(unittest.TestCase):\n"
        "    def test_case(self):\n        self.assertEqual(Shown(2), Shown(3))\n\n"
        "    def test_list(self):\n        self.assertEqual([Shown(2)], [Shown(3)])\n\n"
        "    def test_shown(self):\n        self.assertEqual(repr(Shown(2)), '3')\n"
    )
    work = (
        "class Shown:\n    def __init__(self, n):\n        self.n = n\n\n"
        "    def __eq__(self, other):\n        return self.n == other.n\n\n"
        "    def __repr__(self):\n        return str(self.n)\n"
    )
    result = run(project({"work.py": work, "tests/test_work.py": tests}))
    reached = {test.rpartition("::")[2]: paths["work.py"] for test, paths in result.coverage.items()}
    assert reached == {"test_plain": (3, 6), "test_case": (3, 6), "test_list": (3, 6), "test_shown": (3, 9)}
    assert all(case.status is TestStatus.FAILED for case in result.cases)


def test_what_cannot_bear_a_tracer_passes_and_what_failed_is_told_before_hundreds_of_dots() -> None:
    tests = (
        "import sys\nimport unittest\n\nfrom m import f\n\n\n"
        "class Many(unittest.TestCase):\n"
        "    def test_many(self):\n"
        "        for n in range(200):\n            with self.subTest(n=n):\n"
        "                self.assertEqual(f(), 1)\n\n"
        "    def test_alone(self):\n        self.assertIsNone(sys.gettrace())\n        self.assertEqual(f(), 1)\n\n"
        "    def test_wrong(self):\n        self.assertEqual(f(), 2, 'told')\n"
    )
    result = run(project({"m.py": "def f():\n    return 1\n", "tests/test_m.py": tests}))
    assert {name.rpartition("::")[2]: status for name, status in statuses(result).items()} == {
        "test_many": TestStatus.PASSED, "test_alone": TestStatus.PASSED, "test_wrong": TestStatus.FAILED,
    }  # fmt: skip
    assert "uuuu" not in result.evidence.output
    assert "told" in result.evidence.output


def test_a_timeout_keeps_what_came_and_says_so() -> None:
    slow = {
        "work.py": "import time\n\n\ndef nap(seconds):\n    time.sleep(seconds)\n    return seconds\n",
        "test_work.py": "from work import nap\n\n\n"
        + "".join(f"def test_{n}():\n    assert nap(0.9)\n\n\n" for n in range(6)),
    }
    result = run(project(slow), seconds=3.5)
    counted = list(statuses(result).values())
    assert 1 <= counted.count(TestStatus.PASSED) <= 3
    assert counted.count(TestStatus.PASSED) + counted.count(TestStatus.MISSING) == 6
    assert "timeout" in result.reason
    assert result.precision == counted.count(TestStatus.PASSED) / 6


def test_a_broken_conftest_turns_every_test_red_and_says_where() -> None:
    broken = {**SHOP, "conftest.py": "import shop.price\n", "shop/price.py": "def net(:\n    pass\n"}
    result = run(project(broken))
    assert set(statuses(result).values()) == {TestStatus.ERROR}
    assert result.precision == 0.0
    assert all(case.frames[-1] == ("shop/price.py", 1) for case in result.cases)


def test_forged_records_count_for_nothing() -> None:
    forging = {
        "work.py": (
            "import json\nimport os\n\n\ndef forge():\n    for fd in range(3, 64):\n        try:\n"
            "            os.write(fd, json.dumps({'k': 'case', 'id': 'tests/test_work.py::test_b',"
            " 'status': 'passed'}).encode() + b'\\n')\n"
            "        except OSError:\n            pass\n    os._exit(0)\n"
        ),
        "tests/test_work.py": "import work\n\n\ndef test_a():\n    work.forge()\n\n\ndef test_b():\n    assert False\n",
    }
    result = run(project(forging))
    assert TestStatus.PASSED not in statuses(result).values()


def test_the_workspace_shadows_the_installed_copy() -> None:
    import referencing  # noqa: PLC0415 - only its files are read

    folder = Path(referencing.__file__).parent
    files = {}
    for path in ("exceptions.py", "tests/test_exceptions.py"):
        role = FileRole.TEST if path.startswith("tests/") else FileRole.SOURCE
        files[path] = WorkspaceFile(
            path=path, place=f"referencing/{path}", role=role, content=(folder / path).read_bytes()
        )
    workspace = Workspace(files=files, root_package="referencing")
    green = run(workspace)
    assert green.precision == 1.0, green
    assert {path for paths in green.coverage.values() for path in paths} == {"exceptions.py"}
    broken = workspace.with_content("exceptions.py", files["exceptions.py"].content + b"\nraise RuntimeError('mine')\n")
    red = run(broken)
    assert red.precision == 0.0
    assert "mine" in red.cases[0].message


def test_a_foreign_interpreter_gets_our_pytest_where_it_has_none() -> None:
    result = run(replace(project(SHOP), python=getattr(sys, "_base_executable", sys.executable)))
    assert result.precision == 1.0, result
    assert result.coverage["tests/test_price.py::Prices::test_gross"] == {"shop/price.py": (6, 7)}


@pytest.mark.parametrize("python", ["/nowhere/python", "/etc/hostname/x"])
def test_an_interpreter_that_is_not_there_is_a_reason(python: str) -> None:
    result = run(replace(project(SHOP), python=python))
    assert (result.ran, result.precision) == (False, None)
    assert python in result.reason


@pytest.mark.parametrize("tests", [None, ["tests/test_nothing.py"]])
def test_a_project_without_tests_was_not_run(tests: list[str] | None) -> None:
    result = run(project({"a.py": "x = 1\n"}), tests=tests)
    assert (result.ran, result.precision) == (False, None)
    assert result.reason


CHANCE = {
    "work.py": "seen = []\n\n\ndef note(x):\n    seen.append(x)\n    return len(seen)\n",
    "tests/test_chance.py": (
        "import time\n\nimport work\n\n\n"
        "def test_first():\n    assert work.note(1) == 1\n\n\n"
        "def test_hangs_on_the_first():\n    assert work.note(2) == 1\n\n\n"
        "def test_wrong():\n    assert work.note(3) == 0\n"
    ),
}


def test_a_failure_that_hangs_on_other_tests_stays_one() -> None:
    found = {case.id.partition("::")[2]: case for case in run(project(CHANCE)).cases}
    assert {name: case.status for name, case in found.items()} == {
        "test_first": TestStatus.PASSED,
        "test_hangs_on_the_first": TestStatus.FAILED,
        "test_wrong": TestStatus.FAILED,
    }
    assert "it hangs on the tests that run before it" in found["test_hangs_on_the_first"].message
