"""What is counted sign by sign on the text of a script is what its tree tells; where it cannot be sure, it says so."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from atoms.domain.grammar import grammar_of
from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.python_rows import Counted
from atoms.domain.script_rows import count_script
from atoms.domain.tree_rows import count_in_tree
from atoms.tests.domain.test_python_rows import ordered

FRAGMENTS = (
    "if (a) b();", "for (const x of y) {}", "while (a && b || c) i++;", "try { a() } catch (e) { b() }", "a ? b : c;",
    "switch (a) { case 1: b(); }", "function f() {}", "const f = async (a, b) => a;", "x = function () { return 1 };",
    "class A { m(a) { return a ?? b } static async n() {} p = () => 1 }", "f(function () {}, () => 1);", "// if (a)",
    "/* while\n (a) */ b();", "a.catch(() => b).if;", "const o = { if: 1, catch(e) {}, k: () => 1 };", "a ||= b &&= c;",
    "x = `if ${a ? `${b}` : '`'} \n\n case`;", "y = /[/'\"`]if/.test(a) / b;", "'if \\\n else';", "z = a?.b?.5:1;",
    "export default function () {}", "label: for (;;) break label;", "x = function () {}();", "a = b\n/c/d;", "", "\t",
)  # fmt: skip
TYPED = (
    "interface I { a?: string; m?(): void }", "enum E { A }", "type T<A> = A extends B ? C : D;", "f<T>(a);",
    "abstract class B { abstract m(): void; n(a?: A): a is B { return !a } }", "function g(a: A): void;",
    "const h = <T,>(a: T): T => a ? a : b;", "let u: A | B | (() => void);", "while (i < s.length || p > -6) {}",
)  # fmt: skip


def both(text: str, language: Language) -> tuple[Counted | None, Counted | None] | None:
    source = text.encode()
    lines = source.splitlines(keepends=True)
    blank = [line.isspace() for line in lines]
    root = MultiLanguageParser().parse(source, language).root_node
    if root.has_error:
        return None
    told = count_in_tree(source, lines, blank, root, grammar_of(language))
    return ordered(count_script(source, blank, root, grammar_of(language))), ordered(told)


@pytest.mark.parametrize("text", FRAGMENTS)
def test_javascript(text: str) -> None:
    found = both(f"{text}\n", Language.JAVASCRIPT)
    assert found
    assert found[0] == found[1]


@pytest.mark.parametrize("text", TYPED)
def test_typescript(text: str) -> None:
    found = both(f"{text}\n", Language.TYPESCRIPT)
    assert found
    assert found[0] == found[1]


@settings(max_examples=40)
@given(st.lists(st.sampled_from((*FRAGMENTS, *TYPED)), max_size=8), st.sampled_from(("\n", " ", "\r\n")))
def test_generated_programs(parts: list[str], between: str) -> None:
    found = both(between.join(parts), Language.TYPESCRIPT)
    assume(found)
    assert found
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "text",
    ["#!/usr/bin/env node\na;", "<!-- a", "x = <p>it's</p>;", "a;\xa0if (b) c;", "// a\u2028if (b) c;", "\ufeffa;"],
)
def test_only_the_tree_can_tell(text: str) -> None:
    found = both(text, Language.JAVASCRIPT)
    assert found
    assert found[0] is None


def test_deep_nesting_is_left_to_the_tree() -> None:
    found = both(f"a = {'b ? c : ' * 4000}d;", Language.TYPESCRIPT)
    assert found
    assert found[0] is None
