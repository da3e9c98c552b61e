"""What the analysis finds, and what it does with bad input."""

import time

import pytest

from atoms.domain.model import FileAtoms, Language
from bench.graph import inside_pairs, measured, score, snippet_folders, truth
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.model import Edge, EdgeType, ProjectGraph
from graphs.tests.domain.cut import python_file, whole_file


def analyse(**sources: str) -> tuple[ProjectGraph, dict[str, str]]:
    """Analyse Python modules; return the graph and atom id -> ``module:symbol@line``."""
    files = [python_file(f"{name.replace('__', '/')}.py", text) for name, text in sources.items()]
    names = {a.id: f"{f.path.removesuffix('.py')}:{a.symbol}@{a.start_line}" for f in files for a in f.atoms}
    return DependencyAnalyzer().analyze(files), names


def named(graph: ProjectGraph, names: dict[str, str]) -> dict[tuple[str, str], Edge]:
    return {(names[e.source], names[e.target]): e for e in graph.edges}


def test_snippets_agree_with_their_ground_truth() -> None:
    folders = snippet_folders()
    found = [inside_pairs(f, measured(f)) for f in folders]
    wanted = [inside_pairs(f, truth(f)) for f in folders]
    precision, recall = score(found, wanted)
    assert len(folders) >= 40
    pairs = zip(folders, found, wanted, strict=True)
    assert not [f.name for f, a, b in pairs if f.parent.name == "python" and a != b], "each of ours is exact"
    assert precision >= 0.98
    assert recall >= 0.96


def test_edges_have_type_weight_and_reasons() -> None:
    graph, names = analyse(
        a="LIMIT = 3\nclass Base:\n    pass\n",
        b="from a import LIMIT, Base\nclass C(Base):\n    size = LIMIT\n"
        "    def f(self, x: Base):\n        return LIMIT\n",
    )
    edges = named(graph, names)
    base = edges["b:C@2", "a:Base@2"]
    assert (base.type, base.weight) == (EdgeType.TYPE, 1.0)
    assert base.reasons[0].symbol == "Base"
    assert (base.reasons[0].path, base.reasons[0].line) == ("b.py", 2)
    assert edges["b:C@3", "a:<module>@1"].weight == 1.0
    annotation = edges["b:C.f@4", "a:Base@2"]
    assert (annotation.type, annotation.weight) == (EdgeType.TYPE, 0.8)
    assert edges["b:C.f@4", "a:<module>@1"].type is EdgeType.DATA
    assert edges["b:C.f@4", "b:C@2"].weight == 1.0, "a member needs its class header"
    assert edges["b:<module>@1", "a:Base@2"].type is EdgeType.IMPORT
    assert edges["b:<module>@1", "a:Base@2"].weight < 1.0, "imports never order"


def test_more_uses_weigh_more_but_never_order() -> None:
    once, names = analyse(a="def f(): ...\ndef g():\n    f()\n")
    often, more = analyse(a="def f(): ...\ndef g():\n" + "    f()\n" * 90)
    light, heavy = named(once, names)["a:g@2", "a:f@1"], named(often, more)["a:g@2", "a:f@1"]
    assert light.weight == 0.5
    assert light.weight < heavy.weight <= 0.99
    assert len(heavy.reasons) == 90


def test_module_level_calls_order_and_calls_in_bodies_do_not() -> None:
    graph, names = analyse(a="def f(): ...\nx = f()\ndef g():\n    return f()\n")
    edges = named(graph, names)
    assert edges["a:<module>@2", "a:f@1"].weight == 1.0
    assert edges["a:g@3", "a:f@1"].weight == 0.5


def test_every_inside_pair_of_the_callgraph_is_an_edge() -> None:
    graph, names = analyse(
        lib="class Job:\n    def run(self):\n        self.step()\n    def step(self): ...\n",
        main="from lib import Job\ndef go():\n    Job().run()\n",
    )
    edges = named(graph, names)
    assert graph.callgraph["lib.Job.run"] == ("lib.Job.step",)
    assert ("lib:Job.run@2", "lib:Job.step@4") in edges
    assert ("main:go@2", "lib:Job.run@2") in edges


