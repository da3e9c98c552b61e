// Sends what node's test runner reports to the result pipe, one JSON line at a time, each with the nonce.
// Loaded before the bundle (--import), so that it holds what it needs before foreign code runs.
import { readFileSync, writeSync } from "node:fs";
import * as runner from "node:test";

const { nonce } = JSON.parse(readFileSync(0, "utf8"));
const fd = Number(process.env.MGE_RESULT_FD);
delete process.env.MGE_RESULT_FD;
const stringify = JSON.stringify;

for (const name of ["describe", "suite", "it", "test", "before", "after", "beforeEach", "afterEach"]) {
  if (!(name in globalThis)) globalThis[name] = runner[name];
}

function send(event) {
  let line = Buffer.from(stringify({ nonce, phase: "main", ...event }) + "\n");
  while (line.length > 0) line = line.subarray(writeSync(fd, line));
}

function status(event) {
  if (event.data.skip !== undefined && event.data.skip !== false) return "skipped";
  if (event.data.todo !== undefined && event.data.todo !== false) return "skipped";
  return event.type === "test:pass" ? "passed" : "failed";
}

export default async function* report(source) {
  const path = [];
  const reported = [];
  for await (const event of source) {
    if (event.type === "test:start") {
      path.length = event.data.nesting;
      path[event.data.nesting] = event.data.name;
    } else if (event.type === "test:pass" || event.type === "test:fail") {
      if (event.data.details?.type === "suite") continue;
      const id = [...path.slice(0, event.data.nesting), event.data.name].join(" > ");
      const error = event.data.details?.error;
      const message = String(error?.cause?.stack ?? error?.message ?? "").slice(0, 2000);
      reported.push(id);
      send({ event: "report", id, status: status(event), message });
    }
  }
  send({ event: "collected", ids: reported });
  send({ event: "end" });
  yield "";
}
