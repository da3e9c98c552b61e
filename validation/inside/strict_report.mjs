// The result pipe of the oracle: one JSON line for each event, with the nonce.
import fs from "node:fs";

const state = { fd: -1, nonce: "", phase: "" };

export function open(fd, nonce, phase) {
  Object.assign(state, { fd, nonce, phase });
}

export function send(event, fields) {
  let line = Buffer.from(`${JSON.stringify({ nonce: state.nonce, phase: state.phase, event, ...fields })}\n`);
  while (line.length > 0) line = line.subarray(fs.writeSync(state.fd, line));
}

const notes = []; // [full name of a test, what was noted while it ran]; no name: while the file was loaded

export const keep = (name, noted) => notes.push([name, noted]);

/** What was noted for a test, for those around it and those inside it. */
export function notedFor(id) {
  const mine = notes.filter(([name]) => name === "" || within(name, id) || within(id, name)).map(([, noted]) => noted);
  return { needs: [...new Set(mine.flatMap((one) => one.needs))], library_objects: mine.some((one) => one.library_objects), decided: [] };
}

const within = (inner, outer) => inner === outer || inner.startsWith(`${outer} > `);
