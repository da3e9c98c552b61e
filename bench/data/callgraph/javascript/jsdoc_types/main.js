import { Log } from "./log.js";

class File {
  write(x) {}
}

class Socket {
  write(x) {}
}

class Pool {
  constructor() {
    /** @type {Socket} */
    this.first = null;
  }

  run() {
    this.first.write("x");
  }
}

/**
 * Called by users.
 * @param {File} sink where it goes
 * @param {?Array.<Socket>} [others]
 * @param {import('./log.js').Log} log
 */
export function use(sink, others, log) {
  sink.write("x");
  others.forEach((each) => each.write("y"));
  log.note("z");
}

/** @returns {File} */
function open() {
  return opener();
}

open().write("z");
new Log();
