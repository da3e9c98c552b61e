"""What is meant where nothing but a name, a protocol or a stub says what is called."""

import pytest

from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import python_file


def called(source: str, caller: str) -> str:
    files = [python_file("p/__init__.py", ""), python_file("p/m.py", source)]
    graph = DependencyAnalyzer().analyze(files).callgraph
    return " ".join(c.removeprefix("p.m.") for c in graph.get(f"p.m.{caller}", ()) if c.startswith("p.m."))


READ_BY_NAME = """\
class Base:
    def render(self, token):
        return self.look_up(token["type"])(token)
    def look_up(self, name):
        return object.__getattribute__(self, name)
class Html(Base):
    def link(self, token): ...
    def heading(self, token): self.inner(token)
    def inner(self, token): ...
    def two(self, token, more): ...
class Text(Base):
    def render(self, token):
        return self.look_up(token["type"])(token)
    def line(self, token): ...
"""


def test_a_name_made_at_run_time_means_what_nobody_else_calls_on_the_same_object() -> None:
    assert called(READ_BY_NAME, "Base.render") == "Base.look_up Html.heading Html.link Text.line"
    assert called(READ_BY_NAME, "Text.render") == "Base.look_up Text.line", "the method looked up is the caller's own"
    known = READ_BY_NAME.replace('token["type"]', '"link"')
    assert called(known, "Base.render") == "Base.look_up Html.link"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x.visit(1)", "A.visit B.visit"),
        ("x.visit(1)\n    x.leave()", "A.leave A.visit"),
        ("x.visit(1)\n    x.missing()", ""),
        ("x.append(1)", ""),
        ("x.visit()", ""),
    ],
)
def test_an_untyped_parameter_is_what_has_the_methods_it_is_asked_for(body: str, expected: str) -> None:
    classes = (
        "class A:\n    def visit(self, n): ...\n    def leave(self): ...\n    def append(self, n): ...\n"
        "class B:\n    def visit(self, n): ...\n"
    )
    assert called(f"{classes}def f(x):\n    {body}\n", "f") == expected
    assert called(f"{classes}def f(x: int):\n    {body}\n", "f") == ""


def test_who_keeps_to_a_protocol_is_called_and_the_protocol_is_not() -> None:
    source = (
        "from typing import Protocol\n"
        "class Runs(Protocol):\n    def run(self, n): ...\n"
        "class A:\n    def run(self, n): ...\n"
        "class B:\n    def run(self): ...\n"
        "class C:\n    def walk(self, n): ...\n"
        "def f(x: Runs):\n    x.run(1)\n"
    )
    assert called(source, "f") == "A.run"


def test_a_stub_is_called_only_where_it_is_all_there_is() -> None:
    stub = "class Base:\n    def run(self):\n        raise NotImplementedError\n    def go(self):\n        self.run()\n"
    assert called(stub, "Base.go") == "Base.run"
    assert called(f"{stub}class A(Base):\n    def run(self): ...\n", "Base.go") == "A.run"
    assert called(f"{stub}class A(Base):\n    def run(self): ...\nBase().go()\n", "Base.go") == "A.run Base.run"


def test_lists_of_a_class_hold_its_subclasses() -> None:
    source = (
        "class Base:\n    def run(self): ...\nclass A(Base):\n    def run(self): ...\n"
        "def f(xs: list[Base]):\n    for x in xs:\n        x.run()\n"
    )
    assert called(source, "f") == "A.run Base.run"


def test_what_only_type_checkers_read_is_not_what_runs() -> None:
    source = (
        "from typing import TYPE_CHECKING\nclass Env:\n    def real(self): ...\n"
        "    if TYPE_CHECKING:\n        def make(self): ...\n    else:\n        make = real\n"
        "def f():\n    Env().make()\n"
    )
    assert called(source, "f") == "Env.real"


