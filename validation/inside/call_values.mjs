// Values of recorded calls of scripts, inside the sandbox: as JSON and back, and as texts that are equal for equal values.
//
// A call is {"p": [[name, kind, value], ...], "h": [node, ...]}, as in call_values.py; "this" comes first where it
// matters, and all kinds are "a". A value is a JSON atom, ["f", text] for a number that is no safe integer, ["u"] for
// undefined, or ["r", n]: node n of the heap, so that what is shared or cyclic stays so. Instances of classes of the
// project travel as the name of their class and what they hold. No code of theirs is run to take them apart.
import { types } from "node:util";

const NODES = 600; // of one call
const TEXT = 400; // characters of one text inside a call
const SHOWN = 240; // characters of a rendered value; longer ones end in a digest
const STEPS = 4000;
const DEPTH = 20;
const LETTERS = 1_000_000; // of all texts of one value, more are not looked at
const HEARD = 20; // calls of stand-ins
const FLOATS = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" };
const NUMBERS = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const ERRORS = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError];
const BYTES = [Buffer, Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int16Array, Uint32Array, Int32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array];

export class NotValue extends Error {}

// What the language has, the same in each process.
const BUILT_IN = new Map();
for (const name of ["Object", "Array", "Map", "Set", "Date", "RegExp", "Promise", "Symbol", "String", "Number", "Boolean",
  "BigInt", "parseInt", "parseFloat", "isNaN", "encodeURIComponent", "decodeURIComponent", ...ERRORS.map((one) => one.name)]) {
  BUILT_IN.set(name, globalThis[name]);
}
for (const owner of ["Math", "JSON", "Object", "Array", "Number", "String", "Symbol"]) {
  for (const key of Object.getOwnPropertyNames(globalThis[owner])) {
    const thing = globalThis[owner][key];
    if (["function", "symbol"].includes(typeof thing)) BUILT_IN.set(`${owner}.${key}`, thing);
  }
}
const BUILT_IN_NAMES = new Map([...BUILT_IN].map(([name, thing]) => [thing, name]));

/** What the modules of the project hold under a name. Their hooks fill it, see domain/script_functions.py. */
export class Held {
  #modules = new Map(); // place -> {name: [owner, key, kind]}
  #names = new Map(); // thing -> [place, name]
  #classes = new Map(); // prototype -> [place, name]

  add(place, entries) {
    this.#modules.set(place, entries);
  }

  /** The descriptor's part, or the thing itself. Throws where there is none. */
  find(place, name) {
    if (place === "" && BUILT_IN.has(name)) return BUILT_IN.get(name);
    const entry = this.#modules.get(place)?.[name];
    if (entry === undefined) throw new NotValue(`${place} has no ${name}`);
    const [owner, key, kind] = entry;
    if (key === null) return owner();
    return Object.getOwnPropertyDescriptor(owner(), key)[kind];
  }

  /** Look anew at what stands under the names. */
  refresh() {
    this.#names.clear();
    this.#classes.clear();
    for (const [place, entries] of this.#modules) {
      for (const name of Object.keys(entries)) {
        try {
          const thing = this.find(place, name);
          if (!named(thing) || this.#names.has(thing)) continue;
          this.#names.set(thing, [place, name]);
          const made = typeof thing === "function" && Object.getOwnPropertyDescriptor(thing, "prototype")?.value;
          if (made) this.#classes.set(made, [place, name]);
        } catch {
          // not there yet
        }
      }
    }
  }

  nameOf(thing) {
    return this.#names.get(thing) ?? (BUILT_IN_NAMES.has(thing) ? ["", BUILT_IN_NAMES.get(thing)] : undefined);
  }

  /** The class whose instances have this prototype. */
  classOf(prototype) {
    return this.#classes.get(prototype);
  }
}

// Sentinels, functions and objects full of functions are what they are by which one they are.
function named(thing) {
  if (typeof thing === "symbol" || typeof thing === "function") return true;
  if (thing === null || typeof thing !== "object" || types.isProxy(thing)) return false;
  const kept = Object.getOwnPropertyNames(thing).map((key) => Object.getOwnPropertyDescriptor(thing, key));
  return Object.isFrozen(thing) || kept.some((one) => typeof one.value === "function" || one.get);
}

/** In place of a function without a name: deterministic, and good enough to compare two callers; `none`: no answer. */
function standIn(none, told) {
  const made = (...values) => {
    told(values);
    if (none || values.length === 0) return none ? undefined : 1;
    const [first, second] = values;
    return ["number", "string", "bigint"].includes(typeof first) && typeof first === typeof second ? first + second : first;
  };
  if (none) SILENT.add(made);
  return made;
}

const SILENT = new WeakSet(); // inputs are told apart by their texts

/** Takes one call apart. Throws NotValue. */
export class Encoder {
  heap = [];
  #known = new Map();
  #held;

