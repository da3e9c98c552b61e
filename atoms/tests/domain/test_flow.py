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
