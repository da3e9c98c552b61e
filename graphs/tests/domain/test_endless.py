"""Programs whose built-in functions and proxies lead back to themselves are analysed in the time that others take."""

import pytest

from graphs.tests.domain.limited import callees

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


@pytest.fixture(scope="module")
def found() -> dict[str, list[str] | None]:
    """Return what the modules call, by name of the program: None for one whose analysis did not end."""
    scripts = {name: ("m.js", f"function f() {{}}\n{source}") for name, source in SCRIPTS.items()}
    return callees(scripts | {name: ("m.py", f"def f(): ...\n{source}\n") for name, source in PROGRAMS.items()})


@pytest.mark.parametrize("name", [*SCRIPTS, *PROGRAMS])
def test_analysis_ends(name: str, found: dict[str, list[str] | None]) -> None:
    assert "m.f" in (found[name] or ["the analysis did not end"])
