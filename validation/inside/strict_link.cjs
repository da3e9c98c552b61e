// Runs in the oracle: the code under test as the tests see it, which is never here. What is no value and no container is a
// stand-in: all it does happens over there. What a test does that cannot be seen from here is noted: it needs company.
"use strict";
const { AsyncResource } = require("node:async_hooks");
const { types } = require("node:util");
const { Channel } = require("./strict_channel.cjs");
const { Peer } = require("./strict_peer.cjs");
const { DECIDES } = require("./strict_wire.cjs");

const MOST_KEPT = 500; // containers kept in step from one test to the next
const SYMBOLS = new Set([Symbol.iterator, Symbol.asyncIterator, Symbol.toPrimitive, Symbol.toStringTag, Symbol.hasInstance]);
const EMPTY = { needs: [], library_objects: false };

let peer;
let broken = "";
let found = { needs: new Set(), library_objects: false };
const contexts = new WeakMap(); // function of a test -> the test as Node knows it
let latest = new AsyncResource("oracle");
const live = new Map(); // path -> what takes the newest values of its exports

const need = (what) => found.needs.add(what);

/** Reach the code over there, which forgets whatever came before. */
function open(input, output) {
  if (peer) return peer.begin(String(process.hrtime.bigint()));
  const role = { describe, standIn, serve, after: tell, lost: (error) => (broken ||= error.message) };
  peer = new Peer(new Channel(input, output), 1, role);
  return peer.begin(String(process.hrtime.bigint()));
}

/** One test more, or less, that waits for what the code may do. */
const stay = (change) => peer?.stay(change);

/** What was noted since the last call; the end of a test. */
function since() {
  if (peer && !broken && peer.ask("strays") > 0) need("an error of the code was caught by nobody");
  const noted = found;
  found = { needs: new Set(), library_objects: false };
  if (peer && !broken && peer.shared > MOST_KEPT) {
    peer.ask("forget");
    peer.forget();
  }
  return peer ? { needs: [...noted.needs].sort(), library_objects: noted.library_objects, decided: [] } : EMPTY;
}

const isClass = (thing) => /^class\b/.test(Function.prototype.toString.call(thing));

function describe(thing) {
  if (typeof thing === "symbol") return ["symbol", thing.description];
  if (typeof thing === "function") {
    if (isClass(thing)) need(`a class of the tests (${thing.name}) is handed to the code`);
    latest = new AsyncResource("callback");
    if (!contexts.has(thing)) contexts.set(thing, latest);
    return ["function", String(thing.name), Number(thing.length)];
  }
  return ["opaque"];
}

// The code under test may call the functions that the tests gave it, and nothing else.
function serve(operation, [thing, self, args]) {
  if (operation === "touch") need("the code looks into an object of the tests, or changes it");
  if (operation === "uncaught") {
    need("an error of the code was caught by nobody");
    latest.runInAsyncScope(() => setImmediate(() => { throw thing; })); // so that it ends the test, as beside the code
  }
  if (operation !== "call" || typeof thing !== "function" || !Array.isArray(args)) return undefined;
  latest = contexts.get(thing) ?? latest;
  return latest.runInAsyncScope(thing, self, ...args);
}

function tell(changes) {
  for (const [path, exported] of changes[0] ?? []) live.get(path)?.(exported);
}

function standIn(kind, number, [name]) {
  if (kind === "symbol") {
    need("a symbol of the code comes back");
    return Symbol(typeof name === "string" ? name : "");
  }
  found.library_objects ||= kind === "library";
  const target = kind === "class" ? function () {} : kind === "function" ? () => {} : {};
  const self = new Proxy(target, traps(() => self, kind === "class"));
  return self;
}

const own = (thing) => (thing !== null && typeof thing === "object" && types.isModuleNamespaceObject(thing) ? undefined : thing);

function traps(self, constructible) {
  return {
    get(_target, key, receiver) {
      if (typeof key === "symbol" && !SYMBOLS.has(key) && !peer.isBorrowed(key)) return undefined;
      if (DECIDES.has(key)) return undefined;
      const known = receiver === self() || !(peer.isBorrowed(receiver) || peer.isShared(receiver));
      const value = peer.ask("get", self(), key, known ? self() : receiver);
      if (key === Symbol.hasInstance && peer.isBorrowed(value)) need("the code decides what is an instance of its class");
      return value;
    },
    set(_target, key, value, receiver) {
      if (receiver !== self()) return Reflect.defineProperty(receiver, key, { configurable: true, enumerable: true, value, writable: true });
      return peer.ask("set", self(), key, value) === true;
    },
    has: (_target, key) => (typeof key === "string" && !DECIDES.has(key) ? peer.ask("has", self(), key) === true : false),
    deleteProperty: (_target, key) => peer.ask("delete", self(), key) === true,
    apply: (_target, thing, args) => peer.ask("call", self(), own(thing), args),
    construct(_target, args, maker) {
      if (maker !== self()) need("a class of the tests is made from one of the code");
      return asObject(peer.ask("construct", self(), args));
    },
    getPrototypeOf: () => asObject(peer.ask("prototype", self())),
    ownKeys: () => [...new Set([...peer.ask("keys", self()).map(String), ...(constructible ? ["prototype"] : [])])],
    getOwnPropertyDescriptor(_target, key) {
      const one = typeof key === "string" ? peer.ask("descriptor", self(), key) : undefined;
      if (one === undefined) return undefined;
      const fixed = constructible && key === "prototype";
      return { configurable: !fixed, enumerable: !fixed && one.enumerable === true, value: one.value, writable: true };
    },
    defineProperty: () => refuse("a test defines a property of an object of the code"),
    setPrototypeOf: () => refuse("a test changes a prototype of the code"),
    preventExtensions: () => refuse("a test freezes an object of the code"),
    isExtensible() {
      if (peer.ask("extensible", self()) !== true) need("a test asks whether an object of the code is frozen");
      return true;
    },
  };
}

function refuse(what) {
  need(what);
  return false;
}

function asObject(thing) {
  if (thing === null || typeof thing === "object" || typeof thing === "function") return thing;
  throw new TypeError("the code under test gave no object");
}

// What hollow modules consist of: equal to nothing, returns itself whatever it is asked.
const nothing = new Proxy(function () {}, {
  get: (_target, name) => (typeof name === "symbol" || name === "then" ? undefined : nothing),
  apply: () => nothing,
  construct: () => nothing,
});

/** The exports of a module under test by name, or of a hollow one. `update` is told when they change. */
function load(path, update, names) {
  if (!peer || link.hollow) return names.map((name) => [name, nothing]);
  live.set(path, update);
  return peer.ask("import", path);
}

/** What `require` gives of a module under test, or of a hollow one. */
const required = (path) => (peer && !link.hollow ? peer.ask("require", path) : nothing);

/** What was noted of the whole phase. */
const notes = () => ({ broken });

// The stubs find it here, whatever loads them.
const link = { open, since, stay, load, required, notes, need, hollow: false };
globalThis.mgeLink = module.exports = link;
