// Runs inside the sandbox: what functions of the project's scripts answer to given calls, recorded ones and variations.
//
// As replay.py: one state of the code is asked by one process; the answers of two states are compared outside. Records go
// over the inherited pipe, each with the nonce: `start`, `behaviour` (one for each function), `end`.
import { pathToFileURL } from "node:url";
import { types } from "node:util";

import { Decoder, Held, render, shortened } from "./call_values.mjs";
import { begin, late, safely, timed } from "./node_ask.mjs";
import { holeOf } from "./node_channel.mjs";
import { transpile } from "./node_transpile.mjs";

const ROOT = "/work";
const PRINTED = 400;
const LONG = 800; // characters of an input or an answer
const ASKED = 8; // calls of a function that a function made
const ITEMS = 60; // that are taken of an iterator
const LATE = "no answer in time";
const HIDDEN = "what cannot be looked at";
const TRIES = 3; // of a call that the clock stopped while the processor did something else

const { config, send } = begin();
const limit = config.call_seconds * 1000; // of one call, milliseconds
const held = new Held();
Object.defineProperty(globalThis, "__mge", { value: { see() {}, held: (place, entries) => held.add(place, entries) } });
const meant = meantErrors();
const said = listen();
await transpile(config.transpile, config.esbuild);
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, () => {});

/** Errors of the language's own kinds that code made: what an operation makes of a strange input was meant by nobody. */
function meantErrors() {
  const made = new WeakSet();
  for (const Kind of [TypeError, RangeError, ReferenceError, SyntaxError, URIError, EvalError]) {
    const kept = (error) => (made.add(error), error);
    const seen = new Proxy(Kind, {
      construct: (_kind, given, target) => kept(Reflect.construct(Kind, given, target === seen ? Kind : target)),
      apply: (_kind, _self, given) => kept(Kind(...given)),
    });
    Kind.prototype.constructor = seen;
    globalThis[Kind.name] = seen;
  }
  const natural = [TypeError, RangeError, ReferenceError, SyntaxError, URIError, EvalError];
  return (error) => made.has(error) || !natural.some((Kind) => error instanceof Kind);
}