def test_every_method_that_an_unknown_name_may_mean_is_found_however_many_there_are() -> None:
    methods = "".join(f"    def on_{n}(self): ...\n" for n in range(60))
    found = called(f"class V:\n{methods}    def run(self, kind):\n        return getattr(self, kind)()\n", "V.run")
    assert len(found.split()) == 60


def test_more_names_than_are_kept_apart_are_any_name_of_what_reads_itself() -> None:
    methods = "".join(f"    def on_{n}(self): ...\n" for n in range(20))
    run = "    def run(self, kind):\n        return self.get(kind)()\n"
    get = "    def get(self, kind):\n        return getattr(self, kind)\n"
    calls = "".join(f"V().run('on_{n}')\n" for n in range(16))
    found = called(f"class V:\n{methods}{run}{get}{calls}", "V.run")
    assert len(found.split()) == len(range(20)) + 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("        return {k: v for k, v in inspect.getmembers(self)}[x]()", "V.here"),
        ("        return hasattr(self, 'there')", "V.there"),
        ("        return hasattr(self, x)", ""),
    ],
)
def test_members_of_an_object_are_read(body: str, expected: str) -> None:
    held = "    def here(self): ...\n    @property\n    def there(self): ...\n"
    source = f"import inspect\nclass V:\n    def run(self, x):\n{body}\n{held}"
    assert expected in called(source, "V.run").split() if expected else called(source, "V.run") == ""


def test_what_new_makes_of_a_subclass_is_initialised_as_that() -> None:
    source = (
        "class Base:\n    def __new__(cls, x):\n        return object.__new__(Sub if x else Base)\n"
        "    def __init__(self, x): ...\nclass Sub(Base):\n    def __init__(self, x): ...\n"
        "def f():\n    Base(1)\n"
    )
    assert called(source, "f") == "Base.__init__ Base.__new__ Sub.__init__"


def test_a_descriptor_in_a_branch_of_a_class_body_is_read() -> None:
    source = (
        "import sys\nclass D:\n    def __get__(self, one, owner): ...\n"
        "class A:\n    if sys.argv:\n        x = 1\n    else:\n        x = D()\n"
        "def f():\n    A().x\n"
    )
    assert called(source, "f") == "D.__get__"


@pytest.mark.parametrize("made", ["two", "two()", "functools.partial(two, 1)"])
def test_a_call_that_a_constructor_an_object_or_a_partial_would_refuse_is_none(made: str) -> None:
    method = "__init__" if made != "two()" else "__call__"
    source = (
        f"import functools\nclass one:\n    def {method}(self, a): ...\nclass two:\n    def {method}(self, a, b): ...\n"
        f"def f(k):\n    {{1: {made.replace('two', 'one').replace(', 1', '')}, 2: {made}}}[k](5)\n"
    )
    expected = {"two": "one.__init__", "two()": "one.__call__"}.get(made, "one.__init__ two.__init__")
    assert called(source, "f") == expected


def test_more_names_than_are_kept_apart_of_properties_are_any_property() -> None:
    options = "".join(f"    @property\n    def p{n}(self): ...\n" for n in range(20))
    names = ", ".join(f"'p{n}'" for n in range(20))
    run = f"    def run(self, f):\n        for name in [{names}]:\n            f(getattr(self, name))\n"
    found = called(f"class V:\n{options}{run}    def spare(self): ...\n", "V.run").split()
    assert (len(found), "V.spare" in found) == (20, False)


def test_an_attribute_that_is_set_is_not_missing_whatever_it_holds() -> None:
    source = (
        "class A:\n    def __init__(self, x):\n        self.x = x\n    def __getattr__(self, name): ...\n"
        "    def f(self): return self.x\n    def g(self): return self.y\n"
    )
    assert (called(source, "A.f"), called(source, "A.g")) == ("", "A.__getattr__")


def test_a_class_that_an_annotation_promises_may_be_a_subclass() -> None:
    source = (
        "class Base: ...\nclass Sub(Base):\n    def __init__(self): ...\ndef f(kind: type[Base]):\n    return kind()\n"
    )
    assert called(source, "f") == "Sub.__init__"
