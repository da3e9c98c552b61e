"""What an annotation rules out, and where it says too little to rule anything out."""

import pytest

from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import python_file

CLASSES = """\
from typing import Any, Optional, Protocol, TypeVar, Union
from elsewhere import Unknown
T = TypeVar("T")
class A:
    def run(self): ...
    def more(self): ...
class B(A):
    def run(self): ...
class C:
    def run(self): ...
    def rest(self): ...
class Runs(Protocol):
    def run(self): ...
class Open:
    def __getattr__(self, name): ...
"""
ALL = "A.run B.run C.run"


def called(source: str) -> str:
    graph = DependencyAnalyzer().analyze([python_file("m.py", CLASSES + source)]).callgraph
    return " ".join(c.removeprefix("m.") for c in graph.get("m.f", ()) if c.endswith("run"))


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("A", "A.run B.run"),
        ("B", "B.run"),
        ("'B'", "B.run"),
        ("Optional[C]", "C.run"),
        ("B | None", "B.run"),
        ("Union[B, 'C']", "B.run C.run"),
        ("str", ""),
        ("Any", ALL),
        ("T", ALL),
        ("Unknown", ALL),
        ("Union[B, Unknown]", ALL),
        ("Runs", ALL),
    ],
)
def test_parameters_and_results_hold_what_is_declared(annotation: str, expected: str) -> None:
    values = "for each in (A(), B(), C()):\n    f(each)\n"
    assert called(f"def f(x: {annotation}):\n    x.run()\n{values}") == expected
    assert called(f"def g(x) -> {annotation}:\n    y = x\n    return y or x\ndef f(x):\n    g(x).run()\n{values}") == (
        expected or ""
    )
    assert called(f"def f(x):\n    y: {annotation} = x\n    y.run()\n{values}") == expected


def test_a_class_that_can_all_of_it_passes_and_so_does_one_that_answers_everything() -> None:
    stands_in = "class Same:\n    def run(self): ...\n    def more(self): ...\n"
    use = "def f(x: A):\n    x.run()\n    x.other\nf(Same())\nf(C())\nf(Open())\n"
    assert called(stands_in + use) == "Same.run"
    assert "m.Open.__getattr__" in DependencyAnalyzer().analyze([python_file("m.py", CLASSES + use)]).callgraph["m.f"]


def test_what_came_in_through_an_annotation_goes_back_to_who_gave_it() -> None:
    assert called("def same(x: A) -> A:\n    return x\nsame(A())\ndef f():\n    same(B()).run()\n") == "B.run"


@pytest.mark.parametrize(
    "held",
    [
        "class H:\n    x: B\n    def __init__(self, x):\n        self.x = x\n",
        "class H:\n    def __init__(self, x):\n        self.x: B = x\n    def change(self, x):\n        self.x = x\n",
        "from dataclasses import dataclass\n@dataclass\nclass H:\n    x: B\n",
        "class Base:\n    x: B\nclass H(Base):\n    def __init__(self, x):\n        self.x = x\n",
    ],
)
def test_attributes_hold_what_is_declared(held: str) -> None:
    made = "for each in (A(), B(), C()):\n    f(H(each))\n    h = H(B())\n    h.x = each\n"
    assert called(f"{held}def f(h):\n    h.x.run()\n{made}") == "B.run"
    assert called(f"{held.replace(': B', ': Any')}def f(h):\n    h.x.run()\n{made}") == ALL
