"""What nobody is seen to give is what has all that it is asked for, where one family of classes has."""

import pytest

from graphs.tests.domain.test_duck import called

SPAN = """\
class Span:
    def __init__(self):
        self.size = 1
    @property
    def lower(self): ...
    @property
    def left(self): ...
    def __iter__(self): return iter([Span()])
class Wide(Span):
    @property
    def left(self): ...
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("def f(x):\n    return x.left, x.lower", "Span.left Span.lower Wide.left"),
        ("def f(x):\n    return x.left, x.missing", ""),
        ("def f(x):\n    return x.lower", ""),  # texts have it too
        ("def f(x):\n    for one in x:\n        one.left", "Span.left Wide.left"),
        ("def f(x):\n    return [one.left for one in x]", "Span.left Wide.left"),
        ("def f(x):\n    x.left\n    return [one for one in x]", "Span.__iter__ Span.left Wide.left"),
        ("def f(x):\n    return x.left, x.size", "Span.left Wide.left"),
        ("def f(x):\n    x.size\n    return [one for one in x]", "Span.__iter__"),  # put on instances alone
        ("def f(x):\n    return x.left\nclass Other:\n    left = 1", ""),  # two families: nothing is guessed
        ("def f(x: int):\n    return x.left, x.lower", ""),
        ("def f():\n    x: int = other()\n    return x.left, x.lower", ""),
        ("import gone\ndef f():\n    x = gone.make()\n    return x.left, x.lower", ""),  # known to come from outside
    ],
)
def test_attributes_that_are_read_tell_what_a_name_holds(function: str, expected: str) -> None:
    assert called(f"{SPAN}{function}\n", "f") == expected


def test_an_attribute_of_self_that_nothing_is_put_into_is_what_has_what_is_read_of_it() -> None:
    holder = "class Holder:\n    def __init__(self, x):\n        self.x = x\n    def f(self): return self.x.left\n"
    assert called(SPAN + holder, "Holder.f") == "Span.left Wide.left"
    assert called(f"{SPAN}class B: ...\n{holder}Holder(B())\n", "Holder.f") == "", "something else is put into it"


def test_the_right_side_of_an_operator_that_nobody_uses_is_like_the_left_one() -> None:
    source = "class Span:\n    def __{}__(self, other):\n        return other < self\n    def __lt__(self, x): ...\n"
    assert called(source.format("add"), "Span.__add__") == "Span.__lt__"
    assert called(source.format("mul"), "Span.__mul__") == "", "it takes a number as often"


def test_a_protocol_is_no_family_of_its_own() -> None:
    protocol = "import typing\nclass P(typing.Protocol):\n    def left(self): ...\n    def lower(self): ...\n"
    assert called(f"{SPAN}{protocol}def f(x):\n    return x.left, x.lower\n", "f") == "Span.left Span.lower Wide.left"


@pytest.mark.parametrize(("classes", "expected"), [(31, 32), (32, 0)])
def test_what_very_many_classes_have_says_too_little(classes: int, expected: int) -> None:
    method = "    def apply_one(self): ...\n"
    kinds = f"class B:\n{method}" + "".join(f"class C{n}(B):\n{method}" for n in range(classes))
    assert len(called(f"{kinds}def f(x):\n    return x.apply_one()\n", "f").split()) == expected
