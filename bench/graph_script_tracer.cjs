// Loaded before a test suite: instrumented functions report who called them. Writes one JSON file a process into
// the folder MGE_TRACE: [[id of the callee, [[file, line, column], ...]], ...]: the callers, nearest first.
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { fileURLToPath } = require("node:url");

const LOOKS = 400; // stacks taken per function: reading a stack is slow, and hot functions repeat themselves
const CALLERS = 4; // constructors that nobody wrote may stand in between
const looks = new Map();
const pairs = new Map();

function stackOf(below) {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 12;
  Error.prepareStackTrace = (_, frames) => frames;
  const holder = {};
  Error.captureStackTrace(holder, below);
  const { stack } = holder;
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  return Array.isArray(stack) ? stack : [];
}

function placeOf(frame) {
  const file = frame.getFileName();
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  return [path, frame.getLineNumber(), frame.getColumnNumber()];
}

globalThis.__mgeEnter = function enter(id) {
  const count = (looks.get(id) ?? 0) + 1;
  if (count > LOOKS) return;
  looks.set(id, count);
  const [, ...callers] = stackOf(enter);
  // Built-in functions such as Array.map have no file: they only pass the call on.
  const places = callers.filter((frame) => frame.getFileName()).slice(0, CALLERS).map(placeOf);
  if (places.length > 0) pairs.set([id, ...places.flat()].join("\0"), [id, places]);
};

process.on("exit", () => {
  writeFileSync(join(process.env.MGE_TRACE, `${process.pid}.json`), JSON.stringify([...pairs.values()]));
});
