// One side of the strict way: asks the other, serves what it asks, and keeps the tables of what was lent and borrowed.
// Both sides may ask at any time; who waits for an answer serves what comes meanwhile.
"use strict";
const { types } = require("node:util");
const { ProtocolError } = require("./strict_channel.cjs");
const { Codec } = require("./strict_wire.cjs");

class Peer {
  #channel;
  #codec;
  #role;
  #last = 0;
  #lent = 0;
  #answers = new Map();
  #mine = new Map(); // number -> thing of ours
  #numbers = new Map(); // thing of ours -> number
  #theirs = new Map(); // number -> our stand-in for a thing of theirs
  #borrowed = new Map(); // stand-in -> number
  #pending = new Map(); // number -> how to settle our copy of a promise of theirs
  #told = new WeakSet();
  #staying = 0;

  // role: describe(thing) -> [kind, ...] of what is lent; standIn(kind, number, rest) -> what stands for a thing of theirs;
  // serve(operation, values) -> value; before() -> more to tell with a message; after(told); lost(error).
  constructor(channel, first, role) {
    this.#channel = channel;
    this.#codec = new Codec(first, this);
    this.#role = role;
    channel.listen(() => this.#drain(), () => role.lost(new ProtocolError("the code under test has ended")));
  }

  get shared() {
    return this.#codec.size;
  }

  isShared(thing) {
    return this.#codec.isShared(thing);
  }

  isBorrowed(thing) {
    return this.#borrowed.has(thing);
  }

  forget() {
    this.#codec.forget();
  }

  /** Start anew with the other side, which may have spoken with someone before us; what it said to them is dropped. */
  begin(mark) {
    try {
      this.#channel.send(["begin", mark]);
      for (let frame = ["", ""]; frame[0] !== "began" || frame[1] !== mark; ) frame = this.#channel.wait();
      this.#clear();
      this.stay(0);
    } catch (error) {
      throw this.#trouble(error);
    }
  }

  #clear() {
    for (const table of [this.#mine, this.#numbers, this.#theirs, this.#borrowed, this.#pending, this.#answers]) table.clear();
    this.#told = new WeakSet();
    this.forget();
  }

  #began(mark) {
    this.#clear();
    this.#channel.send(["began", mark]);
  }

  /** Let the other side perform one operation; return its value or throw what it threw. */
  ask(operation, ...values) {
    const id = (this.#last += 1);
    try {
      this.#send(["ask", id, operation], values);
      while (!this.#answers.has(id)) this.#handle(this.#channel.wait());
      if (this.#channel.more) setImmediate(() => this.#drain()); // the event loop will not hear of it
    } catch (error) {
      throw this.#trouble(error);
    }
    const [good, value] = this.#answers.get(id);
    this.#answers.delete(id);
    if (good) return value;
    throw value;
  }

  // For the codec: handles.

  known(thing) {
    const number = this.#borrowed.get(thing);
    return number === undefined ? undefined : ["yours", number];
  }

  lend(thing) {
    let number = this.#numbers.get(thing);
    if (number === undefined) {
      number = this.#lent += 1; // never given twice, in no phase
      this.#mine.set(number, thing);
      this.#numbers.set(thing, number);
    }
    if (!types.isPromise(thing)) return ["mine", number, ...this.#role.describe(thing)];
    if (!this.#told.has(thing)) {
      this.#told.add(thing);
      Promise.prototype.then.call(thing, (value) => this.#settled(number, true, value), (value) => this.#settled(number, false, value));
    }
    return ["mine", number, "promise"];
  }

  resolve(tag, number, rest) {
    if (tag === "yours" && this.#mine.has(number)) return this.#mine.get(number);
    if (tag !== "mine" || !Number.isInteger(number)) throw new ProtocolError("unknown tag");
    if (!this.#theirs.has(number)) {
      const thing = rest[0] === "promise" ? this.#promise(number) : this.#role.standIn(rest[0], number, rest.slice(1));
      this.#theirs.set(number, thing);
      this.#borrowed.set(thing, number);
    }
    return this.#theirs.get(number);
  }

  #promise(number) {
    return new Promise((resolve, reject) => {
      this.#pending.set(number, [resolve, reject]);
      this.stay(0);
    });
  }

  /** Keep the process while someone stays, or a promise of theirs is open. */
  stay(change) {
    this.#staying += change;
    this.#channel.hold(this.#staying > 0 || this.#pending.size > 0);
  }

  #settled(number, good, value) {
    try {
      this.#send(["settled", number, good], [value]);
    } catch (error) {
      this.#trouble(error);
    }
  }

  #send(head, values) {
    const more = this.#role.before?.() ?? [];
    const { body, state } = this.#codec.pack([...values, ...more]);
    this.#channel.send([...head, values.length, body, state]);
  }

  #drain() {
    try {
      for (let frame = this.#channel.take(); frame !== undefined; frame = this.#channel.take()) this.#handle(frame);
    } catch (error) {
      this.#trouble(error);
    }
  }

  #trouble(error) {
    const trouble = error instanceof ProtocolError ? error : new ProtocolError(`malformed message: ${error?.message}`);
    this.#role.lost(trouble);
    return trouble;
  }

  #handle(frame) {
    const [kind, number, what, count, body, state] = frame;
    if (kind === "begin") return this.#began(number);
    const values = this.#codec.unpack({ body, state });
    const own = values.slice(0, count);
    if (values.length > count) this.#role.after?.(values.slice(count));
    if (kind === "answer") {
      this.#answers.set(number, [what === true, own[0]]);
    } else if (kind === "settled") {
      const waiting = this.#pending.get(number);
      this.#pending.delete(number);
      this.stay(0);
      waiting?.[what === true ? 0 : 1](own[0]);
    } else if (kind === "ask") {
      this.#answer(number, String(what), own);
    } else {
      throw new ProtocolError("unknown message");
    }
    return undefined;
  }

  #answer(id, operation, values) {
    let good = true;
    let value;
    try {
      value = this.#role.serve(operation, values);
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      [good, value] = [false, error];
    }
    if (this.#role.isLater?.(operation)) {
      value.then((one) => this.#send(["answer", id, true], [one]), (error) => this.#send(["answer", id, false], [error]));
    } else {
      this.#send(["answer", id, good], [value]);
    }
    if (operation === "forget") this.forget();
  }
}

module.exports = { Peer };
