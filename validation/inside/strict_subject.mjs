// Runs in the subject sandbox: has the code, and no tests. Answers what the oracle asks. Nothing here is a wall: the code
// under test shares this process and may answer what it likes, but only in values, and it knows no question beforehand.
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import channels from "./strict_channel.cjs";
import { transpile } from "./node_transpile.mjs";
import peers from "./strict_peer.cjs";

const { Channel } = channels;
const { Peer } = peers;
const config = JSON.parse(fs.readFileSync(0, "utf8"));
const fds = [Number(process.env.MGE_LINK_IN), Number(process.env.MGE_LINK_OUT)];
delete process.env.MGE_LINK_IN;
delete process.env.MGE_LINK_OUT;
await transpile(config.transpile, config.esbuild, config);
const require = createRequire("/work/oracle.js");

const seen = new Map(); // path -> [namespace, newest values told]
const GLOBALS = new Set(Object.getOwnPropertyNames(globalThis).map((name) => globalThis[name]));

function isLibrary(thing) {
  const maker = thing.constructor;
  return typeof maker === "function" && (GLOBALS.has(maker) || /\[native code\]/.test(Function.prototype.toString.call(maker)) || isExotic(thing));
}

const isExotic = (thing) => Array.isArray(thing) || thing instanceof Map || thing instanceof Set || thing instanceof Date || thing instanceof Promise;

function isConstructor(thing) {
  try {
    Reflect.construct(Object, [], thing);
    return true;
  } catch {
    return false;
  }
}

function describe(thing) {
  if (typeof thing === "symbol") return ["symbol", thing.description];
  if (typeof thing === "function") return [isConstructor(thing) ? "class" : "function"];
  return [isLibrary(thing) ? "library" : "object"];
}

function standIn(kind, _number, [name, length]) {
  if (kind === "symbol") return Symbol(name);
  if (kind === "function") {
    const lent = function (...args) {
      return peer.ask("call", self, this === globalThis ? undefined : this, args);
    };
    for (const [key, value] of Object.entries({ name, length })) Object.defineProperty(lent, key, { configurable: true, value });
    const changed = (change) => (...args) => (peer.ask("touch"), change(...args)); // the tests would not see it
    const self = new Proxy(lent, { set: changed(Reflect.set), defineProperty: changed(Reflect.defineProperty) });
    return self;
  }
  const look = () => {
    peer.ask("touch");
    return undefined;
  };
  const traps = ["get", "set", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor", "defineProperty", "deleteProperty"];
  return new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, (...args) => look() ?? Reflect[trap](...args)])));
}

// What would fail a test beside the code: errors that nobody caught. Here they end nothing; the tests are told.
const unheard = new Set();
process.on("uncaughtException", (error) => peer.ask("uncaught", error));
process.on("unhandledRejection", (_error, promise) => unheard.add(promise));
process.on("rejectionHandled", (promise) => unheard.delete(promise));

function strays() {
  const count = unheard.size;
  unheard.clear();
  return count;
}

const OPERATIONS = {
  strays,
  forget: () => undefined,
  get: (thing, key, self) => Reflect.get(thing, key, self),
  set: (thing, key, value) => Reflect.set(thing, key, value),
  has: (thing, key) => key in thing,
  delete: (thing, key) => Reflect.deleteProperty(thing, key),
  call: (thing, self, args) => Reflect.apply(thing, self, args),
  construct: (thing, args) => Reflect.construct(thing, args),
  prototype: (thing) => Object.getPrototypeOf(thing),
  keys: (thing) => Object.getOwnPropertyNames(thing),
  extensible: (thing) => Object.isExtensible(thing),
  descriptor(thing, key) {
    const one = Object.getOwnPropertyDescriptor(thing, key);
    return one && { enumerable: one.enumerable, value: "value" in one ? one.value : thing[key] };
  },
  async import(path) {
    const namespace = await import(pathToFileURL(path).href);
    const entries = Object.entries(namespace);
    seen.set(path, [namespace, new Map(entries)]);
    return entries;
  },
  require: (path) => require(path),
};

// The exports that have other values than the oracle knows.
function before() {
  const changes = [];
  for (const [path, [namespace, told]] of seen) {
    const fresh = Object.entries(namespace).filter(([name, value]) => !Object.is(told.get(name), value));
    for (const [name, value] of fresh) told.set(name, value);
    if (fresh.length > 0) changes.push([path, fresh]);
  }
  return changes.length > 0 ? [changes] : [];
}

const channel = new Channel(...fds);
const serve = (operation, values) => OPERATIONS[operation](...values);
const isLater = (operation) => operation === "import";
const peer = new Peer(channel, 2, { describe, standIn, serve, before, isLater, lost: () => process.reallyExit(0) });
peer.stay(1);
setInterval(() => {}, 1 << 30);
