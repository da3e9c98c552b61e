"""What of a script is recorded, under which names, and that the words which tell of it change no line."""

import pytest
from tree_sitter import Parser

from validation.domain.script_functions import script_module
from validation.domain.script_recording import recorded_script, script_callers, script_hints
from validation.domain.scripttests import language_for

SOURCE = b"""'use strict'
class Shop extends Base {
  #till = 0
  constructor (a) { super(a) }
  static open () {}
  get size () { return 1 }
  set size (value) {}
  [Symbol.iterator] () { return [][Symbol.iterator]() }
  #hidden () {}
}
function old (a, { b }, ...c) {
  'use strict'
  return a === 'x' ? this.b : 10
}
old.prototype.go = function (n) { return old(n, 2.5) }
const api = { parse (x = 1) { return x }, deep: { fmt: (x) => ({ x }) }, plain: 3 }
const taken = async ({ a }, b = 2) => a + b
exports.one = exports.two = old
module.exports.made = curry(function (a, b) { return a })
const NONE = Object.freeze({})
"""
TYPED = b"""export abstract class A<T> { m<U>(this: A<T>, a: U, b?: string): void { use(b); } }
export function over(a: string): string;
export function over(a: any) { return a; }
export enum E { X }
interface I { f(): void }
declare const q: number;
const t = <T,>(a: T): T => a;
export default (n: number) => n;
"""


def test_functions_have_the_names_that_reach_them() -> None:
    found = {f.name: (f.owner, f.key, f.kind, f.first, f.last) for f in script_module("a.js", SOURCE).functions}
    assert found == {
        "Shop": ("Shop", "", "class", 2, 10),
        "Shop.constructor": ("Shop", "", "new", 4, 4),
        "Shop.open": ("Shop", "open", "value", 5, 5),
        "Shop.size": ("Shop.prototype", "size", "get", 6, 6),
        "Shop.size =": ("Shop.prototype", "size", "set", 7, 7),
        "Shop.[Symbol.iterator]": ("Shop.prototype", "[Symbol.iterator]", "value", 8, 8),
        "old": ("old", "", "value", 11, 14),
        "old.go": ("old.prototype.go", "", "value", 15, 15),
        "api.parse": ("api", "parse", "value", 16, 16),
        "api.deep.fmt": ("api.deep.fmt", "", "value", 16, 16),
        "taken": ("taken", "", "value", 17, 17),
        "made": ("module.exports.made", "", "value", 19, 19),
    }
    typed = {f.name: (f.owner, f.kind) for f in script_module("a.ts", TYPED).functions}
    assert typed == {"A": ("A", "class"), "A.m": ("A.prototype", "value"), "over": ("over", "value"),
                     "t": ("t", "value"), "default": ("default", "value")}  # fmt: skip


@pytest.mark.parametrize(("path", "source"), [("a.js", SOURCE), ("a.ts", TYPED)])
def test_a_recorded_file_still_parses_and_keeps_its_lines(path: str, source: bytes) -> None:
    text, rows = recorded_script(path, path, source, 7)
    assert script_module(path, text).functions, text.decode()
    assert [f.name for f in script_module(path, text).functions] == [
        f.name for f in script_module(path, source).functions
    ]
    lines = text.split(b"\n")
    assert lines[-2].startswith(b";globalThis.__mge?.held(")
    assert len(lines) == len(source.split(b"\n")) + 2
    assert all(f"see({7 + n}".encode() in text for n in range(len(rows)))


def test_what_is_told_is_what_came_in() -> None:
    text, rows = recorded_script("a.js", "a.js", SOURCE, 0)
    lines = text.decode().split("\n")
    assert "constructor (a) {;globalThis.__mge?.see(0,void 0,arguments,new.target); super(a) }" in lines[3]
    assert lines[11] == "  'use strict';globalThis.__mge?.see(5,this,arguments,new.target);"  # stays a directive
    assert "fmt: (x) => (globalThis.__mge?.see(8,void 0,[x]),({ x }))" in lines[15]
    assert "((...$mge)=>(globalThis.__mge?.see(9,void 0,$mge),(async ({ a }, b = 2) => a + b)(...$mge)))" in lines[16]
    assert rows[5] == ("old", ["a", "arg1", "arg2"], True)
    assert rows[9] == ("taken", ["arg0", "arg1"], False)
    assert b'"NONE":[()=>NONE,null,"value"]' in text
    assert b'"made":[()=>module.exports.made,null,"value"]' in text


def test_hints_and_callers_come_from_the_text() -> None:
    hints = script_hints("a.js", SOURCE)
    assert hints["old"].literals == ("use strict", "x", 10)
    assert hints["old.go"].literals == (["f", "2.5"],)
    assert hints["api.parse"].nullable == frozenset({"arg0"})
    assert hints["old"].absent == ["u"]
    assert script_callers("a.js", SOURCE, "old") == ("old.go",)


def test_what_does_not_parse_holds_nothing() -> None:
    assert script_module("a.js", b"function (").functions == ()
    assert recorded_script("a.js", "a.js", b"function (", 0)[1] == []


def test_functions_that_a_function_makes_are_told_of_too_in_the_right_order() -> None:
    source = (
        b"const f = (a) => ({ b }) => (c) => c\nfunction g () {\n  const h = x => x\n  return { k (y) {}, m: h }\n}\n"
    )
    text, rows = recorded_script("a.js", "a.js", source, 0)
    assert [name for name, _, _ in rows] == ["f", "f.<locals>.", "g", "g.<locals>.h", "g.<locals>.k"]
    inner = "((...$mge)=>(globalThis.__mge?.see(1,void 0,$mge),(({ b }) => (c) => c)(...$mge)))"
    first = f"(globalThis.__mge?.see(0,void 0,[a]),{inner})"
    assert text.decode().startswith(f"const f = (a) => {first}\n")
    assert not Parser(language_for("a.js")).parse(text).root_node.has_error
