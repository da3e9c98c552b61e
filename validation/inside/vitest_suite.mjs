// Runs one test file with the project's own vitest inside the sandbox: node vitest_suite.mjs, configuration as JSON on
// standard input. The tests run in vitest's child process, which has neither the result pipe nor the nonce.
import fs from "node:fs";

import { claim, framesOf, holeOf, open, textOf } from "./node_channel.mjs";
import { ROOT, runVitest, testsOf, version } from "./vitest_run.mjs";

const send = claim();
claim(); // the project's configuration runs here too
const config = JSON.parse(fs.readFileSync(0, "utf8"));
open(Number(process.env.MGE_RESULT_FD), config.nonce, config.place);
delete process.env.MGE_RESULT_FD;
send("start", { node: `${process.version}, vitest ${version}`, tracer: config.coverage ? "V8 precise coverage" : "none" });

// What each test executed and called is seen in vitest's child process, by a set-up file beside the project's own.
const watch = config.coverage || config.recorded.length > 0 ? `${ROOT}/.mge-watch.mjs` : null;
const traced = Object.entries(config.traced).flatMap(([path, plan]) => [[path, plan], [`file://${encodeURI(path)}`, plan]]);
if (watch) {
  fs.writeFileSync(watch, `import { afterEach, beforeEach } from "vitest";
const { Coverage } = await import(/* @vite-ignore */ "file:///opt/mge/node_coverage.mjs");
const { Recorder } = await import(/* @vite-ignore */ "file:///opt/mge/call_recorder.mjs");
const coverage = ${config.coverage} ? new Coverage(new Map(${JSON.stringify(traced)}), null) : null;
const recorded = ${JSON.stringify(config.recorded)};
const recorder = recorded.length > 0 ? new Recorder(recorded) : null;
beforeEach(() => { recorder?.start(); coverage?.take(); });
afterEach(({ task }) => {
  if (recorder) task.meta.mgeCalls = recorder.take();
  if (coverage) task.meta.mgeLines = coverage.take();
});
`);
}

// vitest hands errors over as plain objects, with the places in the written files beside them.
function told(errors) {
  const [error] = errors;
  if (!error) return { message: "vitest names no error", frames: [], hole: null };
  const places = (error.stacks ?? []).filter((one) => one.file?.startsWith(`${ROOT}/`) && !one.file.includes("/node_modules/"));
  const frames = places.map((one) => [one.file.slice(ROOT.length + 1), one.line]).reverse();
  const message = error.stack?.includes(error.message) ? error.stack : `${error.message}\n${error.stack ?? ""}`;
  return { message: textOf({ message }), frames: frames.length > 0 ? frames.slice(-20) : framesOf(error), hole: holeOf(error) };
}

function tell({ task, suite, names, broken }) {
  const id = [config.place, ...names].join("::");
  if (suite) return send("collect", { id, status: "error", ...told(broken) });
  const state = task.result?.state;
  const common = { id, seconds: (task.result?.duration ?? 0) / 1000, lines: task.meta?.mgeLines ?? {} };
  if (state === "pass" || state === "fail") {
    const failure = state === "fail" ? told(task.result.errors ?? []) : { message: "", frames: [], hole: null };
    send("case", { ...common, status: state === "pass" ? "passed" : "failed", ...failure });
    if (state === "pass" && task.meta?.mgeCalls?.length > 0) send("calls", { rows: task.meta.mgeCalls });
    return undefined;
  }
  if (broken) return send("case", { ...common, status: "error", ...told(broken) });
  if (["skip", "todo"].includes(task.mode)) send("case", { ...common, status: "skipped", message: task.result?.note ?? "" });
  return undefined;
}

function report(files, errors) {
  for (const file of files) for (const one of testsOf(file)) tell(one);
  if (errors.length > 0) send("case", { id: `${config.place}::unhandled errors`, status: "failed", seconds: 0, lines: {}, ...told(errors) });
  send("end", { code: files.length > 0 ? 0 : 2 });
}

try {
  const files = [`${ROOT}/${config.place}`];
  await runVitest({ files, testMs: config.test_ms, pool: "forks", setup: watch, globals: config.globals }, report);
} catch (error) {
  send("collect", { id: config.place, status: "error", message: textOf(error), frames: framesOf(error), hole: holeOf(error) });
  send("end", { code: 2 });
}
process.exit();