  constructor(held) {
    this.#held = held;
  }

  encode(value, depth = 0) {
    if (value === null || typeof value === "boolean") return value;
    if (value === undefined) return ["u"];
    if (typeof value === "string") return bounded(value);
    if (typeof value === "number") {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value;
      return ["f", FLOATS[String(value)] ?? (Object.is(value, -0) ? "-0.0" : String(value))];
    }
    if (this.#known.has(value)) return ["r", this.#known.get(value)];
    if (this.heap.length >= NODES || depth > DEPTH) throw new NotValue("too large");
    const number = this.heap.length;
    this.#known.set(value, number);
    this.heap.push(null);
    this.heap[number] = this.#node(value, depth + 1);
    return ["r", number];
  }

  #node(value, depth) {
    if (typeof value === "bigint") return ["bigint", bounded(String(value))];
    const name = this.#held.nameOf(value);
    if (name) return ["global", ...name];
    if (typeof value === "symbol") {
      const key = Symbol.keyFor(value);
      if (key === undefined) throw new NotValue("a symbol");
      return ["symbol", bounded(key)];
    }
    if (types.isProxy(value)) throw new NotValue("a proxy");
    if (typeof value === "function") {
      if (/^class\b/.test(Function.prototype.toString.call(value))) throw new NotValue("a class");
      return ["stand_in", ""];
    }
    return this.#whole(value, Object.getPrototypeOf(value), depth);
  }

  #whole(value, proto, depth) {
    const each = (list) => this.#bounded(list).map((one) => this.encode(one, depth));
    const pairs = (list) => this.#bounded(list).map((row) => row.map((one) => this.encode(one, depth)));
    if (Array.isArray(value) && proto === Array.prototype && Object.getOwnPropertyNames(value).length === value.length + 1) {
      return ["list", each(own(value, "length").map(([, one]) => one))];
    }
    if (types.isMap(value) && proto === Map.prototype) return ["map", pairs([...Map.prototype.entries.call(value)])];
    if (types.isSet(value) && proto === Set.prototype) return ["set", each([...Set.prototype.values.call(value)])];
    if (types.isDate(value) && proto === Date.prototype) return ["Date", String(Date.prototype.getTime.call(value))];
    if (types.isRegExp(value) && proto === RegExp.prototype) return ["RegExp", bounded(value.source), value.flags];
    if (types.isTypedArray(value) && BYTES.some((one) => one.prototype === proto)) {
      const data = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
      return ["bytes", proto.constructor.name, bounded(data)];
    }
    const error = types.isNativeError(value) && ERRORS.find((one) => one.prototype === proto);
    if (error) return ["Error", error.name, bounded(String(Object.getOwnPropertyDescriptor(value, "message")?.value ?? ""))];
    if (isExotic(value)) throw new NotValue("an object of another kind");
    if (proto === Object.prototype) return ["dict", this.#held_by(value, depth)];
    const kind = proto === null ? ["", "null"] : this.#held.classOf(proto);
    if (!kind) throw new NotValue("an instance of a class without a name");
    return ["object", ...kind, [], this.#held_by(value, depth)];
  }

  #held_by(value, depth) {
    return this.#bounded(own(value)).map(([key, one]) => [bounded(key), this.encode(one, depth)]);
  }

