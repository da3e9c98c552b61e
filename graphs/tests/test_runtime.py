"""The call graph beside what Python really does."""

import sys
from pathlib import Path

import pytest

from bench.graph_runtime import agreement, main, record, static_pairs


@pytest.fixture(autouse=True)
def _bare_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugins that stand around here take longer to load than these suites to run."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


SHOP = '''"""A shop."""
from functools import wraps


def logged(f):
    @wraps(f)
    def inner(*args):
        return f(*args)
    return inner


class Meta(type):
    def __new__(mcs, name, bases, body):
        return super().__new__(mcs, name, bases, body)


class Price(metaclass=Meta):
    def __init__(self, amount):
        self.amount = amount

    def __hash__(self):
        return hash(self.amount)

    def __eq__(self, other):
        return self.amount == other.amount

    @property
    def gross(self):
        return tax(self)


class Cheap(Price):
    pass


class Shelf(dict):
    def __missing__(self, key):
        return Price(key)


class Basket:
    def __init__(self):
        self.items = []

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        yield from self.items


@logged
def tax(price):
    return price.amount


def never():
    return tax(Price(0))
'''
TESTS = """import pytest
import top as above
from top.shop import Basket, Cheap, Price, Shelf


@pytest.fixture
def basket():
    made = Basket()
    made.items.append(Cheap(2))
    return made


@pytest.mark.parametrize("kind", [Price, Cheap])
def test_kinds(kind, basket):
    assert {kind(1): 1}[kind(1)]
    assert [p.gross for p in list(basket)] == [2]


def test_missing():
    assert above.shop.tax(Shelf()[3]) == 3
"""


def test_every_call_of_a_suite_has_an_edge(tmp_path: Path) -> None:
    package = tmp_path / "top" / "shop"
    (package / "tests").mkdir(parents=True)
    (tmp_path / "top" / "__init__.py").write_text("from top import shop\n")
    (package / "__init__.py").write_text("from .goods import *\nfrom . import goods\n")
    (package / "goods.py").write_text(SHOP)
    (package / "tests" / "test_shop.py").write_text(TESTS)
    trace = record(
        package, ["-o", f"pythonpath={tmp_path}", str(package / "tests")], python=sys.executable, cwd=tmp_path
    )
    files = sorted(package.rglob("*.py"))
    graph = static_pairs(package, files, root_package="top.shop")
    found = agreement(trace, graph, known={"__init__", "goods", "tests.test_shop"})
    assert found.observed >= 15
    assert found.missed == ()
    assert ("goods.never", "goods.logged.inner") in graph, "what no test runs is in the graph all the same"


def test_a_suite_that_runs_nothing_is_an_error_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import gone\n")
    with pytest.raises(RuntimeError, match="No function below"):
        main([str(tmp_path), "--trace", str(tmp_path / "trace.json"), "--", str(tmp_path)])
    assert not (tmp_path / "trace.json").exists()


def test_a_miss_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "test_hidden.py").write_text("def hidden():\n    pass\n\n\ndef test_it():\n    eval('hid' + 'den')()\n")
    figures = main([str(tmp_path), "--", str(tmp_path)])
    assert figures["recall"] == 0
    assert figures["missed"] == [["test_hidden.test_it", "test_hidden.hidden", 6, "nobody is known to call it"]]
