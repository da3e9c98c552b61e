// The language between the two sandboxes of the strict way: plain values, containers kept in step, handles.
//
// A value stands for itself. Plain objects, arrays, maps, sets, dates, bytes and errors are containers: each has a number
// that both sides know, and every message carries what changed in them since the last one, so that identity, cycles and
// changes survive. Everything else is a handle, a number into its owner's table. Nothing is ever executed to decode.
"use strict";
const { types } = require("node:util");
const { ProtocolError } = require("./strict_channel.cjs");

const MOST_SHARED = 20_000;
const BYTES = new Map([Buffer, Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int16Array, Uint32Array, Int32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array].map((one) => [one.name, one]));

const DECIDES = new Set(["asymmetricMatch", "$$typeof"]); // with these a thing would decide what it equals

// Name -> what the language itself has, the same on both sides. Not Function: with it, strings would become code.
const KNOWN = new Map([["Function.prototype", Function.prototype], ["instanceof", Function.prototype[Symbol.hasInstance]]]);
for (const name of ["Object", "Array", "Map", "Set", "WeakMap", "WeakSet", "Date", "RegExp", "Promise", "Symbol",
  "String", "Number", "Boolean", "BigInt", "Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError",
  "URIError", "AggregateError", "ArrayBuffer", "URL", "URLSearchParams", "AbortController", "AbortSignal", "Buffer",
  "Uint8Array", "Float64Array", "Int32Array"]) {
  KNOWN.set(name, globalThis[name]);
  KNOWN.set(`${name}.prototype`, globalThis[name].prototype);
}
for (const name of ["parseInt", "parseFloat", "isNaN", "isFinite", "JSON", "Math", "console", "setTimeout", "clearTimeout",
  "setInterval", "clearInterval", "setImmediate", "queueMicrotask", "structuredClone"]) KNOWN.set(name, globalThis[name]);
for (const [owner, names] of [["JSON", ["parse", "stringify"]], ["Math", ["max", "min", "abs", "round", "floor", "ceil", "random"]], ["Date", ["now"]],
  ["Number", ["isInteger", "isFinite", "isNaN"]], ["Array", ["isArray"]], ["Object", ["keys", "values", "entries"]]]) {
  for (const name of names) KNOWN.set(`${owner}.${name}`, globalThis[owner][name]);
}
for (const name of ["iterator", "asyncIterator", "toPrimitive", "toStringTag", "hasInstance"]) KNOWN.set(`@${name}`, Symbol[name]);
const NAMES = new Map([...KNOWN].map(([name, thing]) => [thing, name]));

const HIDDEN = { configurable: true, writable: true, value: "" };
const asText = (value) => (Object.is(value, -0) ? "-0" : String(value));

/** Which kind of container a thing is; undefined for what can only be a handle. */
function kindOf(thing) {
  const proto = Object.getPrototypeOf(thing);
  if (types.isNativeError(thing)) return "error";
  if (Object.getOwnPropertySymbols(thing).length > 0) return undefined;
  if (Array.isArray(thing)) return proto === Array.prototype && plain(thing, "length") ? "array" : undefined;
  if (proto === Object.prototype || (proto === null && !types.isModuleNamespaceObject(thing))) return plain(thing) ? "object" : undefined;
  if (types.isMap(thing)) return proto === Map.prototype ? "map" : undefined;
  if (types.isSet(thing)) return proto === Set.prototype ? "set" : undefined;
  if (types.isDate(thing)) return proto === Date.prototype ? "date" : undefined;
  if (types.isRegExp(thing)) return proto === RegExp.prototype ? "regexp" : undefined;
  if (types.isTypedArray(thing)) return proto === BYTES.get(proto?.constructor?.name)?.prototype ? "bytes" : undefined;
  return undefined;
}

function plain(thing, hidden) {
  for (const key of Object.getOwnPropertyNames(thing)) {
    const one = Object.getOwnPropertyDescriptor(thing, key);
    if (key !== hidden && (!one.enumerable || !("value" in one))) return false;
  }
  return true;
}

const frozenness = (thing) => (Object.isFrozen(thing) ? 2 : Object.isSealed(thing) ? 1 : 0);

class Codec {
  #next;
  #byId = new Map();
  #ids = new WeakMap();
  #seen = new Map();
  #owner;

  // first: 1 or 2, so that both sides give different numbers. owner encodes and decodes handles.
  constructor(first, owner) {
    this.#next = first;
    this.#owner = owner;
  }

  get size() {
    return this.#byId.size;
  }

  /** Forget all containers: what crosses again is a new one. */
  forget() {
    this.#byId.clear();
    this.#ids = new WeakMap();
    this.#seen.clear();
  }

  isShared(thing) {
    return this.#ids.has(thing);
  }