  #bounded(items) {
    if (items.length + this.heap.length > NODES) throw new NotValue("too large");
    return items;
  }
}

function bounded(text) {
  if (text.length > TEXT) throw new NotValue("a long text");
  return text;
}

const isExotic = (value) =>
  Array.isArray(value) || ArrayBuffer.isView(value) || types.isNativeError(value) || types.isBoxedPrimitive(value) ||
  types.isExternal(value) || types.isAnyArrayBuffer(value) || types.isPromise(value) || types.isGeneratorObject(value) ||
  types.isMap(value) || types.isSet(value) || types.isDate(value) || types.isRegExp(value) || types.isWeakMap(value) ||
  types.isWeakSet(value) || types.isMapIterator(value) || types.isSetIterator(value) || types.isModuleNamespaceObject(value) ||
  types.isArgumentsObject(value);

function own(value, hidden) {
  if (Object.getOwnPropertySymbols(value).length > 0) throw new NotValue("symbols as keys");
  const found = [];
  for (const key of Object.getOwnPropertyNames(value)) {
    if (key === hidden) continue;
    const one = Object.getOwnPropertyDescriptor(value, key);
    if (!("value" in one)) throw new NotValue("an accessor");
    found.push([key, one.value]);
  }
  return found;
}

/** Puts the values of one call together again, each time anew. Throws NotValue for anything malformed. */
export class Decoder {
  said = []; // with what stand-ins were called
  #heap;
  #held;
  #made = new Map();

  constructor(heap, held) {
    this.#heap = heap;
    this.#held = held;
  }

