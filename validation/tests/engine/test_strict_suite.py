"""New code of a project is judged apart from its tests; what only looks right is told, and what cannot be is said."""

import pytest

from validation.engine.strict_suite import judge_strictly
from validation.tests.projects import SHOP, project

pytestmark = pytest.mark.sandbox

PRICE = ("tests/test_price.py::Prices::test_gross", "tests/test_price.py::Prices::test_net")
CART = ("tests/test_cart.py::TestCart::test_total", "tests/test_cart.py::test_add")
ALL = (*PRICE, *CART)
WRONG = "\ndef net(price, tax):\n    return 0\n\ndef gross(price, tax):\n    return 0\n"
FORGED = {
    "equals everything": "class Any(float):\n    __hash__ = None\n    def __eq__(self, other): return True\n"
    "def gross(price, tax): return Any()\nnet = gross\n",
    "searches the frames": "import sys\ndef gross(price, tax):\n    frame = sys._getframe()\n    while frame:\n"
    "        if 'self' in frame.f_locals and hasattr(frame.f_locals['self'], 'assertEqual'):\n"
    "            frame.f_locals['self'].assertEqual = lambda *a: None\n        frame = frame.f_back\n    return 0\n"
    "net = gross\n",
    "patches unittest": "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n" + WRONG,
    "patches reports": "import _pytest.runner as r\nfrom _pytest.reports import TestReport\n"
    "old = TestReport.__init__\ndef init(self, *a, **k):\n    old(self, *a, **k)\n    self.outcome = 'passed'\n"
    "TestReport.__init__ = init\n" + WRONG,
}  # fmt: skip


@pytest.mark.parametrize("code", FORGED.values(), ids=list(FORGED))
def test_a_forged_pass_proves_nothing(code: str) -> None:
    run = judge_strictly(project({**SHOP, "shop/price.py": code}), PRICE, seconds=9.0)
    assert not run.proven
    assert run.failed or set(PRICE) <= run.why_not.keys()


def test_honest_code_is_proven_across_files_classes_and_parameters() -> None:
    run = judge_strictly(project(SHOP), ALL, seconds=9.0)
    assert (run.proven, run.failed, run.why_not) == (frozenset(ALL), {}, {}), run


def test_each_test_says_for_itself_why_it_cannot_be_judged_apart() -> None:
    tests = (
        "import os\nfrom datetime import datetime\nfrom shop.price import gross, net\n"
        "from shop.cart import Cart, Money\n\n\n"
        "def plain():\n    return gross(10, 0.5)\n\n\n"
        "def test_good():\n    assert plain() == 15\n\n\n"
        "def test_wrong():\n    assert net(10, 0.5) == 6\n\n\n"
        "def test_beside(monkeypatch):\n    assert gross(10, 0.5) == 15\n\n\n"
        "def test_os():\n    assert os.sep and gross(10, 0.5) == 15\n\n\n"
        "def test_vacuous():\n    assert Cart() != 3 and gross is not None\n\n\n"
        "def test_kind():\n    assert isinstance(Cart(), Cart)\n\n\n"
        "def test_fixture(shared):\n    assert shared == 15\n\n\n"
        "def test_folder(folder):\n    assert gross(10, 0.5) == 15\n\n\n"
        "def test_zone():\n    assert datetime(1, 1, 1, tzinfo=Cart()) == gross(10, 0.5)\n\n\n"
        "def test_keys():\n    assert {Money(1): 2}[Money(1)] == 2\n"
    )
    money = (
        "\n\nclass Money:\n    def __init__(self, n):\n        self.n = n\n\n"
        "    def __eq__(self, other):\n        return self.n == other.n\n\n"
        "    def __hash__(self):\n        return hash(self.n)\n"
    )
    conftest = (
        "import pytest\nfrom shop.price import gross\n\n@pytest.fixture\ndef shared():\n    return gross(10, 0.5)\n\n"
        "@pytest.fixture\ndef folder(tmp_path):\n    return tmp_path\n"
    )
    names = ("good", "wrong", "beside", "os", "vacuous", "kind", "fixture", "folder", "zone", "keys")
    ids = {name: f"tests/test_own.py::test_{name}" for name in names}
    run = judge_strictly(
        project({**SHOP, "shop/cart.py": SHOP["shop/cart.py"] + money, "tests/test_own.py": tests,
                 "tests/conftest.py": conftest}),
        list(ids.values()), seconds=9.0,
    )  # fmt: skip
    assert run.proven == {ids["good"], ids["fixture"]}, run
    assert set(run.failed) == {ids["wrong"]}
    assert "assert 5.0 == 6" in run.failed[ids["wrong"]]
    whys = {name: run.why_not.get(ids[name], "") for name in names}
    assert whys["beside"] == "fixture monkeypatch"
    assert whys["os"] == "import of os"
    assert "Cart" in whys["kind"]
    assert whys["folder"] == "fixture tmp_path"
    assert whys["zone"] == "a library in the tests needs the object itself, not what stands for it"
    assert whys["keys"].startswith("it may fail for being apart: an object came back")
    assert "answered" in whys["vacuous"] or "do nothing" in whys["vacuous"] or "equality" in whys["vacuous"], whys


