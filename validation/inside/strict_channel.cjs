// Frames (a length and JSON) between the two sandboxes of the strict way, over two pipes: read at once and blocking where
// a call waits for its answer, and by the event loop where nobody waits.
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const { isMainThread } = require("node:worker_threads");

const MOST_BYTES = 4 * 1024 * 1024;
const PAUSE_MS = 0.05;
const CHUNK = 65536;
const POLL_MS = 1;
const { setInterval, clearInterval } = globalThis; // tests may replace them

/** The other side sent what no honest side sends, or is gone. */
class ProtocolError extends Error {}

class Channel {
  #readFd;
  #writeFd;
  #waiting = Buffer.alloc(0);
  #pause = new Int32Array(new SharedArrayBuffer(4));
  #chunk = Buffer.alloc(CHUNK);
  #watch; // what keeps the process

  constructor(readFd, writeFd) {
    // A descriptor of our own: it ends with our thread, and another thread may come after it.
    this.#readFd = fs.openSync(`/proc/self/fd/${readFd}`, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    this.#writeFd = writeFd;
  }

  /** Call `arrived` whenever the event loop finds that bytes came. */
  listen(arrived, ended) {
    const take = (data) => {
      this.#waiting = Buffer.concat([this.#waiting, data]);
      arrived();
    };
    this.#watch = isMainThread ? this.#socket(take, ended) : this.#polling(take, ended);
    this.hold(false);
  }

  #socket(take, ended) {
    const socket = new net.Socket({ fd: this.#readFd, readable: true, writable: false });
    socket.on("data", take);
    socket.on("close", ended);
    socket.on("error", ended);
    return socket;
  }

  // At its end a thread closes what it opened, and a socket its descriptor: the second of both would hit whatever has
  // the number by then, another thread's event loop for instance, which aborts the process.
  #polling(take, ended) {
    const timer = setInterval(() => {
      try {
        const count = fs.readSync(this.#readFd, this.#chunk);
        if (count > 0) return take(Buffer.from(this.#chunk.subarray(0, count)));
      } catch (error) {
        if (error.code === "EAGAIN") return undefined;
      }
      clearInterval(timer);
      return ended();
    }, POLL_MS);
    return timer;
  }

  /** Whether the process must stay for what may still come. */
  hold(wanted) {
    if (wanted) this.#watch.ref();
    else this.#watch.unref();
  }

  /** Whether bytes are here that nobody has looked at. */
  get more() {
    return this.#waiting.length > 0;
  }

  send(message) {
    const text = Buffer.from(JSON.stringify(message));
    if (text.length > MOST_BYTES) throw new ProtocolError("a value is too large to cross");
    let data = Buffer.alloc(4 + text.length);
    data.writeUInt32BE(text.length);
    text.copy(data, 4);
    while (data.length > 0) data = data.subarray(this.#once(() => fs.writeSync(this.#writeFd, data)));
  }

  /** The next whole frame that is here, or undefined. */
  take() {
    if (this.#waiting.length < 4) return undefined;
    const size = this.#waiting.readUInt32BE();
    if (size > MOST_BYTES) throw new ProtocolError("a frame is too large");
    if (this.#waiting.length < 4 + size) return undefined;
    const text = this.#waiting.toString("utf8", 4, 4 + size);
    this.#waiting = this.#waiting.subarray(4 + size);
    try {
      return JSON.parse(text);
    } catch {
      throw new ProtocolError("a frame is no JSON");
    }
  }

  /** Block until there is a frame. */
  wait() {
    for (;;) {
      const frame = this.take();
      if (frame !== undefined) return frame;
      const count = this.#once(() => fs.readSync(this.#readFd, this.#chunk));
      if (count === 0) throw new ProtocolError("the code under test has ended");
      this.#waiting = Buffer.concat([this.#waiting, this.#chunk.subarray(0, count)]);
    }
  }

  #once(act) {
    const depth = Error.stackTraceLimit;
    for (;;) {
      try {
        Error.stackTraceLimit = 0;
        return act();
      } catch (error) {
        if (error.code === "EPIPE") throw new ProtocolError("the code under test has ended");
        if (error.code !== "EAGAIN") throw error;
        Atomics.wait(this.#pause, 0, 0, PAUSE_MS);
      } finally {
        Error.stackTraceLimit = depth;
      }
    }
  }
}

module.exports = { Channel, ProtocolError };
