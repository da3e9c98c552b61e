"""TypeScript that the official grammar does not know is cut, read and judged as what it is; nothing else changes."""

import time

import pytest

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.script_mending import in_known_words
from atoms.domain.standing import Standing, standing

TYPESCRIPT = Language.TYPESCRIPT
OVERLOADS = (
    "export const map: {\n"
    + "".join(
        f"  // way {k}\n  <A, B{k}>(\n    self: Chunk<A>,\n    f: (a: A) => B{k}\n  ): Chunk<B{k}>\n" for k in range(6)
    )
    + "  (name: string): void\n} = dual(2, mapped)\n"
)


@pytest.mark.parametrize(
    "source",
    [
        "interface Box<out A> extends Pipe<A> {}\n",
        "class Box<in K, in out V = Map<K, never>> {}\n",
        "export type Box<\n  in K,\n  out V,\n> = { f: (key: K) => V }\n",
        "const make = (): Made => class<in A> extends Base {}\n",
        "interface F {\n  <T>(a: T): T\n  // the other\n  <T, U>(a: T, b: U): U\n}\n",
        "interface F {\n  name: string /* its\n   * own */\n  (a: string): { b: number }\n  (a: number): 'c'\n}\n",
        OVERLOADS,
    ],
)
def test_what_the_grammar_does_not_know_parses_where_it_stood(source: str) -> None:
    code = source.encode()
    known = in_known_words(code)
    assert known != code
    assert [len(line) for line in known.split(b"\n")] == [len(line) for line in code.split(b"\n")]
    for language in (TYPESCRIPT, Language.TSX):
        assert not MultiLanguageParser().parse(code, language).root_node.has_error
    assert RecursiveDecomposer().split(code, path="a.ts", language=TYPESCRIPT).parse_ok


@pytest.mark.parametrize(
    "source",
    [
        "interface Box<out, out extends string> {}\n",
        "f(a)\n  (b)\n",
        "const run = (a: A) =>\n  (b: B) => b\n",
        "if (a < out && b > c) {\n  x(a ||\n  (b))\n}\n",
    ],
)
def test_what_the_grammar_knows_stays_as_it_is(source: str) -> None:
    assert in_known_words(source.encode()) == source.encode()


@pytest.mark.parametrize(
    "source", ["interface Box<out A> {\n", "interface F {\n  a: string\n  <T>(a: T\n}\n", "let = <\n"]
)
def test_what_is_broken_stays_broken(source: str) -> None:
    assert MultiLanguageParser().parse(source.encode(), TYPESCRIPT).root_node.has_error
    assert not RecursiveDecomposer().split(source.encode(), path="a.ts", language=TYPESCRIPT).parse_ok


def test_signatures_of_calls_are_cut_before_each_and_stand_alone() -> None:
    file = RecursiveDecomposer().split(OVERLOADS.encode(), path="a.ts", language=TYPESCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert "".join(texts) == OVERLOADS
    assert len(texts) > 2
    assert all(text.startswith("  //") for text in texts[1:-1]), texts
    assert all(standing(text, TYPESCRIPT) >= Standing.FRAMED for text in texts), texts


@pytest.mark.parametrize("unit", ["/* ", " ", "class<", "interface A<", "class<in x,", "// ", "/* a */ x "])
def test_time_stays_in_line_with_size(unit: str) -> None:
    text = f"\n  (a): b\n{unit * (1_000_000 // len(unit))}x\n  <T>(): x\n".encode()
    began = time.process_time()
    assert len(in_known_words(text)) == len(text)
    assert time.process_time() - began < 2.0, "a look again for each that begins would take hours"
