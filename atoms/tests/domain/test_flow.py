"""What flows into and out of code: scopes, closures, types and writes, by small programs whose answers are known."""

import pytest

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomFacts, Language


def facts_of(source: str, language: Language, symbol: str) -> AtomFacts:
    file = RecursiveDecomposer().split(source.encode(), path="a", language=language)
    facts = ContextInjector().describe([file])
    return next(facts[atom.id] for atom in file.atoms if atom.symbol == symbol)


PYTHON = """
def f(a: int, *, b=-1, c=not 1) -> str:
    global seen
    seen = 1
    for k in range(3):
        a.x[k] = len(missing)
    with Thing() as t:
        return t


def count():
    n = 0

    def step():
        nonlocal n
        n = n + 1
    return step
"""
SCRIPT = """
let seen = 0;
function f(a, b = 2) {
  seen = b;
  delete a.x;
  return require("fs") ?? import("node:os");
}
function count() {
  let n = 0;
  return () => { n++; };
}
"""


def test_scopes_types_and_writes_of_python() -> None:
    facts = facts_of(PYTHON, Language.PYTHON, "f")
    assert {"seen": "<module>", "a": "f", "len": "builtin", "missing": "?"}.items() <= facts.scopes.items()
    assert facts.types == {"a": "int", "b": "int", "c": "bool", "k": "int", "seen": "int", "t": "Thing"}
    assert facts.postconditions == ({"name": "return", "type": "str"},)
    assert facts.mutates == ("a",)
    assert facts.pure is False
    count = facts_of(PYTHON, Language.PYTHON, "count")
    assert count.scopes["n"] == "count"


def test_writes_of_scripts() -> None:
    facts = facts_of(SCRIPT, Language.JAVASCRIPT, "f")
    assert {"seen": "<module>", "a": "f", "require": "builtin"}.items() <= facts.scopes.items()
    assert facts.mutates == ("a",)
    assert facts.pure is False
    assert facts.imports == ("fs", "node:os")
    assert facts_of(SCRIPT, Language.JAVASCRIPT, "count").scopes["n"] == "count"


@pytest.mark.parametrize("language", [Language.JAVASCRIPT, Language.TYPESCRIPT])
def test_a_write_to_a_module_variable_is_an_effect(language: Language) -> None:
    assert facts_of("let a = 1;\nfunction f() { a = 2; }\n", language, "f").pure is False
    assert facts_of("let a = 1;\nfunction f() { let a; a = 2; }\n", language, "f").pure is True


def test_a_value_that_a_nested_function_rebinds_lives_on() -> None:
    rest = "".join(f"    x{k} = {k}\n" for k in range(9))
    source = f"def f():\n    n = 0\n\n{rest}\n    def g():\n        nonlocal n\n        n = 5\n\n{rest}\n    return n\n"
    file = RecursiveDecomposer().split(source.encode(), path="a", language=Language.PYTHON)
    facts = ContextInjector().describe([file])
    inner = next(atom for atom in file.atoms if b"nonlocal n" in file.text(atom))
    assert "n" in {value["name"] for value in facts[inner.id].postconditions}


STEPS = "".join(f"    step({k})\n" for k in range(9))
HEAD = f"def f(a, d):\n    x = 0\n    y = 0\n    for i in a:\n        y += i\n\n{STEPS}\n"


@pytest.mark.parametrize(
    ("tail", "comes_in"),
    [
        ("    x = 1\n    step(x, y)\n", {"y"}),
        ("    if a:\n        x = 1\n    step(x)\n", {"a", "x"}),
        ("    if d:\n        x = 1\n    else:\n        step(x)\n", {"d", "x"}),
        ("    for i in d:\n        step(i)\n", {"d"}),
        ("    step(x)\n    x = 2\n", {"x"}),
    ],
)
def test_a_value_flows_in_unless_it_is_bound_first_on_every_path(tail: str, comes_in: set[str]) -> None:
    file = RecursiveDecomposer().split((HEAD + tail).encode(), path="a", language=Language.PYTHON)
    facts = ContextInjector().describe([file])
    first, last = facts[file.atoms[0].id], facts[file.atoms[-1].id]
    assert {value["name"] for value in last.preconditions} == comes_in
    assert {value["name"] for value in first.postconditions} == comes_in


def test_what_a_call_changes_in_its_first_argument() -> None:
    assert facts_of("def f(a, b):\n    heapq.heappush(a.heap, b)\n", Language.PYTHON, "f").mutates == ("a",)
    assert facts_of("function f(a, b) { Object.assign(a, b); }\n", Language.JAVASCRIPT, "f").mutates == ("a",)