/** Take what the code prints; asked, it says what that was since the last time. */
function listen() {
  let text = "";
  const write = (chunk, ...rest) => {
    if (text.length < PRINTED) text += String(chunk).slice(0, PRINTED);
    const done = rest.at(-1);
    if (typeof done === "function") setImmediate(done);
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  return () => {
    const told = text;
    text = "";
    return told;
  };
}

const spent = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

const { setTimeout: after, clearTimeout: cancel } = globalThis; // as they are before any foreign code
const { then: whenSettled } = Promise.prototype;
const run = (call) => timed(call, limit);

/** What a promise settles with; the clock alone ends the wait. */
function waited(promise) {
  return new Promise((resolve, reject) => {
    const timer = after(() => reject(late), limit);
    const ended = (settle) => (value) => (cancel(timer), settle(value));
    run(() => Reflect.apply(whenSettled, promise, [ended(resolve), ended(reject)]));
  });
}

async function settled(value, then = []) {
  if (types.isPromise(value)) return settled(await waited(value), then);
  const asks = then.length > 0 ? functionsIn(value, then) : [];
  if (asks.length > 0) return `${run(() => render(value))}${await saidBy(asks)}`;
  if (!types.isGeneratorObject(value) || types.isProxy(value)) return run(() => render(value));
  const items = [];
  while (items.length < ITEMS) {
    let step = run(() => value.next());
    if (types.isPromise(step)) step = await waited(step);
    const [done, item] = run(() => [step.done, step.value]);
    if (!done || item !== undefined) items.push(item);
    if (done) break;
  }
  return `yields ${run(() => render(items))}`;
}

/** What a function made, to be asked in turn: `[name, function, receiver, calls]`. */
function functionsIn(value, then) {
  if (typeof value === "function") return [["", value, undefined, then.map(([, call]) => call).slice(0, ASKED)]];
  if (value === null || typeof value !== "object" || types.isProxy(value)) return [];
  const found = [];
  for (const key of Object.keys(value).sort().slice(0, ASKED)) {
    const own = Object.getOwnPropertyDescriptor(value, key).value;
    const calls = then.filter(([name]) => name === key).map(([, call]) => call);
    if (typeof own === "function") found.push([key, own, value, calls.slice(0, ASKED)]);
  }
  return found;
}

/** The answers of what a function made: in this order, for they may share a state. */
async function saidBy(asks) {
  let told = "";
  for (const [name, called, self, calls] of asks) {
    for (const call of calls) {
      const decoder = new Decoder(call.h, held);
      const args = call.p.filter(([one]) => one !== "this").map(([, , value]) => decoder.decode(value));
      let answer;
      try {
        answer = await settled(run(() => Reflect.apply(called, self, args)));
      } catch (error) {
        if (error === late) throw error;
        const thrown = failure(error);
        answer = thrown.meant ? thrown.answer : "raises"; // these inputs are not its own
      }
      const given = safely(() => args.map((one) => render(one)).join(", "), limit) ?? HIDDEN;
      told += `; its ${name}(${given}) gives ${answer}`;
    }
  }
  return told;
}

/** One call put to a function: `{given, answer, meant, took}`. */
async function asked(job, call) {
  const decoder = new Decoder(call.h, held);
  const rows = call.p.map(([name, , value]) => [name, decoder.decode(value)]);
  const self = rows[0]?.[0] === "this" ? rows[0][1] : undefined;
  const args = rows.filter(([name], n) => n > 0 || name !== "this").map(([, value]) => value);
  const before = rows.map(([, value]) => render(value));
  const given = `(${shortened(rows.map(([name], n) => `${name}=${before[n]}`).join(", "), LONG)})`;
  const called = await functionOf(job);
  said();
  const began = spent();
  const told = { given, answer: "", meant: true, took: 0 };
  try {
    const value = run(() => (job.made ? Reflect.construct(called, args) : Reflect.apply(called, self, args)));
    told.answer = await settled(value, job.then);
    // Who answers nothing may have told its callbacks. How often others ask them is their own business.
    if (told.answer === "undefined" && decoder.said.length > 0) told.answer += `; told ${decoder.said.join(" ")}`;
  } catch (error) {
    Object.assign(told, error === late ? { answer: LATE } : failure(error));
  }
  told.took = spent() - began;
  if (told.answer === LATE) return told;
  told.answer += safely(() => changes(rows, before), limit) ?? `; arguments became ${HIDDEN}`;
  const printed = said();
  if (printed) told.answer += `; printed ${JSON.stringify(printed.slice(0, PRINTED))}`;
  told.answer = shortened(told.answer, LONG);
  return told;
}

function changes(rows, before) {
  const now = rows.map(([name, value]) => [name, render(value)]);
  return now.map(([name, text], n) => (text === before[n] ? "" : `; ${name} became ${text}`)).join("");
}

/** An error as an answer: "raises" for what the language threw by itself, which is no measure of a draft. */
function failure(error) {
  const look = () => {
    const hole = holeOf(error);
    if (hole) return { answer: `hole: ${hole}`, meant: true };
    const name = typeof error?.name === "string" ? error.name : typeof error;
    return { answer: `${meant(error) ? "throws" : "raises"} ${name.slice(0, 60)}`, meant: meant(error) };
  };
  return safely(look, limit) ?? { answer: `throws ${HIDDEN}`, meant: true };
}

const modules = new Map();

async function functionOf({ place, name }) {
  const found = name === "default" ? modules.get(place).default : held.find(place, name);
  if (typeof found !== "function") throw new Error("it is no function");
  return found;
}

async function answers(job) {
  const calls = [...job.calls.entries()];
  const until = spent() + config.function_seconds;
  const rows = [];
  for (const [number, text] of config.reversed ? calls.reverse() : calls) {
    if (Date.now() > ends || spent() > until) break;
    let told;
    for (let n = 0; n < TRIES && (told === undefined || isHindered(told)); n += 1) {
      try {
        told = await asked(job, JSON.parse(text));
      } catch {
        break; // a call that cannot be put together here is no measure
      }
    }
    if (told === undefined) continue;
    const measure = (number < job.recorded || told.meant) && told.took < config.quick_seconds && told.answer !== LATE;
    if (!config.reference || measure) rows.push([told.given, told.answer]);
    if (told.answer === LATE) break;
  }
  return rows;
}

const isHindered = ({ answer, took }) => answer === LATE && took < config.call_seconds / 2;

const ends = Date.now() + config.seconds * 1000;
for (const job of config.jobs) {
  if (Date.now() > ends) break;
  const told = { place: job.place, name: job.name };
  job.made = job.name.startsWith("new ");
  job.name = job.name.replace(/^new /, "");
  job.then = job.then.map(([name, call]) => [name, JSON.parse(call)]);
  try {
    modules.set(job.place, await import(pathToFileURL(`${ROOT}/${job.place}`).href));
    told.answers = await answers(job);
  } catch (error) {
    told.reason = (safely(() => `${error?.name}: ${error?.message}`, limit) ?? HIDDEN).slice(0, 300);
  }
  send("behaviour", told);
}
send("end", { code: 0 });
process.exit(0);
