// Runs one JavaScript or TypeScript test file with Node's test runner inside the sandbox.
// node --test-reporter=node_reporter.mjs node_suite.mjs, configuration as JSON on standard input.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

import { calls, claim, framesOf, holeOf, lines, open, textOf } from "./node_channel.mjs";
import "./node_reporter.mjs";
import { Recorder } from "./call_recorder.mjs";
import { Coverage } from "./node_coverage.mjs";
import { transpile } from "./node_transpile.mjs";

const send = claim();
const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, config.place);
delete process.env.MGE_RESULT_FD;
send("start", { node: process.version, tracer: config.coverage ? "V8 precise coverage" : "none" });

const { texts, broken } = await transpile(config.transpile, config.esbuild);
const traced = new Map(Object.entries(config.traced).map(([path, plan]) => [pathToFileURL(path).href, plan]));
for (const [path] of Object.entries(config.traced)) {
  const url = pathToFileURL(path).href;
  if (!texts.has(url) && !broken.has(url)) texts.set(url, { code: fs.readFileSync(path, "utf8"), map: null });
}

const { afterEach, beforeEach } = await import("node:test");
const coverage = config.coverage ? new Coverage(traced, texts) : null;
const recorder = config.recorded.length > 0 ? new Recorder(config.recorded) : null;
beforeEach((t) => {
  send("begin", { id: `${config.place}::${t.fullName ?? t.name}` });
  recorder?.start();
  coverage?.take();
});
afterEach((t) => {
  const name = t.fullName ?? t.name;
  if (recorder) calls.set(name, recorder.take());
  if (coverage) lines.set(name, coverage.take());
});

try {
  await import(pathToFileURL(`/work/${config.place}`).href);
} catch (error) {
  send("collect", { id: config.place, status: "error", message: textOf(error), frames: framesOf(error), hole: holeOf(error) });
  process.exitCode = 1;
}
