"""Programs whose built-in functions and proxies lead back to themselves are analysed in the time that others take."""

import signal
from collections.abc import Iterator

import pytest

from atoms.domain.model import Language
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import whole_file

SECONDS = 10


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Fail what does not end, rather than wait for it."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


SCRIPTS = {
    "array methods as elements": "const xs = [1]; xs[0] = xs.map; xs[1] = xs.some; xs.forEach(xs.map); xs.forEach(f)",
    "then as what a promise holds": (
        "const o = {}; const p = new Promise(r => r(o.then)); o.then = p.then; p.then(o.then); p.then(f)"
    ),
    "a proxy as its own trap": "const h = {}; const p = new Proxy(f, h); h.apply = p; h.get = p; p(); p.x; f()",
    "a proxy as its own handler": (
        "function wrap(x) { const p = new Proxy(x, x); wrap(p); p(); p.y = p; return p.y }\nwrap({}); f()"
    ),
}
PROGRAMS = {
    "functions of functions": "xs = [map, filter, sorted]\nxs.append(xs.append)\nlist(map(xs[0], xs, xs))\nf()",
    "a key that sorts": "xs = []\nxs.append(xs.sort)\nxs.sort(key=xs[0])\nsorted(xs, key=sorted)\nf()",
    "a partial of itself": "import functools\ng = f\nfor _ in f():\n    g = functools.partial(g, g)\ng()\nf()",
    "a reduction of reductions": "import functools as t\nxs = [t.reduce, f]\nt.reduce(t.reduce, xs, xs)\nf()",
    "an object that is its call": "class A: ...\nA.__call__ = A()\nA()()\nf()",
    "attributes of attributes": "class A:\n    def __getattr__(self, n):\n        return self.x(self)\nA().y()\nf()",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_end(name: str) -> None:
    file = whole_file("m.js", f"function f() {{}}\n{SCRIPTS[name]}", Language.JAVASCRIPT)
    assert "m.f" in DependencyAnalyzer().analyze([file]).callgraph["m"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_end(name: str) -> None:
    file = whole_file("m.py", f"def f(): ...\n{PROGRAMS[name]}\n", Language.PYTHON)
    assert "m.f" in DependencyAnalyzer().analyze([file]).callgraph["m"]
