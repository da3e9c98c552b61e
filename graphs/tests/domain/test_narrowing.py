"""What a test of a name's type lets through, in its branch and after it."""

import pytest

from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import python_file

CLASSES = """\
class A:
    def run(self): ...
class B(A):
    def run(self): ...
class C:
    def run(self): ...
"""
BOTH = "A.run B.run C.run"


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("x.run()", BOTH),
        ("if isinstance(x, A):\n        x.run()", "A.run B.run"),
        ("if isinstance(x, B) and x:\n        x.run()", "B.run"),
        ("if isinstance(x, (B, C)):\n        x.run()", "B.run C.run"),
        ("if isinstance(x, A):\n        pass\n    else:\n        x.run()", "C.run"),
        ("if isinstance(x, B):\n        pass\n    elif isinstance(x, A):\n        x.run()", "A.run"),
        ("if isinstance(x, A):\n        return\n    x.run()", "C.run"),
        ("if not isinstance(x, A):\n        raise TypeError\n    x.run()", "A.run B.run"),
        ("if isinstance(x, A) and x:\n        return\n    x.run()", BOTH),
        ("if isinstance(x, A) or isinstance(x, C):\n        return\n    x.run()", ""),
        ("if isinstance(x, A):\n        x = C()\n    x.run()", BOTH),
        ("if isinstance(x, str):\n        x.run()\n", ""),
        ("kind = A if x else C\n    if isinstance(x, kind):\n        return\n    x.run()", BOTH),
    ],
)
def test_methods_called_past_a_test(body: str, called: str) -> None:
    source = f"{CLASSES}def f(x):\n    {body}\nfor each in (A(), B(), C()):\n    f(each)\n"
    graph = DependencyAnalyzer().analyze([python_file("m.py", source)]).callgraph
    assert [c for c in graph.get("m.f", ()) if c.endswith("run")] == [f"m.{c}" for c in called.split()]


def test_what_is_checked_and_returned_goes_back_to_the_caller_that_gave_it() -> None:
    source = (
        f"{CLASSES}def checked(x):\n    if not isinstance(x, A):\n        raise TypeError\n    return x\n"
        "def first():\n    checked(A()).run()\n"
        "def second():\n    checked(B()).run()\ndef third():\n    checked(C()).run()\n"
        "def made(cls):\n    if issubclass(cls, A):\n        cls().run()\nmade(B)\nmade(C)\n"
    )
    graph = DependencyAnalyzer().analyze([python_file("m.py", source)]).callgraph
    assert graph["m.first"] == ("m.A.run", "m.checked")
    assert graph["m.second"] == ("m.B.run", "m.checked")
    assert graph["m.third"] == ("m.checked",)
    assert [c for c in graph["m.made"] if c.startswith("m.")] == ["m.B.run"]
