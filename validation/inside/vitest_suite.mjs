// Runs one test file with the project's own vitest inside the sandbox: node vitest_suite.mjs, configuration as JSON on
// standard input. The tests run in vitest's child process, which has neither the result pipe nor the nonce.
import dns from "node:dns";
import fs from "node:fs";

import { claim, framesOf, holeOf, open, textOf } from "./node_channel.mjs";

const ROOT = "/work";
const send = claim();
claim(); // the project's configuration runs here too
const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, config.place);
delete process.env.MGE_RESULT_FD;

// Older versions of Vite ask for the address of localhost although they do not listen, and no resolver is here.
const loopback = { address: "127.0.0.1", family: 4 };
dns.promises.lookup = async (_name, options) => (options?.all ? [loopback] : loopback);

const about = JSON.parse(fs.readFileSync(`${ROOT}/node_modules/vitest/package.json`, "utf8"));
const exported = about.exports["./node"];
const entry = typeof exported === "string" ? exported : (exported.import?.default ?? exported.import ?? exported.default);
const { startVitest } = await import(`${ROOT}/node_modules/vitest/${entry}`);
send("start", { node: `${process.version}, vitest ${about.version}`, tracer: config.coverage ? "V8 precise coverage" : "none" });

// What each test executed is measured in vitest's child process, by a set-up file that runs beside the project's own.
const cover = `${ROOT}/.mge-coverage.mjs`;
const traced = Object.entries(config.traced).flatMap(([path, plan]) => [[path, plan], [`file://${encodeURI(path)}`, plan]]);
if (config.coverage) {
  fs.writeFileSync(cover, `import { afterEach, beforeEach } from "vitest";
const { Coverage } = await import(/* @vite-ignore */ "file:///opt/mge/node_coverage.mjs");
const coverage = new Coverage(new Map(${JSON.stringify(traced)}), null);
beforeEach(() => { coverage.take(); });
afterEach(({ task }) => { task.meta.mgeLines = coverage.take(); });
`);
}

const errorsOf = (task) => (task.result?.state === "fail" ? (task.result.errors ?? []) : []);

// vitest hands errors over as plain objects, with the places in the written files beside them.
function told(errors) {
  const [error] = errors;
  if (!error) return { message: "vitest names no error", frames: [], hole: null };
  const places = (error.stacks ?? []).filter((one) => one.file?.startsWith(`${ROOT}/`) && !one.file.includes("/node_modules/"));
  const frames = places.map((one) => [one.file.slice(ROOT.length + 1), one.line]).reverse();
  const message = error.stack?.includes(error.message) ? error.stack : `${error.message}\n${error.stack ?? ""}`;
  return { message: textOf({ message }), frames: frames.length > 0 ? frames.slice(-20) : framesOf(error), hole: holeOf(error) };
}

function walk(task, names, broken) {
  const own = errorsOf(task);
  if (task.type === "suite" || task.tasks) {
    const id = [config.place, ...names].join("::");
    if (own.length > 0) send("collect", { id, status: "error", ...told(own) });
    for (const one of task.tasks) walk(one, [...names, one.name], own.length > 0 ? own : broken);
    return;
  }
  const state = task.result?.state;
  const common = { id: [config.place, ...names].join("::"), seconds: (task.result?.duration ?? 0) / 1000, lines: task.meta?.mgeLines ?? {} };
  if (state === "pass" || state === "fail") {
    const failure = state === "fail" ? told(own) : { message: "", frames: [], hole: null };
    send("case", { ...common, status: state === "pass" ? "passed" : "failed", ...failure });
  } else if (broken) {
    send("case", { ...common, status: "error", ...told(broken) });
  } else if (["skip", "todo"].includes(task.mode)) {
    send("case", { ...common, status: "skipped", message: task.result?.note ?? "" });
  }
}

let reported = false;
function report(files, errors) {
  if (reported) return;
  reported = true;
  for (const file of files) walk(file, [], null);
  if (errors.length > 0) send("case", { id: `${config.place}::unhandled errors`, status: "failed", seconds: 0, lines: {}, ...told(errors) });
  send("end", { code: files.length > 0 ? 0 : 2 });
}
const reporter = {
  onFinished: (files = [], errors = []) => report(files, errors), // vitest 1 to 3
  onTestRunEnd: (modules, errors) => report(modules.map((one) => one.task), errors), // vitest 3 and newer
};

const options = {
  root: ROOT, watch: false, run: true, reporters: [reporter], pool: "forks", fileParallelism: false, minWorkers: 1, maxWorkers: 1,
  coverage: { enabled: false }, api: false, testTimeout: config.test_ms,
  hookTimeout: config.test_ms, typecheck: { enabled: false }, browser: { enabled: false }, passWithNoTests: false,
};
try {
  const vitest = await startVitest("test", [`${ROOT}/${config.place}`], options, {
    cacheDir: "/tmp/vite", ...(config.coverage ? { test: { setupFiles: [cover] } } : {}),
  });
  await vitest?.close();
} catch (error) {
  if (reported) throw error;
  send("collect", { id: config.place, status: "error", message: textOf(error), frames: framesOf(error), hole: holeOf(error) });
  send("end", { code: 2 });
}
process.exit();
