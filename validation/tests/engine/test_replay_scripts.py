"""Calls that tests made of a script are recorded, and new code answers these and variations as the draft does."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from masterplans.domain.workspace import Workspace
from validation.domain.generated_check import AtomView, generated_check
from validation.domain.model import Check, Status, SuiteResult
from validation.domain.static import StaticReport
from validation.domain.strictness import Place
from validation.engine.replay_tool import with_replays
from validation.engine.suite import run_suite
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = """const NONE = Symbol("none");
export class Cart {
  constructor(limit) { this.limit = limit; this.rows = []; }
  add(name: string, count: number) {
    if (count > this.limit) throw new TypeError("too many");
    this.rows.push([name, count]);
  }
  get size() { return this.rows.length; }
}
const half = (n) => Math.floor(n / 2);
export function halves(list) {
  return list.map((one) => half(one));
}
export async function later(n) { "use strict"
  await new Promise((done) => setTimeout(done, 1)); return n * 2; }
export function* squares(list) { for (const n of list) yield n * n; }
export const label = ({ name }, { loud = false } = {}) => (loud ? name.toUpperCase() : name);
const most = (rows, key) => rows.reduce((a, b) => (key(b) > key(a) ? b : a));
export const best = (rows, key, fallback = NONE) => (rows.length > 0 ? most(rows, key) : fallback);
export const ticks = (start) => start + performance.now();
export const broken = (n) => n + 1;
let count = 0;
export function counted(n) { count += n; return count; }
export function first(rows) { return rows[0].name; }
export function say(word) { console.log(word); return new Map([[word, new Date(0)]]); }
export function unseen(n) { return n; }
export function forget(list) { list.pop(); }
export function under(limit) { return function (n) { return n < limit; }; }
export const counter = (start) => { let at = start; return { up: (by) => (at += by), read() { return at; } }; };
const guard = (it, limit) => (n) => it.ok && n <= limit;
const guarded = (it, limit) => guard(it, limit);
export const make = (limit) => guarded(new Proxy({ ok: true }, {}), limit);
export function each(list, tell) { for (const one of list) if (one > 1) tell(one); }
export const all = (list, holds) => list.every((one) => holds(one)) || "none";
"""
OLD = """'use strict'
function Stack (items) {
  if (!(this instanceof Stack)) return new Stack(items)
  this.items = items || []
}
Stack.prototype.push = function (item) {
  this.items.push(item)
  return this
}
module.exports = { Stack, depth: function (stack) { return stack.items.length } }
"""
TESTS = """import assert from "node:assert/strict";
import test from "node:test";
import { all, best, broken, Cart, counted, counter, each, first, forget, halves, label, later, make, say, squares,
  ticks, under } from "../lib.ts";
import old from "../old.cjs";

