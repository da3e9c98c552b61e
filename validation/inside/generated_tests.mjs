// Runs inside the sandbox: `@example` lines of given modules, and what pure functions answer to fixed inputs.
// The inputs follow from the kinds of the parameters (boundaries, a seeded choice) and the constants of the module, so
// that two states of a function can be compared on the same inputs without having both at once.
// Records: `start`, `doctest`, `behaviour`, `module`, `end`, each with the nonce. Configuration on standard input.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { inspect, isDeepStrictEqual, types } from "node:util";

import { begin, late, safely, timed } from "./node_ask.mjs";
import { holeOf } from "./node_channel.mjs";
import { transpile } from "./node_transpile.mjs";

const { config, send } = begin();
await transpile(config.transpile, config.esbuild);

const ANSWER = 300;
const CHOICES = 40;
const NO_TIME = "no time was left";
const BASE = {
  number: [0, 1, -1, 2, 3, 7, 10, -5, 100, 0.5, 2.25],
  string: ["", "a", "abc", "Hello World", "a-b_c", " x ", "10", "aa"],
  boolean: [false, true],
  bigint: [0n, 1n, -1n, 10n],
  null: [null],
  undefined: [undefined],
};
const ends = Date.now() + config.seconds * 1000;

/** Fixed values of a kind; made anew at each call, so that no test can spoil those of another. */
function values(kind) {
  const row = (columns, n) => columns.map((column, k) => column[(n + k) % column.length]);
  switch (kind.k) {
    case "literal":
      return [kind.v];
    case "union":
      return kind.of.flatMap((one) => values(one).slice(0, 6));
    case "array":
    case "set": {
      const items = values(kind.of);
      const made = [[], items.slice(1, 2), items.slice(1, 4), items.toReversed(), [...items.slice(0, 3), ...items.slice(1, 3)]];
      return kind.k === "set" ? made.map((one) => new Set(one)) : made;
    }
    case "tuple": {
      const columns = kind.of.map(values);
      return [0, 1, 2, 3, 4, 5].map((n) => row(columns, n));
    }
    case "record": {
      const items = values(kind.of);
      return [{}, { a: items[1 % items.length] }, Object.fromEntries(items.slice(0, 4).map((item, n) => ["abcd"[n], item]))];
    }
    case "object": {
      const names = Object.keys(kind.fields);
      const columns = names.map((name) => values(kind.fields[name]));
      return [0, 1, 2, 3, 4, 5, 6, 7].map((n) => Object.fromEntries(row(columns, n).map((item, k) => [names[k], item])));
    }
    default:
      return BASE[kind.k];
  }
}

/** A seeded choice (mulberry32), so that each state of the code gets the same inputs. */
function seeded(text) {
  let state = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7);
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/** The argument lists of a function: picks from the boundaries, then each constant of the module in each place. */
function* inputs(name, kinds, constants) {
  if (kinds.length === 0) return yield [];
  const sizes = kinds.map((kind) => values(kind).length);
  const total = sizes.reduce((product, size) => product * size, 1);
  const pick = (place, n) => values(kinds[place])[n];
  const choose = seeded(name);
  for (let n = 0; n < Math.min(total, CHOICES); n += 1) {
    let rest = n;
    yield sizes.map((size, place) => {
      if (total > CHOICES) return pick(place, choose(size));
      const at = rest % size;
      rest = Math.floor(rest / size);
      return pick(place, at);
    });
  }
  for (const [place, kind] of kinds.entries()) {
    for (const constant of constants[kind.k] ?? []) {
      for (const other of [1, 2]) {
        yield sizes.map((size, at) => (at === place ? constant : pick(at, Math.min(other, size - 1))));
      }
    }
  }
}

function show(value) {
  const text = inspect(value, { depth: 8, sorted: true, compact: true, breakLength: Infinity, maxArrayLength: 200 });
  return text.length <= ANSWER ? text : `${text.slice(0, ANSWER)}... ${text.length}`;
}

class NoValue extends Error {}

