// Runs one test file in the oracle sandbox, once: node --test-reporter=strict_reporter.mjs strict_oracle.mjs, what to do as
// JSON on standard input. In the phase "mutant" the link stays shut: the modules under test are hollow.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

import { keep, open, send } from "./strict_report.mjs";
import link from "./strict_link.cjs";
import { transpile } from "./node_transpile.mjs";

const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, config.phase);
const fds = [Number(process.env.MGE_LINK_IN), Number(process.env.MGE_LINK_OUT)];
for (const name of ["MGE_RESULT_FD", "MGE_LINK_IN", "MGE_LINK_OUT"]) delete process.env[name];

await transpile(config.transpile, config.esbuild, config);
const runner = await import("node:test");
for (const name of ["describe", "suite", "it", "test", "before", "after", "beforeEach", "afterEach"]) {
  if (config.globals && !(name in globalThis)) globalThis[name] = runner[name];
}
runner.beforeEach(() => link.stay(1)); // a timer of the code may still call the test back
runner.afterEach((t) => {
  link.stay(-1);
  keep(t.fullName ?? t.name, link.since());
});
if (!config.phase.endsWith("mutant")) link.open(...fds);
try {
  await import(pathToFileURL(config.file).href);
  keep("", link.since());
} catch (error) {
  send("collection error", { message: String(error?.stack ?? error).slice(0, 2000) });
  send("notes", link.notes());
  process.exitCode = 1;
}
