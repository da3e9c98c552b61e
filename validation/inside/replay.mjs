// Runs inside the sandbox: what functions of the project's scripts answer to given calls, recorded ones and variations.
//
// As replay.py: one state of the code is asked by one process; the answers of two states are compared outside. Records go
// over the inherited pipe, each with the nonce: `start`, `behaviour` (one for each function), `end`.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import vm from "node:vm";

import { Decoder, Held, render, shortened } from "./call_values.mjs";
import { claim, holeOf, open } from "./node_channel.mjs";
import { transpile } from "./node_transpile.mjs";

const ROOT = "/work";
const PRINTED = 400;
const LONG = 800; // characters of an input or an answer
const ASKED = 8; // calls of a function that a function made
const ITEMS = 60; // that are taken of an iterator
const LATE = "no answer in time";
const TRIES = 3; // of a call that the clock stopped while the processor did something else

const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, "");
delete process.env.MGE_RESULT_FD;
const send = claim();
claim(); // nobody else needs it
send("start", { node: process.version });
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

class OutOfTime extends Error {}
const script = new vm.Script("globalThis.__mgeCall()");
const spent = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

/** Call in this realm, with an end to it: V8 stops a loop that has none. */
function timed(call) {
  globalThis.__mgeCall = call;
  try {
    return script.runInThisContext({ timeout: config.call_seconds * 1000 });
  } catch (error) {
    if (error?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new OutOfTime();
    throw error;
  }
}

/** What a promise settles with; the clock alone ends the wait. */
function waited(promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfTime()), config.call_seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function settled(value, then = []) {
  if (types.isPromise(value)) return settled(await waited(value), then);
  const asks = then.length > 0 ? functionsIn(value, then) : [];
  if (asks.length > 0) return `${timed(() => render(value))}${await saidBy(asks)}`;
  if (!types.isGeneratorObject(value) || types.isProxy(value)) return timed(() => render(value));
  const items = [];
  while (items.length < ITEMS) {
    let step = timed(() => value.next());
    if (types.isPromise(step)) step = await waited(step);
    if (step.done) {
      if (step.value !== undefined) items.push(step.value);
      break;
    }
    items.push(step.value);
  }
  return `yields ${render(items)}`;
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
        answer = await settled(timed(() => Reflect.apply(called, self, args)));
      } catch (error) {
        if (error instanceof OutOfTime) throw error;
        answer = meant(error) ? failure(error) : "raises"; // these inputs are not its own
      }
      told += `; its ${name}(${args.map((one) => render(one)).join(", ")}) gives ${answer}`;
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
    const value = timed(() => (job.made ? Reflect.construct(called, args) : Reflect.apply(called, self, args)));
    told.answer = await settled(value, job.then);
    // Who answers nothing may have told its callbacks. How often others ask them is their own business.
    if (told.answer === "undefined" && decoder.said.length > 0) told.answer += `; told ${decoder.said.join(" ")}`;
  } catch (error) {
    told.answer = error instanceof OutOfTime ? LATE : failure(error);
    told.meant = meant(error);
  }
  told.took = spent() - began;
  if (told.answer === LATE) return told;
  for (const [n, [name, value]] of rows.entries()) {
    const after = render(value);
    if (after !== before[n]) told.answer += `; ${name} became ${after}`;
  }
  const printed = said();
  if (printed) told.answer += `; printed ${JSON.stringify(printed.slice(0, PRINTED))}`;
  told.answer = shortened(told.answer, LONG);
  return told;
}

// "raises" for what the language threw by itself: of a draft that is no measure.
function failure(error) {
  const hole = holeOf(error);
  if (hole) return `hole: ${hole}`;
  const name = typeof error?.name === "string" ? error.name : typeof error;
  return `${meant(error) ? "throws" : "raises"} ${name.slice(0, 60)}`;
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
    told.reason = `${error?.name}: ${error?.message}`.slice(0, 300);
  }
  send("behaviour", told);
}
send("end", { code: 0 });
process.exit(0);
