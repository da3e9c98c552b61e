// The result pipe of the oracle: one JSON line for each event, with the nonce and its phase.
import fs from "node:fs";

const state = { fd: -1, nonce: "" };

export function open(fd, nonce) {
  Object.assign(state, { fd, nonce });
}

export function send(phase, event, fields) {
  let line = Buffer.from(`${JSON.stringify({ nonce: state.nonce, phase, event, ...fields })}\n`);
  while (line.length > 0) line = line.subarray(fs.writeSync(state.fd, line));
}

const running = new Map(); // phase -> what tells that its last test has reported

/** A phase begins; the promise says at its end whether all its tests passed. */
export const begin = (phase) => new Promise((resolve) => running.set(phase, resolve));

/** The last test of a phase has reported. */
export function reported(phase, ids, good) {
  send(phase, "collected", { ids });
  send(phase, "end", {});
  running.get(phase)?.(good);
}

export const over = (phase, notes) => send(phase, "notes", notes);

const notes = []; // [full name of a test, what was noted while it ran]; of a phase: while its file was loaded

export const keep = (name, noted) => notes.push([name, noted]);

/** What was noted for a test, for those around it and those inside it; names begin with the phase. */
export function notedFor(name) {
  const mine = notes.filter(([other]) => within(other, name) || within(name, other)).map(([, noted]) => noted);
  return { needs: [...new Set(mine.flatMap((one) => one.needs))], library_objects: mine.some((one) => one.library_objects), decided: [] };
}

const within = (inner, outer) => inner === outer || inner.startsWith(`${outer} > `);