def test_root_package_and_names_relative_to_the_folder() -> None:
    files = [
        python_file(
            "clique.py",
            "import net\nfrom net.alg import core\nimport net.alg.core as c\n"
            "def f():\n    core.g()\n    c.g()\n    net.elsewhere.h()\n",
        ),
        python_file("core.py", "def g(): ...\n"),
        python_file("__init__.py", "from net.alg.clique import *\n"),
    ]
    graph = DependencyAnalyzer().analyze(files, root_package="net.alg")
    assert graph.callgraph == {"clique.f": ("core.g", "net.elsewhere.h")}


BAD: dict[str, dict[str, str]] = {
    "missing modules": {"a": "from .nowhere import x\nimport gone\nx()\ngone.y()\n"},
    "circular imports": {"a": "import b\ndef f():\n    b.g()\n", "b": "import a\ndef g():\n    a.f()\n"},
    "star circle": {"a": "from b import *\nf()\n", "b": "from a import *\ng()\n"},
    "shadowed builtins": {"a": "def len(x): ...\nlist = len\nlist([])\n"},
    "exec and eval": {"a": "def f(): ...\nexec('f()')\nexec(input())\neval('1 +')\n"},
    "monkeypatching": {"a": "import b\ndef f(): ...\nb.g = f\nb.h()\n", "b": "def g(): ...\ndef h():\n    g()\n"},
    "same module twice": {"a": "def f(): ...\n", "a__" + "__init__": "def g(): ...\n", "m": "import a\na.g()\n"},
    "inherits from itself": {"a": "class A: ...\nclass A(A): ...\nclass B(B): ...\nA().x\n"},
    "no order of bases": {"a": "class A: ...\nclass B(A): ...\nclass C(A, B): ...\nC().f()\n"},
    "empty": {"a": ""},
    "nul": {"a": "x = '\x00'\n"},
    "does not parse": {"a": "def f(:\n", "b": "import a\na.f()\n"},
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_a_graph(case: str) -> None:
    files = [python_file(f"{name.replace('__', '/', 1)}.py", text) for name, text in BAD[case].items()]
    graph = DependencyAnalyzer().analyze(files)
    assert {a for w in graph.waves for a in w} == {a.id for f in files for a in f.atoms}


def test_unresolved_uses_are_listed_not_guessed() -> None:
    graph, _ = analyse(a="from .nowhere import x\ndef f(p):\n    p.run()\n    undefined_name()\n", b="def run(): ...\n")
    assert {u.name for u in graph.unresolved} >= {".nowhere", "p.run", "undefined_name"}
    assert "a.f" not in graph.callgraph


def deep(text: str, language: Language) -> FileAtoms:
    return whole_file("deep.py" if language is Language.PYTHON else "deep.js", text, language)


@pytest.mark.parametrize(
    "file",
    [
        deep("x = " + "+".join(["f()"] * 5000), Language.PYTHON),
        deep("x = " + "[" * 80 + "]" * 80, Language.PYTHON),
        deep("x" + ".a()" * 3000, Language.PYTHON),
        deep("if x:\n    f()\n" + "elif y:\n    f()\n" * 1500, Language.PYTHON),
        deep("f(" * 3000 + ")" * 3000, Language.JAVASCRIPT),
        deep("{" * 5000 + "}" * 5000, Language.JAVASCRIPT),
        deep("x = " + "a + " * 20000 + "b", Language.JAVASCRIPT),
        deep("x" + ".then(f)" * 3000, Language.JAVASCRIPT),
    ],
    ids=range(8),
)
def test_depth_never_crashes(file: FileAtoms) -> None:
    started = time.monotonic()
    assert len(DependencyAnalyzer().analyze([file]).waves) == 1
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    pass\na = A()\nA.__call__ = a\na()\n",
        "from functools import partial\ndef f(*a): pass\nfor i in range(3):\n    f = partial(f, i)\nf()\n",
        "from functools import partial\nf, g = print, print\nwhile 1:\n    f, g = partial(g), partial(f)\n    f(g)\n",
    ],
)
def test_callables_that_lead_back_to_themselves_end(source: str) -> None:
    assert DependencyAnalyzer().analyze([python_file("main.py", source)]).waves


def test_an_element_of_a_list_is_not_read_by_name() -> None:
    source = "const all = [];\nfunction f() {}\nall.push(f);\nfunction g() { all.name(); all[0](); }\n"
    graph = DependencyAnalyzer().analyze([deep(source, Language.JAVASCRIPT)])
    assert graph.callgraph["deep.g"] == ("deep.f",)
