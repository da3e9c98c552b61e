// Runs one JavaScript or TypeScript test file with Node's test runner inside the sandbox.
// node --test-reporter=node_reporter.mjs node_suite.mjs, configuration as JSON on standard input.
import fs from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

import { framesOf, holeOf, lines, open, send, textOf } from "./node_channel.mjs";
import { Coverage } from "./node_coverage.mjs";

const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, config.place);
delete process.env.MGE_RESULT_FD;
send("start", { node: process.version, tracer: config.coverage ? "V8 precise coverage" : "none" });

const LOADERS = { ts: "ts", mts: "ts", cts: "ts", tsx: "tsx", jsx: "jsx" };
const texts = new Map();
const transpiled = [];
const broken = new Map();

async function transpile(paths) {
  if (paths.length === 0) return;
  const esbuild = createRequire(import.meta.url)(config.esbuild);
  for (const path of paths) {
    const url = pathToFileURL(path).href;
    const source = fs.readFileSync(path, "utf8");
    try {
      const { code, map } = await esbuild.transform(source, {
        loader: LOADERS[path.slice(path.lastIndexOf(".") + 1)], format: "esm", target: "node20", jsx: "automatic",
        sourcefile: path, sourcemap: "external", logLevel: "silent",
      });
      const inline = Buffer.from(map).toString("base64");
      transpiled.push([url, `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`]);
      texts.set(url, { code, map: JSON.parse(map) });
    } catch (error) {
      const last = source.trimEnd().split("\n").length;
      const line = Math.min(error.errors?.[0]?.location?.line ?? 1, last);
      broken.set(url, `${error.message}\n    at (${path}:${line}:1)`);
    }
  }
  await esbuild.stop();
}

await transpile(config.transpile);
const traced = new Map(Object.entries(config.traced).map(([path, plan]) => [pathToFileURL(path).href, plan]));
for (const [path] of Object.entries(config.traced)) {
  const url = pathToFileURL(path).href;
  if (!texts.has(url) && !broken.has(url)) texts.set(url, { code: fs.readFileSync(path, "utf8"), map: null });
}
process.setSourceMapsEnabled(true);
register(new URL("./node_hooks.mjs", import.meta.url), { data: { transpiled, broken: [...broken] } });

const { afterEach, beforeEach } = await import("node:test");
const coverage = config.coverage ? new Coverage(traced, texts) : null;
beforeEach((t) => {
  send("begin", { id: `${config.place}::${t.fullName ?? t.name}` });
  coverage?.take();
});
afterEach((t) => {
  if (coverage) lines.set(t.fullName ?? t.name, coverage.take());
});

try {
  await import(pathToFileURL(`/work/${config.place}`).href);
} catch (error) {
  send("collect", { id: config.place, status: "error", message: textOf(error), frames: framesOf(error), hole: holeOf(error) });
  process.exitCode = 1;
}
