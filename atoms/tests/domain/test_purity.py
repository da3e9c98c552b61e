"""Purity and determinism are known through calls inside the project."""

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language

TOOLS = b"""import random


def double(x):
    return x * 2


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def say(x):
    print(x)


def roll():
    return random.random()


def strange(x):
    return x.anything()
"""
MAIN = b"""from tools import double, odd, roll, say, strange


def total(xs):
    return sum([double(x) for x in xs])


def parity(n):
    return odd(abs(n))


def loud(x):
    return helper(x)


def helper(x):
    say(x)
    return x


def lucky():
    return roll() + 1


def odder(x):
    return strange(x)
"""


def test_what_a_function_calls_in_the_project_decides_whether_it_is_pure() -> None:
    split = RecursiveDecomposer().split
    files = [split(s, path=p, language=Language.PYTHON) for p, s in (("tools.py", TOOLS), ("main.py", MAIN))]
    facts = ContextInjector().describe(files)
    known = {a.symbol: (facts[a.id].pure, facts[a.id].deterministic) for file in files for a in file.atoms}
    assert known["total"] == known["parity"] == known["even"] == (True, True)
    assert known["loud"] == known["helper"] == (False, None)  # two calls away from print
    assert known["lucky"] == (None, False)
    assert known["odder"] == (None, None)
