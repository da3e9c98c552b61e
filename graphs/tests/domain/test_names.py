"""The names in the flat callgraph, one rule a row."""

import pytest

from atoms.domain.parser import MultiLanguageParser
from bench.graph import whole_file
from graphs.domain.analyzer import DependencyAnalyzer

PYTHON = {
    "module-level code is the module": ("def f(): ...\nf()", "main -> main.f"),
    "code of a class body is the module's": ("class A:\n    size = len('')", "main -> <builtin>.len"),
    "a nested function": ("def f():\n    def g(): ...\n    g()\nf()", "main -> main.f, main.f -> main.f.g"),
    "a class in a function": (
        "def f():\n    class L:\n        def m(self): ...\n    L().m()",
        "main.f -> main.f.L.m",
    ),
    "lambdas are numbered in their function": (
        "def f():\n    a = lambda: 1\n    b = lambda: a()\n    b()",
        "main.f -> main.f.<lambda2>, main.f.<lambda2> -> main.f.<lambda1>",
    ),
    "a builtin": ("print(1)", "main -> <builtin>.print"),
    "a shadowed builtin is one's own": ("def print(x): ...\nprint(1)", "main -> main.print"),
    "outside, by the name that was imported": ("import json\njson.dumps(1)", "main -> json.dumps"),
    "outside, through an alias": ("import os.path as p\np.join('a')", "main -> os.path.join"),
    "outside, a member through an alias": ("from a.b import c as d\nd()\nd.e()", "main -> a.b.c, main -> a.b.c.e"),
    "a class is its __init__": ("class A:\n    def __init__(self): ...\nA()", "main -> main.A.__init__"),
    "an inherited __init__": (
        "class A:\n    def __init__(self): ...\nclass B(A): ...\nB()",
        "main -> main.A.__init__",
    ),
    "a class without __init__ is not there": ("class A: ...\nA()", ""),
    "a method, static too": (
        "class A:\n    def m(self): ...\n    @staticmethod\n    def s(): ...\nA().m()\nA.s()",
        "main -> main.A.m, main -> main.A.s",
    ),
}
JAVASCRIPT = {
    "module-level code is the module": ("function f() {}\nf();", "main -> main.f"),
    "a nested function": ("function f() { function g() {} g(); }", "main.f -> main.f.g"),
    "anonymous functions are numbered in their function": (
        "function f() { return [1].map((x) => x).filter(function () { return g(); }); }\nfunction g() {}",
        (
            "main.f -> <builtin>.Array.filter, main.f -> <builtin>.Array.map, main.f -> main.f.<arrow1>, "
            "main.f -> main.f.<arrow2>, main.f.<arrow2> -> main.g"
        ),
    ),
    "a function expression has its own name": ("(function run() {})();", "main -> main.run"),
    "a function expression takes that of its variable": ("const k = function () {};\nk();", "main -> main.k"),
    "a builtin": ("parseInt('1');\nconsole.log(1);", "main -> <builtin>.console.log, main -> <builtin>.parseInt"),
    "outside, by the name that was imported": (
        "import fs, { readFile as r } from 'node:fs';\nfs.stat();\nr();",
        "main -> fs.readFile, main -> fs.stat",
    ),
    "outside, required": (
        "const u = require('u');\nconst { map: m } = require('v');\nu.each();\nm();",
        "main -> u.each, main -> v.map",
    ),
    "a class is its constructor": ("class A { constructor() {} }\nnew A();", "main -> main.A.constructor"),
    "an inherited constructor": (
        "class A { constructor() {} }\nclass B extends A {}\nnew B();",
        "main -> main.A.constructor",
    ),
    "a class without constructor is not there": ("class A {}\nnew A();", ""),
    "methods of a class": (
        (
            "class A { m() {} static s() {} #q() {} w() { this.#q(); } f = () => 1; }\n"
            "const a = new A();\na.m();\nA.s();\na.w();\na.f();"
        ),
        "main -> main.A.f, main -> main.A.m, main -> main.A.s, main -> main.A.w, main.A.w -> main.A.#q",
    ),
    "methods of a prototype": (
        "function P() {}\nP.prototype.go = function () {};\nnew P().go();",
        "main -> main.P, main -> main.P.go",
    ),
    "methods of an object literal": (
        "const o = { m() {}, n: function () {} };\no.m();\no.n();",
        "main -> main.o.m, main -> main.o.n",
    ),
    "a default export without a name": (
        "import d from './lib';\nd();",
        "lib.default -> lib.q, main -> lib.default",
    ),
}
LIB = "export default function () { return q(); }\nfunction q() {}\n"


@pytest.mark.parametrize(
    ("extension", "source", "wanted"),
    [("py", *row) for row in PYTHON.values()] + [("js", *row) for row in JAVASCRIPT.values()],
    ids=[*PYTHON, *(f"js: {rule}" for rule in JAVASCRIPT)],
)
def test_names(extension: str, source: str, wanted: str) -> None:
    sources = {f"main.{extension}": source, **({"lib.js": LIB} if "./lib" in source else {})}
    files = []
    for path, text in sources.items():
        language = MultiLanguageParser.language_of(path)
        assert language is not None
        files.append(whole_file(path, text.encode(), language))
    found = DependencyAnalyzer().analyze(files).callgraph
    assert [f"{a} -> {b}" for a, callees in found.items() for b in callees] == [w for w in wanted.split(", ") if w]