test("cart", () => { const cart = new Cart(3); cart.add("tea", 2); assert.equal(cart.size, 1); });
test("halves", () => { assert.deepEqual(halves([2, 4]), [1, 2]); });
test("later", async () => { assert.equal(await later(0), 0); });
test("squares", () => { assert.equal([...squares([1, 2])].length, 2); });
test("label", () => { assert.equal(label({ name: "a" }), "a"); });
test("best", () => { assert.equal(best([1, 3], (n) => -n), 1); });
test("ticks", () => { assert.ok(ticks(1) > 1); });
test("broken", () => { assert.equal(broken(1), 3); });
test("broken too", () => { assert.ok(broken(5) > 5); });
test("counted", () => { assert.ok(counted(1)); assert.ok(counted(2)); });
test("first", () => { assert.equal(first([{ name: "x" }]), "x"); });
test("say", () => { assert.equal(say("\\u00e9").size, 1); });
test("forget", () => { forget([1, 2]); });
test("make", () => { assert.equal(make(4)(2), true); });
test("under", () => { assert.equal(under(3)(2), true); });
test("counter", () => { assert.equal(counter(1).up(0), 1); });
test("each", () => { each([1, 2], () => {}); });
test("all", () => { assert.equal(all([1], (n) => n === 1), true); });
test("stack", () => { assert.equal(old.depth(old.Stack().push(1)), 1); });
test("no value", () => { label(new Proxy({ name: "p" }, {})); });
"""
NAMES = ("constructor", "add", "size", "half", "later", "squares", "label", "most", "best", "ticks", "broken",
         "counted", "first", "say", "unseen", "forget", "under", "counter", "each", "all", "guard")  # fmt: skip
LINES = {name: DRAFT[: DRAFT.index(f"{name}{mark}")].count("\n") + 1
         for name in NAMES for mark in ("(", " = (") if f"{name}{mark}" in DRAFT}  # fmt: skip
Calls = Mapping[str, list[dict[str, Any]]]


def state(code: str = DRAFT, old: str = OLD) -> Workspace:
    return project({"lib.ts": code, "old.cjs": old, "tests/lib.test.ts": TESTS})


@pytest.fixture(scope="module")
def suite() -> SuiteResult:
    return run_suite(state(), cache=Path("unused"), timeout_seconds=60, memory_mib=1024, record=True)


@pytest.fixture(scope="module")
def calls(suite: SuiteResult) -> Calls:
    return {n: [json.loads(c) for c in rows] for file in suite.calls.values() for n, rows in file.items()}


def judged_all(suite: SuiteResult, path: str, code: Workspace, lines: Sequence[tuple[int, int]]) -> list[Check]:
    nothing = StaticReport(digest="")
    places = [Place(path=path, first=first, last=last) for first, last in lines]
    new, old = with_replays(
        nothing, nothing, code=code, draft=state(), accepted=state(), suite=suite, places=places
    )  # fmt: skip
    atoms = [AtomView(id="a", path=path, start_line=a, end_line=b, loc=b - a + 1) for a, b in lines]
    return [generated_check(atom, new, old, draft_suite=suite, original=False) for atom in atoms]


def judged(suite: SuiteResult, path: str, code: Workspace, first: int, last: int) -> Check:
    return judged_all(suite, path, code, [(first, last)])[0]


def changed(suite: SuiteResult, name: str, old: str, new: str) -> Check:
    assert old in DRAFT
    return judged(suite, "lib.ts", state(DRAFT.replace(old, new)), LINES[name], LINES[name] + old.count("\n"))


def test_arguments_travel_as_values_with_their_receiver_and_lines_keep_their_numbers(
    suite: SuiteResult, calls: Calls
) -> None:
    assert {case.id.rpartition("::")[2] for case in suite.cases if case.status == "failed"} == {"broken"}
    held = [["limit", 3], ["rows", ["r", 1]]]
    assert calls["Cart.add"] == [
        {
            "p": [["this", "a", ["r", 0]], ["name", "a", "tea"], ["count", "a", 2]],
            "h": [["object", "lib.ts", "Cart", [], held], ["list", []]],
        }
    ]
    assert calls["new Cart.constructor"] == [{"p": [["limit", "a", 3]], "h": []}]
    assert calls["new Stack"] == [{"p": [["items", "a", ["u"]]], "h": []}]
    assert calls["best"][0]["h"] == [["list", [1, 3]], ["stand_in", ""]]
    assert suite.coverage["tests/lib.test.ts::say"] == {"lib.ts": (LINES["say"],)}


def test_a_failing_test_records_nothing_and_nothing_is_recorded_unless_asked_for(calls: Calls) -> None:
    assert [call["p"] for call in calls["broken"]] == [[["n", "a", 5]]]
    assert [call["h"] for call in calls["label"]] == [[["dict", [["name", "a"]]]]]  # a proxy is no value
    plain = run_suite(state(), cache=Path("unused"), timeout_seconds=60, memory_mib=1024)
    assert plain.calls == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "shown"),
    [
        ("add", "count > this.limit", "count >= this.limit", "count=3) gives throws TypeError, the draft undefined"),
        ("add", "[name, count]", "[count, name]", 'this became Cart{limit: 3, rows: [[2, "tea"]]}'),
        ("constructor", "= limit;", "= -limit;", "Cart.constructor with new(limit=3) gives Cart{limit: -3"),
        ("size", "rows.length", "rows.length + 1", "gives 2, the draft 1"),
        ("half", "Math.floor(n / 2)", "n / 2", "half(n=3) gives 1.5, the draft 1"),
        ("later", "n * 2", "n * 3", "later(n=1) gives 3, the draft 2"),
        ("squares", "n * n", "n + n", "gives yields [2, 4], the draft yields [1, 4]"),
        ("label", "loud = false", "loud = true", 'gives "A", the draft "a"'),
        ("most", "key(b) > key(a)", "key(b) < key(a)", "most(rows=[1, 3], key=<function>) gives 1, the draft 3"),
        ("say", "console.log(word)", "console.log(1)", r'printed "1\n", the draft'),
        ("forget", "list.pop()", "list.shift()", "list became [2], the draft undefined; list became [1]"),
        ("under", "n < limit", "n <= limit", "under(limit=3) gives <function>; its (2) gives true; its (3) gives true"),
        (
            "counter",
            "at += by",
            "at = by",
            "{read: <function>, up: <function>}; its up(0) gives 0;",
        ),
        (
            "guard",
            "n <= limit",
            "n < limit",
            "guard through make(limit=3) gives <function>; its (2) gives true; its (3) gives false",
        ),
        ("each", "one > 1", "one > 2", "gives undefined, the draft undefined; told [2]"),
        ("all", '"none"', '"all"', 'all(list=[1], holds=<silent>) gives "all", the draft "none"'),
        ("squares", "for (const n", "for (;;); for (const n", "gives no answer in time, the draft yields"),
    ],
)
def test_a_difference_that_no_test_sees_is_found(suite: SuiteResult, name: str, old: str, new: str, shown: str) -> None:
    check = changed(suite, name, old, new)
    assert (check.status, check.generated, check.forgeable) == (Status.FAILED, True, True), check
    assert shown in "\n".join(finding.message for finding in check.findings)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("best", "rows.length > 0 ? most", "0 < rows.length ? most"),
        ("squares", "for (const n of list) yield n * n;", "yield* list.map((n) => n ** 2);"),
        ("first", "rows[0].name", "[...rows][0].name"),  # of no rows the draft makes an error nobody meant
        ("add", "count > this.limit", "!(count <= this.limit)"),
    ],
)
def test_another_way_to_say_the_same_passes(suite: SuiteResult, name: str, old: str, new: str) -> None:
    check = changed(suite, name, old, new)
    assert check.status is Status.PASSED or name == "add", check
    assert "inputs answered as the draft did" in check.reason


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("broken", "n + 1", "n + 2"),  # its test fails: it is meant to change
        ("ticks", "start +", "start *"),  # it differs from itself
        ("counted", "count += n", "count += 2 * n"),  # it hangs on what was called before
        ("unseen", "return n;", "return -n;"),  # nobody called it
    ],
)
def test_what_is_no_measure_is_held_against_nobody(suite: SuiteResult, name: str, old: str, new: str) -> None:
    assert changed(suite, name, old, new).status is Status.NOT_APPLICABLE


def test_old_constructors_and_what_is_assigned_are_asked_too(suite: SuiteResult) -> None:
    unlike = state(old=OLD.replace("this.items.push(item)", "this.items.unshift(item)"))
    found = judged(suite, "old.cjs", unlike, 6, 9)
    assert found.status is Status.PASSED, found  # of one item both are the same
    found = judged(suite, "old.cjs", state(old=OLD.replace("items || []", "items || [0]")), 2, 5)
    assert found.status is Status.FAILED, found
    assert "Stack with new(" in "".join(finding.message for finding in found.findings)
    found = judged(suite, "old.cjs", state(old=OLD.replace("items.length }", "items.length + 1 }")), 10, 10)
    assert found.status is Status.FAILED
    assert "depth(stack=Stack{items: [1]}) gives 2, the draft 1" in found.reason


def test_what_new_code_writes_for_itself_is_no_answer(suite: SuiteResult) -> None:
    """A name handed out before ours does not stand, nor a record without the nonce; the check is forgeable anyway."""
    forged = DRAFT.replace("return n * 2;", "return n * 3;") + (
        'globalThis.__mge?.held("lib.ts", { later: [() => async (n) => n * 2, null, "value"] });\n'
        'import fs from "node:fs"; for (let fd = 3; fd < 20; fd += 1) try { fs.writeSync(fd, "{}\\n"); } catch {}\n'
    )
    found = judged(suite, "lib.ts", state(forged), LINES["later"], LINES["later"] + 1)
    assert (found.status, found.forgeable) == (Status.FAILED, True), found


HOSTILE = {  # a function of the draft, what of it is replaced by what, and a part of what is said then
    "halves": (
        "list.map((one) => half(one))",
        "(() => { throw { get name() { throw 1; } }; })()",
        "cannot be looked at",
    ),
    "later": ("return n * 2;", "throw new Proxy({}, { getPrototypeOf() { throw 1; } });", "cannot be looked at"),
    "label": (
        "(loud ? name.toUpperCase() : name)",
        "Object.assign(new String(name), { valueOf() { for (;;); } })",
        "no answer in time",
    ),
    "best": ("most(rows, key)", "Array(4000).fill('x'.repeat(3e7))", "characters"),
    "say": ("return new Map", "const o = {}; return o.o = o; new Map", "{o: ...}"),
    "under": (
        "return function",
        "return Object.create(new Proxy({}, { getOwnPropertyDescriptor() { throw 1; } })); return function",
        "gives throws number",
    ),
    "all": ("list.every((one) => holds(one))", "({ get every() { for (;;); } })", "{every: <accessor>}"),
}


def test_answers_that_bite_whoever_looks_at_them_are_answers(suite: SuiteResult) -> None:
    code = DRAFT
    for old, new, _ in HOSTILE.values():
        assert code.count(old) == 1
        code = code.replace(old, new)
    lines = [DRAFT[: DRAFT.index(old)].count("\n") + 1 for old, _, _ in HOSTILE.values()]
    checks = judged_all(suite, "lib.ts", state(code), [(line, line) for line in lines])
    for (name, (_, _, said)), check in zip(HOSTILE.items(), checks, strict=True):
        assert check.status is Status.FAILED, (name, check)
        assert said in "\n".join(finding.message for finding in check.findings), (name, check)


def test_who_leaves_or_spoils_the_language_answers_nothing_and_passes_nothing(suite: SuiteResult) -> None:
    for spoiled in ("process.reallyExit(0)", "((Array.prototype.push = () => 0), name)"):
        check = changed(suite, "label", "(loud ? name.toUpperCase() : name)", spoiled)
        assert (check.status, check.reason) == (
            Status.NOT_RUN, "the draft's label answered inputs, this one none"
        ), check  # fmt: skip
