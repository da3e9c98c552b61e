// Records, inside the sandbox, with what arguments tests call the functions of the project's scripts.
//
// Words at the start of each function tell (domain/script_recording.py); each test has a bound of events, and so has the
// whole process. Only calls whose arguments are plain values are kept, a few distinct ones of each function.
import { Encoder, Held } from "./call_values.mjs";

const PER_FUNCTION = 30;
const PER_TEST = 2; // of one function in one test, so that one loop does not fill its place
const TRIES = 150; // calls of one function that are looked at
const EVENTS = 20_000; // of one test
const ALL_EVENTS = 1_500_000;
const MILLISECONDS = 3000; // spent on taking calls apart, in one process
const CALL = 16_000; // characters
const NOT_ASCII = /[\u007f-\uffff]/g;

export class Recorder {
  #held = new Held();
  #known;
  #pending = [];
  #watching = false;
  #left = 0;
  #all = ALL_EVENTS;
  #time = MILLISECONDS;
  #busy = false;

  // functions: [path, name, parameters, whether it may look at more than these] by number
  constructor(functions) {
    this.#known = functions.map(([path, name, parameters, more]) => {
      return { path, name, parameters, most: more ? Infinity : parameters.length, left: TRIES, inTest: 0, calls: new Set() };
    });
    const hook = { see: (...call) => this.#see(...call), held: (place, entries) => this.#held.add(place, entries) };
    Object.defineProperty(globalThis, "__mge", { value: hook }); // not enumerable: some tests look for leaks
  }

  /** A test begins: what was called before belongs to none. */
  start() {
    this.take();
    this.#watching = this.#all > 0 && this.#time > 0;
    this.#left = EVENTS;
    if (this.#watching) this.#held.refresh();
  }

  /** What the test that ends here was the first to do, as path, name and call. */
  take() {
    if (this.#watching) this.#all -= EVENTS - Math.max(this.#left, 0);
    this.#watching = false;
    const found = this.#pending;
    this.#pending = [];
    for (const [seen] of found) seen.inTest = 0;
    return found.map(([seen, name, text]) => [seen.path, name, text]);
  }

  #see(number, self, given, target) {
    this.#left -= 1;
    const seen = this.#known[number];
    if (this.#left < 0 || !this.#watching || this.#busy || seen === undefined || seen.left <= 0 || seen.inTest >= PER_TEST) return;
    seen.left -= 1;
    this.#busy = true;
    const began = performance.now();
    try {
      this.#record(seen, target === undefined ? self : undefined, given, target === undefined ? seen.name : `new ${seen.name}`);
    } catch {
      // no plain value, or whatever an object under test does when it is looked at
    }
    this.#time -= performance.now() - began;
    this.#busy = false;
  }

  #record(seen, self, given, name) {
    const encoder = new Encoder(this.#held);
    const rows = self === undefined ? [] : [["this", "a", encoder.encode(self)]];
    for (let n = 0; n < Math.min(given.length, seen.most); n += 1) rows.push([seen.parameters[n] ?? `arg${n}`, "a", encoder.encode(given[n])]);
    const text = JSON.stringify({ p: rows, h: encoder.heap })
      .replace(NOT_ASCII, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
    const key = name + text;
    if (text.length > CALL || seen.calls.has(key) || seen.calls.size >= PER_FUNCTION) return;
    seen.calls.add(key);
    seen.inTest += 1;
    this.#pending.push([seen, name, text]);
  }
}