  /** Values, and the state of every container that is new or has changed. */
  pack(values) {
    const body = values.map((value) => this.encode(value));
    const state = [];
    for (const [id, thing] of this.#byId) {
      const content = this.#contents(thing);
      const text = JSON.stringify(content);
      if (this.#seen.get(id) === text) continue;
      this.#seen.set(id, text);
      state.push([id, content]);
    }
    return { body, state };
  }

  unpack({ body, state }) {
    for (const [id, content] of state) {
      if (!Number.isInteger(id) || this.#byId.size > MOST_SHARED) throw new ProtocolError("malformed container");
      if (!this.#byId.has(id)) this.#register(id, this.#shell(content));
    }
    for (const [id, content] of state) this.#fill(this.#byId.get(id), content);
    for (const [id] of state) this.#seen.set(id, JSON.stringify(this.#contents(this.#byId.get(id))));
    return body.map((value) => this.decode(value));
  }

  encode(value) {
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (value === undefined) return ["u"];
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : ["n", asText(value)];
    if (typeof value === "bigint") return ["i", String(value)];
    if (NAMES.has(value)) return ["w", NAMES.get(value)];
    const handle = this.#owner.known(value);
    if (handle) return handle;
    if (typeof value === "object" && !types.isProxy(value)) {
      if (this.#ids.has(value)) return ["r", this.#ids.get(value)];
      if (kindOf(value)) {
        if (this.#byId.size > MOST_SHARED) throw new ProtocolError("too many objects cross");
        const id = this.#next;
        this.#next += 2;
        this.#register(id, value);
        return ["r", id];
      }
    }
    return this.#owner.lend(value);
  }

  decode(data) {
    if (!Array.isArray(data)) {
      if (data !== null && typeof data === "object") throw new ProtocolError("untagged value");
      return data;
    }
    const [tag, what, ...rest] = data;
    if (tag === "u") return undefined;
    if (tag === "n") return Number(what);
    if (tag === "i") return BigInt(what);
    if (tag === "w" && KNOWN.has(what)) return KNOWN.get(what);
    if (tag === "r" && this.#byId.has(what)) return this.#byId.get(what);
    return this.#owner.resolve(tag, what, rest);
  }

  #register(id, thing) {
    this.#byId.set(id, thing);
    this.#ids.set(thing, id);
  }

  #contents(thing) {
    const kind = kindOf(thing) ?? "object"; // a container that became more than that: its plain part
    const each = (list) => list.map((one) => this.encode(one));
    if (kind === "map") return [kind, [...thing].map(each)];
    if (kind === "set") return [kind, each([...thing])];
    if (kind === "date") return [kind, this.encode(thing.getTime())];
    if (kind === "regexp") return [kind, thing.source, thing.flags];
    if (kind === "bytes") {
      return [kind, Object.getPrototypeOf(thing).constructor.name, Buffer.from(thing.buffer, thing.byteOffset, thing.byteLength).toString("base64")];
    }
    if (kind === "error") return [kind, this.encode(Object.getPrototypeOf(thing)), this.#own(thing, ["stack"])];
    const own = this.#own(thing, kind === "array" ? ["length"] : []).map(([key, value]) => [key, value]);
    if (kind === "array") return [kind, frozenness(thing), thing.length, own];
    return [kind, frozenness(thing), Object.getPrototypeOf(thing) === null ? 0 : 1, own];
  }

  #own(thing, hidden) {
    const found = [];
    for (const key of Object.getOwnPropertyNames(thing)) {
      if (hidden.includes(key)) continue; // to read a stack is to run what its error's class says of it
      const one = Object.getOwnPropertyDescriptor(thing, key);
      if ("value" in one) found.push([key, this.encode(one.value), one.enumerable]);
    }
    return found;
  }

  #shell([kind, first, second]) {
    if (kind === "object") return second === 0 ? Object.create(null) : {};
    if (kind === "array") return [];
    if (kind === "map") return new Map();
    if (kind === "set") return new Set();
    if (kind === "date") return new Date(0);
    if (kind === "regexp") return new RegExp(first, second);
    if (kind === "error") return Object.defineProperties(new Error(), { message: HIDDEN, stack: HIDDEN });
    if (kind === "bytes" && BYTES.has(first)) {
      const bytes = Buffer.from(String(second), "base64");
      const Kind = BYTES.get(first);
      return Kind === Buffer ? bytes : new Kind(new Uint8Array(bytes).buffer);
    }
    throw new ProtocolError("unknown container");
  }

  #fill(thing, [kind, first, second, third]) {
    if ((kindOf(thing) ?? "object") !== kind) throw new ProtocolError("a container changed its kind");
    if (kind === "map") {
      const pairs = first.map(([key, value]) => [this.decode(key), this.decode(value)]);
      Map.prototype.clear.call(thing);
      for (const [key, value] of pairs) Map.prototype.set.call(thing, key, value);
    } else if (kind === "set") {
      const values = first.map((one) => this.decode(one));
      Set.prototype.clear.call(thing);
      for (const one of values) Set.prototype.add.call(thing, one);
    } else if (kind === "date") {
      Date.prototype.setTime.call(thing, this.decode(first));
    } else if (kind === "bytes") {
      Buffer.from(thing.buffer, thing.byteOffset, thing.byteLength).set(Buffer.from(String(second), "base64").subarray(0, thing.byteLength));
    } else if (kind === "error") {
      Object.setPrototypeOf(thing, this.decode(first));
      this.#set(thing, second, ["stack"]);
      Object.defineProperty(thing, "stack", { ...HIDDEN, value: this.#stack(second) });
    } else if (kind !== "regexp") {
      if (kind === "array") thing.length = second;
      this.#set(thing, third, kind === "array" ? ["length"] : []);
      if (first === 2) Object.freeze(thing);
      else if (first === 1) Object.seal(thing);
    }
  }

  #set(thing, pairs, kept) {
    const wanted = new Set([...kept, ...pairs.map(([key]) => key)]);
    for (const key of Object.getOwnPropertyNames(thing)) if (!wanted.has(key)) delete thing[key];
    for (const [key, value, enumerable = true] of pairs) {
      if (DECIDES.has(key) && Array.isArray(value) && value[0] === "mine") throw new ProtocolError("a thing that decides what it equals");
      Object.defineProperty(thing, key, { configurable: true, enumerable, writable: true, value: this.decode(value) });
    }
  }

  #stack(pairs) {
    const message = pairs.find(([key]) => key === "message")?.[1] ?? "";
    return `Error: ${message}\n    at the code under test`;
  }
}

module.exports = { Codec, DECIDES };
