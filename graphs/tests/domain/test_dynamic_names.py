"""What Python does without being told by name: names made at run time, hooks of modules, classes and containers."""

import pytest

from atoms.domain.model import Language
from bench.graph import whole_file
from graphs.domain.analyzer import DependencyAnalyzer

VISITOR = """class V:
    def visit_a(self): ...
    def visit_b(self): ...
    def a_done(self): ...
    def run(self, kind):
        return getattr(self, NAME)()
V().run(input())
"""


def callees(caller: str, **sources: str) -> set[str]:
    """Return what ``caller`` calls inside the program."""
    files = [
        whole_file(f"{name.replace('__', '/')}.py", text.encode(), Language.PYTHON) for name, text in sources.items()
    ]
    roots = {name.partition("__")[0] for name in sources}
    found = DependencyAnalyzer().analyze(files).callgraph.get(caller, ())
    return {name for name in found if name.partition(".")[0] in roots}


@pytest.mark.parametrize(
    "name",
    ['"visit_" + kind', 'f"visit_{kind}"', '"visit_%s" % kind', '"visit_{}".format(kind)', 'f"VISIT_{kind}".lower()'],
)
def test_a_name_with_a_known_beginning_means_the_methods_that_have_it(name: str) -> None:
    assert callees("main.V.run", main=VISITOR.replace("NAME", name)) == {"main.V.visit_a", "main.V.visit_b"}


@pytest.mark.parametrize("name", ['kind + "_done"', 'f"{kind}_done"', '"%s_done" % kind'])
def test_so_does_a_name_with_a_known_end(name: str) -> None:
    assert callees("main.V.run", main=VISITOR.replace("NAME", name)) == {"main.V.a_done"}


def test_a_name_of_which_nothing_is_known_means_the_methods_that_nobody_else_calls() -> None:
    unknown = VISITOR.replace("NAME", "kind")
    assert callees("main.V.run", main=unknown) == {"main.V.visit_a", "main.V.visit_b", "main.V.a_done"}
    assert callees("main.V.run", main=f"{unknown}V().visit_a()\n") == {"main.V.visit_b", "main.V.a_done"}


def test_what_is_assigned_to_a_slice_becomes_elements() -> None:
    source = "class A:\n    def m(self): ...\nheld = []\nheld[0:1] = [A()]\nfor x in held:\n    x.m()\n"
    assert callees("main", main=source) == {"main.A.m"}


def test_bases_are_known_before_anything_is_looked_up_on_a_class() -> None:
    """The base lies behind an attribute of a module that is linked after the call was read."""
    user = "from . import base\ndef make():\n    return Late(1).m()\nclass Late(base.Base): ...\nmake()\n"
    base = "from . import user\nclass Base:\n    def __init__(self, x): ...\n    def m(self): ...\n"
    found = callees("p.user.make", p____init__="", p__user=user, p__base=base)
    assert found == {"p.base.Base.__init__", "p.base.Base.m"}


def test_importing_a_name_asks_the_getattr_of_a_plain_module() -> None:
    hook = "def __getattr__(name):\n    raise AttributeError(name)\ndef f(): ...\n"
    assert callees("main", main="from old import f\n", old=hook) == {"old.__getattr__"}
    assert callees("main", main="from pack import f\n", pack____init__=hook) == set(), "a package has a __path__"


def test_a_metaclass_gets_the_classes_that_it_makes() -> None:
    source = (
        "class Meta(type):\n    def __new__(mcs, name, bases, body):\n"
        "        made = super().__new__(mcs, name, bases, body)\n        made.setup()\n        return made\n"
        "class A(metaclass=Meta):\n    @classmethod\n    def setup(cls): ...\n"
        "B = type('B', (A,), {})\n"
    )
    assert callees("main.Meta.__new__", main=source) == {"main.A.setup"}
    assert callees("main", main=source) == {"main.Meta.__new__"}


def test_the_key_of_a_dict_is_hashed_through_its_methods() -> None:
    source = "class K:\n    def __hash__(self):\n        return 1\nheld = {}\nheld.get(K())\n"
    assert callees("main", main=source) == {"main.K.__hash__"}