  decode(value) {
    if (!Array.isArray(value)) return value;
    const [tag, what] = value;
    if (tag === "u") return undefined;
    if (tag === "f") return what in NUMBERS ? NUMBERS[what] : Number(what);
    if (tag === "i") return Number(what);
    if (tag !== "r" || !(what in this.#heap)) throw new NotValue("a malformed value");
    if (!this.#made.has(what)) this.#build(what, this.#heap[what]);
    return this.#made.get(what);
  }

  #build(number, [tag, first, second, , held]) {
    const keep = (thing) => (this.#made.set(number, thing), thing);
    if (tag === "list") {
      const made = keep([]);
      for (const one of first) made.push(this.decode(one));
    } else if (tag === "map") {
      const made = keep(new Map());
      for (const [key, one] of first) made.set(this.decode(key), this.decode(one));
    } else if (tag === "set") {
      const made = keep(new Set());
      for (const one of first) made.add(this.decode(one));
    } else if (tag === "dict") {
      this.#fill(keep({}), first);
    } else if (tag === "object") {
      const proto = second === "null" && first === "" ? null : this.#held.find(first, second).prototype;
      this.#fill(keep(Object.create(proto)), held);
    } else {
      keep(this.#leaf(tag, first, second));
    }
  }

  #leaf(tag, first, second) {
    if (tag === "bigint") return BigInt(first);
    if (tag === "symbol") return Symbol.for(first);
    if (tag === "global") return this.#held.find(first, second);
    if (tag === "stand_in") return standIn(first === "none", (values) => this.#heard(values));
    if (tag === "Date") return new Date(Number(first));
    if (tag === "RegExp") return new RegExp(first, second);
    if (tag === "Error") return new (ERRORS.find((one) => one.name === first) ?? Error)(second);
    const Kind = tag === "bytes" && BYTES.find((one) => one.name === first);
    if (!Kind) throw new NotValue("a malformed node");
    const data = Buffer.from(second, "hex");
    return Kind === Buffer ? data : new Kind(new Uint8Array(data).buffer);
  }

  #heard(values) {
    if (this.said.length < HEARD) this.said.push(render(values));
  }

  #fill(made, rows) {
    for (const [key, one] of rows) {
      Object.defineProperty(made, this.decode(key), { configurable: true, enumerable: true, writable: true, value: this.decode(one) });
    }
  }
}

/** The text, or its beginning with a digest of the whole: different texts stay different. */
export function shortened(text, most) {
  if (text.length <= most) return text;
  let [a, b] = [7, 1];
  for (let n = 0; n < text.length; n += 1) {
    a = (Math.imul(a, 31) + text.charCodeAt(n)) | 0;
    b = (Math.imul(b, 65599) ^ text.charCodeAt(n)) | 0;
  }
  return `${text.slice(0, most)}... ${text.length} characters, ${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}

/** A text that is equal for equal values; what is no plain value shows its kind only. Bounded by a digest. */
export function render(value) {
  return shortened(new Renderer().of(value, 0), SHOWN);
}

class Renderer {
  #steps = 0;
  #letters = LETTERS;
  #open = new Set();

  of(value, depth) {
    this.#steps += 1;
    if (this.#steps > STEPS || depth > DEPTH || this.#open.has(value)) return "...";
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number") return Object.is(value, -0) ? "0" : String(Number.isInteger(value) ? value : Number(value.toPrecision(12)));
    if (typeof value === "bigint") return this.#text(`${value}n`).slice(1, -1);
    if (typeof value === "symbol") return String(value);
    if (SILENT.has(value)) return "<silent>";
    if (typeof value === "function") return /^class\b/.test(Function.prototype.toString.call(value)) ? "<class>" : "<function>";
    if (value === null || typeof value !== "object") return String(value);
    if (types.isProxy(value)) return "<Proxy>";
    this.#open.add(value);
    const text = this.#whole(value, depth + 1);
    this.#open.delete(value);
    return text;
  }

  #text(value) {
    this.#letters -= value.length;
    if (this.#letters < 0) return `"..." ${value.length}`;
    return JSON.stringify(shortened(value, 4 * SHOWN));
  }

  #whole(value, depth) {
    const each = (list) => list.map((one) => this.of(one, depth));
    const name = nameOf(value);
    if (types.isDate(value)) return `Date(${Date.prototype.getTime.call(value)})`;
    if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
    if (types.isBoxedPrimitive(value)) return `Boxed(${String(value.valueOf())})`;
    if (ArrayBuffer.isView(value)) return this.#bytes(value, name);
    if (types.isPromise(value) || types.isGeneratorObject(value)) return `<${name}>`;
    const parts = this.#parts(value, depth);
    if (Array.isArray(value)) return `${name === "Array" ? "" : name}[${parts.join(", ")}]`;
    if (types.isMap(value)) {
      const rows = [...Map.prototype.entries.call(value)].map((row) => each(row).join(" => "));
      return `${name}{${[...rows.sort(), ...parts].join(", ")}}`;
    }
    if (types.isSet(value)) return `${name}{${[...each([...Set.prototype.values.call(value)]).sort(), ...parts].join(", ")}}`;
    return `${name === "Object" ? "" : name}{${parts.join(", ")}}`;
  }

  #bytes(value, name) {
    this.#letters -= value.byteLength;
    if (this.#letters < 0) return `${name}(...) ${value.byteLength}`;
    return `${name}(${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")})`;
  }

  #parts(value, depth) {
    const list = Array.isArray(value);
    const error = types.isNativeError(value);
    const found = [];
    for (const key of Reflect.ownKeys(value)) {
      if ((list && key === "length") || (error && (key === "stack" || key === "message"))) continue;
      const one = Object.getOwnPropertyDescriptor(value, key);
      const text = "value" in one ? this.of(one.value, depth) : "<accessor>";
      found.push(list && /^\d+$/.test(String(key)) ? text : `${String(key)}: ${text}`);
    }
    return list ? found : found.sort();
  }
}

function nameOf(value) {
  const proto = Object.getPrototypeOf(value);
  if (proto === null) return "null ";
  const maker = Object.getOwnPropertyDescriptor(proto, "constructor")?.value;
  const name = typeof maker === "function" ? Object.getOwnPropertyDescriptor(maker, "name")?.value : undefined;
  return typeof name === "string" ? name : "?";
}