def test_a_conftest_that_needs_the_code_beside_it_is_named() -> None:
    files = {**SHOP, "tests/conftest.py": "from shop.cart import Cart\n\n\nclass Own(Cart):\n    pass\n"}
    run = judge_strictly(project(files), PRICE, seconds=9.0)
    assert not run.proven
    assert not run.failed
    assert "pytest found no tests: E   TypeError" in run.why_not[PRICE[0]]


def test_of_a_module_beside_the_tests_only_what_a_test_takes_counts() -> None:
    helper = (
        "import warnings\n\nfrom shop.cart import Cart\n\n\ndef same(a, b):\n    assert a == b\n\n\n"
        "def quiet(call):\n    with warnings.catch_warnings():\n        return call()\n\n\n"
        "def is_cart(thing):\n    return isinstance(thing, Cart)\n"
    )
    tests = (
        "import common\nfrom common import is_cart, quiet, same\nfrom shop.price import gross\n\n\n"
        "def test_good():\n    same(gross(10, 0.5), 15)\n\n\n"
        "def test_quiet():\n    same(quiet(lambda: gross(10, 0.5)), 15)\n\n\n"
        "def test_kind():\n    same(is_cart(gross(10, 0.5)), False)\n\n\n"
        "def test_whole():\n    common.same(gross(10, 0.5), 15)\n"
    )
    files = {**SHOP, "tests/common.py": helper, "tests/test_own.py": tests}
    ids = {name: f"tests/test_own.py::test_{name}" for name in ("good", "quiet", "kind", "whole")}
    run = judge_strictly(project(files), list(ids.values()), seconds=9.0)
    assert run.proven == {ids["good"]}, run
    assert run.why_not[ids["quiet"]] == "tests.common: import of warnings"
    assert "isinstance" in run.why_not[ids["kind"]]
    assert "warnings" in run.why_not[ids["whole"]], "who takes all of it takes what all of it needs"


def test_tests_inside_the_package_find_the_code_by_relative_imports() -> None:
    files = {
        "pkg/__init__.py": "from .core import twice\n",
        "pkg/core.py": "LIMIT = 3\n\n\ndef twice(n):\n    return 2 * n\n",
        "pkg/tests/__init__.py": "",
        "pkg/tests/test_core.py": (
            "import pkg.core\nfrom .. import twice\nfrom ..core import LIMIT\n\n\n"
            "def test_twice():\n    assert twice(LIMIT) == 6 == pkg.core.twice(3)\n"
        ),
    }
    run = judge_strictly(project(files), ["pkg/tests/test_core.py::test_twice"], seconds=9.0)
    assert run.proven == {"pkg/tests/test_core.py::test_twice"}, run
