"""Script programs for the strict way: what crosses between the sandboxes, what needs company, and what forges."""

RICH_CODE = r"""
export class Refusal extends Error {
  constructor(code) { super(`refused with ${code}`); this.name = "Refusal"; this.code = code; }
}
export function refuse(code) { throw new Refusal(code); }
export const each = (f, items) => items.map((item) => f(item));
export const sort = (items) => { items.sort((a, b) => a - b); };
export function* numbers(n) { for (let i = 0; i < n; i += 1) yield i; }
export class Span {
  #secret = 3;
  constructor(a, b) { this.a = a; this.b = b; }
  get length() { return this.b - this.a; }
  secret() { return this.#secret; }
  static of(a) { return new Span(a, a + 1); }
  *[Symbol.iterator]() { yield this.a; yield this.b; }
}
export class Big extends Span { twice() { return this.length * 2; } }
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
export const later = async (x) => { await wait(5); if (x < 0) throw new RangeError("neg"); return { x }; };
export let count = 0;
export const bump = () => { count += 1; };
export const ODD = {
  n: 1n << 80n, s: "\ud800\0", m: new Map([[1, new Set([2])]]), d: new Date(5), b: Buffer.from("ab"), u: undefined,
  nan: NaN, neg: -0, nul: null,
};
export const counter = () => { const self = { n: 0, inc() { self.n += 1; this.n += 1; return self; } }; return self; };
const cache = new Map();
export const memo = (k) => { if (!cache.has(k)) cache.set(k, { k }); return cache.get(k); };
export const compose = (...fs) => (x) => fs.reduceRight((a, f) => f(a), x);
export const signature = (f) => `${f.name}/${f.length}`;
export const retry = async (f, n) => {
  for (let i = 0; ; i += 1) { try { return await f(i); } catch (e) { if (i >= n) throw e; } }
};
export const soon = (f, ms) => { setTimeout(() => f("now"), ms); };
export class Store {
  items = [];
  #watchers = new Set();
  watch(f) { this.#watchers.add(f); return () => this.#watchers.delete(f); }
  add(x) { this.items.push(x); for (const f of this.#watchers) f(this.items); return this; }
}
export const same = (x) => x;
export const frozen = Object.freeze([1, 2]);
export default () => "main";
"""
RICH_TESTS = r"""
import test, { describe, it, mock } from "node:test";
import assert from "node:assert/strict";
import main, * as all from "./atom";
import { Big, ODD, Refusal, Span, Store, bump, compose, count, counter, each, frozen, later, memo } from "atom";
import { numbers, refuse, retry, same, signature, soon, sort } from "atom";
test("values", () => {
  assert.deepEqual(ODD, { n: 1n << 80n, s: "\ud800\0", m: new Map([[1, new Set([2])]]), d: new Date(5),
    b: Buffer.from("ab"), u: undefined, nan: NaN, neg: -0, nul: null });
});
test("errors", () => {
  assert.throws(() => refuse(7), { name: "Refusal", message: "refused with 7", code: 7 });
  assert.throws(() => refuse(7), Refusal);
  assert.throws(() => refuse(7), (e) => e instanceof Error && e instanceof Refusal && /7$/.test(e.message));
});
test("callbacks", () => {
  const items = [3, 1, 2];
  sort(items);
  assert.deepEqual(each((n) => n + 1, items), [2, 3, 4]);
  assert.throws(() => each(() => { throw new TypeError("mine"); }, [1]), TypeError);
  const f = mock.fn((x) => x);
  each(f, [1, 2]);
  assert.equal(f.mock.callCount(), 2);
  assert.equal(compose((x) => x + 1, (x) => x * 2)(5), 11);
  assert.equal(signature(function mine(a, b) { return a + b; }), "mine/2");
});
test("iteration", () => { assert.deepEqual([...numbers(3)], [0, 1, 2]); });
test("classes", () => {
  const s = new Span(2, 5);
  const b = new Big(1, 2);
  assert.ok(b instanceof Span && b instanceof Big && !(s instanceof Big));
  assert.deepEqual([s.length, s.secret(), b.twice(), Span.of(3).a, s.constructor.name], [3, 3, 2, 3, "Span"]);
  s.a = 4;
  assert.equal(s.length, 1);
  assert.deepEqual(new Span(1, 2), new Span(1, 2));
  assert.notDeepEqual(new Span(1, 2), new Span(1, 3));
  assert.deepEqual([[...s], { ...s }, JSON.stringify(s)], [[4, 5], { a: 4, b: 5 }, '{"a":4,"b":5}']);
});
test("promises", async () => {
  assert.deepEqual(await Promise.all([later(1), later(2)]), [{ x: 1 }, { x: 2 }]);
  await assert.rejects(() => later(-1), new RangeError("neg"));
  assert.equal(await retry(async (i) => { if (i < 2) throw new Error("x"); return i; }, 3), 2);
  assert.equal(await new Promise((done) => soon(done, 5)), "now");
});
test("state", () => {
  bump();
  assert.deepEqual([count, all.count], [1, 1]);
  const c = counter();
  assert.equal(c.inc(), c);
  assert.equal(c.n, 2);
  const store = new Store();
  const seen = [];
  const stop = store.watch((items) => seen.push(items.length));
  const { items } = store;
  store.add(1).add(2);
  stop();
  store.items.push(3);
  assert.deepEqual([seen, items, store.items.length], [[1, 2], [1, 2, 3], 3]);
});
test("identity", () => {
  const mine = { f() {} };
  assert.equal(memo("a"), memo("a"));
  assert.notEqual(memo("a"), memo("b"));
  assert.equal(same(mine), mine);
  assert.equal(same(mine.f), mine.f);
  assert.throws(() => { frozen.push(1); }, TypeError);
});
describe("group", () => { it("inside", async (t) => { await t.test("sub", () => assert.equal(main(), "main")); }); });
"""
_TEST = 'import test from "node:test";\nimport assert from "node:assert";\nimport { f } from "atom";\n'
ONE_TEST = f'{_TEST}test("t", () => {{ assert.equal(f(2), 4); }});'
FORGED_APART = {  # what a file of its own in node's runner can be made to believe
    "equals all when asked": "export const f = () => ({ valueOf: () => 3, toString: () => '5', then: undefined });",
    "says it is known": "export const f = new Proxy(() => ({}), { get: () => f, apply: () => f });",
    "waits for the end": "export const f = () => 0; process.on('exit', () => { process.exitCode = 0; });",
    "writes reports": "import fs from 'node:fs'; for (let fd = 3; fd < 20; fd++) { try { fs.writeSync(fd, "
    '\'{"event":"end"}\\n\'); } catch {} } export const f = () => 0;',
    "hooks the runner": "import { afterEach } from 'node:test'; afterEach((t) => t.skip()); export const f = () => 0;",
    "replaces modules": "import m from 'node:module'; m._load = () => ({ equal() {} }); export const f = () => 0;",
}  # fmt: skip
NEED_COMPANY = [  # tests, and why they need the code beside them
    (f'{_TEST}class Own {{}}\ntest("t", () => {{ assert.ok(f(new Own()) instanceof Own); }});',
     "export const f = (x) => Object.assign(x, { seen: 1 });", "looks into an object of the tests"),
    (f'{_TEST}import fs from "node:fs";\ntest("t", () => {{ f(); assert.ok(fs.existsSync("/tmp/made")); }});',
     "import fs from 'node:fs'; export const f = () => fs.writeFileSync('/tmp/made', '');", "import of fs"),
    (f'{_TEST}test("t", () => {{ process.env.WORD = "x"; assert.equal(f(), "x"); }});',
     "export const f = () => process.env.WORD;", "changes process.env.WORD"),
    (f'{_TEST}test("t", () => {{ class G extends f {{ a() {{ return 1; }} }} assert.equal(new G().a(), 1); }});',
     "export class f {}", "subclass of f"),
    (f'{_TEST}test("t", () => {{ assert.deepEqual([...new Uint8Array(f())], [1]); }});',
     "export const f = () => new Uint8Array([1]).buffer;", "object of a library"),
]  # fmt: skip
