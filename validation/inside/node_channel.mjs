// The result pipe of a run of node_suite.mjs, shared with its reporter: descriptor, nonce, and what is known of tests.
import fs from "node:fs";

const state = { fd: -1, nonce: "", lines: new Map(), calls: new Map(), place: "", ended: false };

export function open(fd, nonce, place) {
  Object.assign(state, { fd, nonce, place });
}

let claims = 2; // those of the runner and of its reporter, which load before any foreign code

/** What sends records; nobody gets it who asks late. */
export function claim() {
  claims -= 1;
  if (claims < 0) throw new Error("the result channel is taken");
  return send;
}

function send(kind, fields) {
  let data = Buffer.from(`${JSON.stringify({ n: state.nonce, k: kind, ...fields })}\n`);
  while (data.length > 0) {
    try {
      data = data.subarray(fs.writeSync(state.fd, data));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

export const place = () => state.place;
export const lines = state.lines;
export const calls = state.calls;

const MESSAGE = 4000;

export function textOf(error) {
  const cause = error?.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? `${cause.stack ?? cause.message}` : String(cause?.message ?? cause);
  return text.split("\n").filter((line) => !line.includes("node:internal")).slice(0, 40).join("\n").slice(0, MESSAGE);
}

export function framesOf(error) {
  const found = [];
  for (let one = error, n = 0; one && n < 10; one = one.cause, n += 1) {
    for (const match of String(one.stack ?? "").matchAll(/\/work\/([^\s():]+):(\d+)(?::\d+)?/g)) {
      found.push([decodeURI(match[1]), Number(match[2])]);
    }
  }
  return found.slice(0, 20).reverse();
}

export function holeOf(error) {
  for (let one = error, n = 0; one && n < 10; one = one.cause, n += 1) {
    const match = /^(?:Error: )?hole: (.+)$/m.exec(String(one.message ?? one));
    if (match) return match[1].trim().slice(0, 200);
  }
  return null;
}
