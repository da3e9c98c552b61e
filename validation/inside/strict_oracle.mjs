// Runs phases of test files in the oracle sandbox, one after the other, with Node's test runner:
// node --test-reporter=strict_reporter.mjs strict_oracle.mjs FIRST MOST, what to do as JSON on standard input.
//
// A phase is a group of its own: its tests and hooks are added to it, and its modules are new ones. In the phase "mutant"
// the modules under test are hollow. `NEXT` says with which phase to go on where this process ends before its time.
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { begin, keep, open, over, send } from "./strict_report.mjs";
import link from "./strict_link.cjs";
import { transpile } from "./node_transpile.mjs";

const ROOT = "/work";
const NEXT = "/tmp/.judge/next";
const config = JSON.parse(fs.readFileSync(0, "utf8"));
const [first, most] = process.argv.slice(2).map(Number);
const phases = config.phases.slice(first, first + most);
open(Number(process.env.MGE_RESULT_FD), config.nonce);
const fds = [Number(process.env.MGE_LINK_IN), Number(process.env.MGE_LINK_OUT)];
for (const name of ["MGE_RESULT_FD", "MGE_LINK_IN", "MGE_LINK_OUT"]) delete process.env[name];

const addressOf = (place, number) => `${pathToFileURL(`${ROOT}/${place}`).href}?mge=${number}`;
const typed = new Set(config.transpile);
const texts = phases
  .map(({ place, text }, n) => [addressOf(place, first + n), `${ROOT}/${place}`, text])
  .filter(([, path]) => typed.has(path));
await transpile(config.transpile, config.esbuild, { ...config, texts });
const runner = await import("node:test");
for (const name of ["describe", "suite", "it", "test", "before", "after", "beforeEach", "afterEach"]) {
  if (config.globals && !(name in globalThis)) globalThis[name] = runner[name];
}
// A timer of the code may still call the test back; hollow modules have none.
const stay = (change) => !link.hollow && link.stay(change);
runner.beforeEach(() => stay(1));
runner.afterEach((t) => {
  stay(-1);
  keep(t.fullName ?? t.name, link.since());
});

const { cache } = createRequire(`${ROOT}/oracle.js`);

function reach() {
  try {
    link.open(...fds);
  } catch {
    // it is told with the phase
  }
}

/** Run one phase; whether all its tests passed. */
async function run({ name, place, text, hollow }, number) {
  fs.writeFileSync(NEXT, String(number));
  fs.writeFileSync(`${ROOT}/${place}`, text);
  for (const path of Object.keys(cache)) if (path.startsWith(`${ROOT}/`) && !path.includes("/node_modules/")) delete cache[path];
  // A control is meant to fail: its output is nobody's business.
  if (!name.endsWith(".main")) process.stdout.write = process.stderr.write = () => true;
  link.hollow = hollow;
  if (!hollow) reach();
  const ended = begin(name);
  send(name, "begin", {});
  runner.suite(name, { timeout: config.test_ms }, async () => {
    try {
      await import(addressOf(place, number));
      keep(name, link.since());
    } catch (error) {
      send(name, "collection error", { message: String(error?.stack ?? error).slice(0, 2000) });
    }
  });
  const good = await ended;
  over(name, link.notes());
  return good;
}

let good = true; // the tests themselves; controls are meant to fail
for (const [n, phase] of phases.entries()) {
  const control = !phase.name.endsWith(".main");
  if (control && !good && !config.always) break;
  const passed = await run(phase, first + n);
  good &&= control || passed;
}
fs.writeFileSync(NEXT, String(good || config.always ? first + phases.length : config.phases.length));
process.exit();