/** What the function answers: its value, what it did to its arguments, or its error. */
function answer(called, args, milliseconds) {
  const before = show(args);
  let value;
  try {
    value = timed(() => called(...args), milliseconds);
  } catch (error) {
    if (error === late) throw error;
    const hole = safely(() => holeOf(error), milliseconds);
    return hole ? `hole: ${hole}` : `raises ${nameOf(error)}`;
  }
  return timed(() => {
    if (typeof value === "function" || typeof value === "symbol" || typeof value?.then === "function") throw new NoValue();
    const after = show(args);
    return before === after ? show(value) : `${show(value)}; arguments became ${after}`;
  }, milliseconds);
}

const nameOf = (error) => String(safely(() => String(error?.name ?? typeof error).slice(0, 60), 1000) ?? "what cannot be looked at");

function behaviour(called, job, name) {
  const rows = [];
  const milliseconds = config.test_seconds * 250;
  const again = inputs(name, job.inputs[name], job.constants);
  for (const args of inputs(name, job.inputs[name], job.constants)) {
    if (Date.now() > ends) break;
    const given = show(args);
    const copy = again.next().value; // the same values, made anew
    const first = answer(called, args, milliseconds);
    if (first !== answer(called, copy, milliseconds)) return { reason: "it answers the same input differently" };
    rows.push([`(${given.slice(1, -1).trim()})`, first]);
  }
  return { answers: rows };
}

function tryBehaviour(called, job, name) {
  if (typeof called !== "function") return { reason: "the module does not export it" };
  try {
    return behaviour(called, job, name);
  } catch (error) {
    if (error === late) return { reason: "an input took too long" };
    if (!types.isProxy(error) && error instanceof NoValue) return { reason: "an answer that is no plain value" };
    return { reason: `no inputs could be made: ${nameOf(error)}` };
  }
}

function tryExample(exported, example) {
  const names = Object.keys(exported).filter((name) => /^[\w$]+$/.test(name) && name !== "default");
  const given = names.map((name) => exported[name]);
  const most = config.test_seconds * 1000;
  const evaluate = (text) => timed(() => new Function(...names, `return (${text}\n)`)(...given), most);
  try {
    const [got, wanted] = [evaluate(example.call), evaluate(example.value)];
    if (timed(() => isDeepStrictEqual(got, wanted), most)) return { status: "passed", message: "" };
    return { status: "failed", message: timed(() => `${example.call}\nexpected ${show(wanted)}\ngot ${show(got)}`, most) };
  } catch (error) {
    const told = safely(() => `${error?.name}: ${error?.message}`, most) ?? "it throws what cannot be looked at";
    const said = error === late ? `took longer than ${config.test_seconds} s` : told;
    return { status: "failed", message: `${example.call}\n${said}`.slice(0, 1500) };
  }
}

async function exportsOf(path) {
  const loaded = path.endsWith(".cjs") ? createRequire(import.meta.url)(path) : await import(pathToFileURL(path).href);
  const inner = loaded.default;
  return inner !== null && typeof inner === "object" && Object.keys(loaded).length === 1 ? { ...inner } : { ...loaded };
}

async function runModule(job) {
  let exported;
  try {
    exported = await exportsOf(`/work/${job.place}`);
  } catch (error) {
    const told = safely(() => `${error?.name}: ${error?.message}`, 1000) ?? "it throws what cannot be looked at";
    return `the module cannot be imported: ${told}`.slice(0, 300);
  }
  const failed = new Map();
  for (const example of job.examples) {
    const told = Date.now() > ends ? { status: "missing", message: NO_TIME } : tryExample(exported, example);
    const known = failed.get(example.name);
    if (known === undefined || known.status === "passed") failed.set(example.name, told);
  }
  for (const [name, told] of failed) send("doctest", { place: job.place, name, ...told });
  for (const name of Object.keys(job.inputs)) {
    if (Date.now() < ends) send("behaviour", { place: job.place, name, ...tryBehaviour(exported[name], job, name) });
  }
  return "";
}

for (const job of config.modules) {
  const reason = Date.now() > ends ? NO_TIME : await runModule(job);
  send("module", { place: job.place, reason });
}
send("end", { code: 0 });
process.exit(0);
