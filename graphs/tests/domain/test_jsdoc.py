"""Types in comments of plain JavaScript, and objects behind traps."""

import pytest

from atoms.domain.model import Language
from bench.graph import whole_file
from graphs.domain.analyzer import DependencyAnalyzer

CLASSES = "class A { run() {} }\nclass B { run() {} }\nconst ns = { A };\n"


def called(source: str, caller: str = "m.f", *, name: str = "m.js", language: Language = Language.JAVASCRIPT) -> str:
    graph = DependencyAnalyzer().analyze([whole_file(name, (CLASSES + source).encode(), language)]).callgraph
    return " ".join(c.removeprefix("m.") for c in graph.get(caller, ()) if c.endswith("run") and c[0] != "<")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A", "A.run"),
        ("!A", "A.run"),
        ("?A", "A.run"),
        ("A=", "A.run"),
        ("A|B", "A.run B.run"),
        ("(A | null)", "A.run"),
        ("ns.A", "A.run"),
        ("string", ""),
        ("Missing", ""),
        ("{not: closed", ""),
    ],
)
def test_the_type_of_a_parameter(written: str, expected: str) -> None:
    doc = f"/**\n * Text.\n * @param {{{written}}} x - what\n */\n"
    assert called(f"{doc}function f(x) {{ x.run() }}") == expected
    assert called(f"{doc}module.exports.f = function f(x) {{ x.run() }}") == expected
    assert called(f"{doc}const f = (x) => x.run()", "m.<arrow1>") == expected


def test_other_tags_and_places() -> None:
    assert called("/** @returns {A} */\nfunction g() { return other() }\nfunction f() { g().run() }") == "A.run"
    assert called("class C {\n/** @type {B} */\nx;\nf() { this.x.run() } }", "m.C.f") == "B.run"
    assert called("class C {\n/** @param {B} x */\nf(x) { x.run() } }", "m.C.f") == "B.run"
    assert called(
        "/** @type {A[]} */\nlet xs = other();\nfunction f() { xs.forEach(x => x.run()) }", "m.f.<arrow1>"
    ) == ("A.run")


def test_what_says_nothing() -> None:
    far = "/** @param {A} x */\n\n\nfunction f(x) { x.run() }"
    assert called(far) == "", "the comment belongs to something else"
    assert called("// @param {A} x\nfunction f(x) { x.run() }") == ""
    assert called("/** @param {A} y */\nfunction f(x) { x.run() }") == ""
    typed = "/** @param {A} x */\nfunction f(x: B) { x.run() }"
    assert called(typed, name="m.ts", language=Language.TYPESCRIPT) == "B.run", "TypeScript has types of its own"
    assert called("/** @param {A} x */\nfunction f(x) { x.run() }\nf(new B())") == "B.run", "callers say more"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("new Proxy(new A(), {})", "A.run"),
        ("new Proxy(new A(), { get(t, k) { return Reflect.get(t, k) } })", "A.run"),
        ("new Proxy(new A(), { get() { return () => 1 } })", ""),
        ("Proxy.revocable(new A(), {}).proxy", "A.run"),
        ("Reflect.construct(B, [])", "B.run"),
    ],
)
def test_objects_behind_traps(made: str, expected: str) -> None:
    assert called(f"function f() {{ const x = {made}; x.run() }}") == expected


@pytest.mark.parametrize(("count", "expected"), [(3, "K0.run K1.run K2.run"), (4, "")])
def test_a_trap_that_returns_many_things_says_nothing_of_one_name(count: int, expected: str) -> None:
    classes = "".join(f"class K{i} {{ run() {{}} }}\n" for i in range(count))
    choice = " || ".join(f"K{i}.prototype.run" for i in range(count))
    source = f"{classes}const p = new Proxy({{}}, {{ get() {{ return {choice} }} }})\nfunction f() {{ p.x() }}"
    assert called(source) == expected


def test_then_as_a_callback_has_lost_its_promise() -> None:
    source = "const p = other(); const a = new A(); function f() {{ [a.run].forEach({}) }}"
    assert called(source.format("p.then")) == "", "it throws"
    assert called(source.format("x => p.then(x)"), "m.f.<arrow1>") == "A.run"


def test_iterating_over_what_has_a_get_trap_asks_the_trap() -> None:
    loop = "function f() {{ for (const x of new Proxy({{ a: new A() }}, {})) x.run() }}"
    assert called(loop.format("{ get() {} }")) == "", "the iterator is what the trap says"
    assert called(loop.format("{}")) == "A.run"
