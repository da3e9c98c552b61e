"""F1 on real projects counts what it must, and other tools are asked what they can answer."""

import ast

import pytest

from bench.graph_rival_tools import _uses
from bench.graph_runtime import Trace
from bench.graph_truth import compare, summary, wilson


def test_precision_counts_open_edges_by_the_share_judged_true() -> None:
    trace = Trace(pairs={("p.a", "p.b"): 1, ("p.a", "p.c"): 2, ("p.tests.t", "p.a"): 3}, ran=frozenset())
    graph = {("p.a", "p.b"), ("p.a", "p.d"), ("p.a", "p.e"), ("p.a", "len"), ("p.tests.t", "p.a")}
    package = compare("p", trace, graph, known={"p"}, left_out={"p.tests.t"})
    assert (package.observed, package.found, package.confirmed) == (2, 1, 1)
    assert package.open_edges == (("p.a", "p.d"), ("p.a", "p.e"))
    figures = summary([package], {("p", "p.a", "p.d"): True, ("p", "p.a", "p.e"): False}, 10)
    assert figures["recall"][0] == 0.5
    assert figures["precision"][0] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["f1"][0] == pytest.approx(0.5714, abs=1e-4)
    assert figures["f1"][1] < figures["f1"][0] < figures["f1"][2]
    unknown = summary([package], {}, 10)
    assert len(unknown["unjudged"]) == 2
    assert unknown["precision"][2] == 1.0, "what nobody judged is not known to be false"
    assert unknown["precision"][0] == pytest.approx(1 / 3, abs=1e-4), "nor is it claimed"


def test_interval_of_a_share() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_uses_belong_to_the_function_that_runs_them() -> None:
    source = """
@wrap(option())
def f(x=default()):
    @inner
    def g():
        return call()
class C(base()):
    field = made()
    def m(self):
        return self.name
"""
    called = {(at, ast.unparse(node)) for at, node, is_call in _uses(ast.parse(source), "m", "m") if is_call}
    assert called == {
        ("m", "wrap(option())"), ("m", "wrap"), ("m", "option"), ("m", "default"), ("m.f", "inner"),
        ("m.f.g", "call"), ("m", "base"), ("m", "made"),
    }  # fmt: skip
