// Runs test files in the oracle sandbox with the project's own vitest, each as itself and as its controls, one after the
// other: node strict_vitest.mjs, what to do as JSON on standard input. A worker of vitest's is a thread here, so that it
// has the link to the code.
import fs from "node:fs";

import { textOf } from "./node_channel.mjs";
import { open, send } from "./strict_report.mjs";
import { ROOT, runVitest, testsOf } from "./vitest_run.mjs";

const config = JSON.parse(fs.readFileSync(0, "utf8"));
const fds = [process.env.MGE_LINK_IN, process.env.MGE_LINK_OUT].map(Number);
const result = Number(process.env.MGE_RESULT_FD);
for (const name of ["MGE_RESULT_FD", "MGE_LINK_IN", "MGE_LINK_OUT"]) delete process.env[name];

const setup = `${ROOT}/.mge-link.mjs`;
fs.writeFileSync(setup, `import { createRequire } from "node:module";
import { afterEach, beforeEach, expect } from "vitest";
createRequire("/opt/mge/")("/opt/mge/strict_link.cjs");
const link = globalThis.mgeLink;
const path = expect.getState().testPath ?? globalThis.__vitest_worker__?.filepath ?? ""; // the latter in vitest 1
if (!path.includes("mge-mutant")) link.open(${fds});
if (typeof document !== "undefined") link.need("the tests run in a browser's environment");
let early = null;
beforeEach(() => { early ??= link.since(); link.stay(1); });
afterEach(({ task }) => { link.stay(-1); task.meta.mgeNoted = [early, link.since()]; task.meta.mgeBroken = link.notes().broken; });
`);

const phases = new Map(config.files.map(([phase, path]) => [`${ROOT}/${path}`, phase]));

function report(files, errors) {
  open(result, config.nonce);
  for (const file of files) {
    const phase = phases.get(file.filepath) ?? "";
    const ids = [];
    let broken = "";
    for (const one of testsOf(file)) {
      if (one.suite) {
        send(phase, "collection error", { message: textOf(one.broken[0]).slice(0, 2000) });
        continue;
      }
      const { task, names } = one;
      const state = task.result?.state;
      const noted = task.meta?.mgeNoted ?? [];
      const notes = { needs: [...new Set(noted.flatMap((o) => o.needs))], library_objects: noted.some((o) => o.library_objects), decided: [] };
      const message = state === "fail" ? textOf(task.result.errors?.[0] ?? "") : "";
      broken ||= task.meta?.mgeBroken ?? "";
      ids.push(names.join(" > "));
      const status = state === "pass" ? "passed" : state === "fail" ? "failed" : "skipped";
      send(phase, "report", { id: names.join(" > "), status, message: message.slice(0, 2000), notes });
    }
    if (errors.length > 0) send(phase, "collection error", { message: textOf(errors[0]).slice(0, 2000) });
    send(phase, "collected", { ids });
    send(phase, "end", {});
    send(phase, "notes", { broken });
  }
}

await runVitest({ files: [...phases.keys()], testMs: config.test_ms, pool: "threads", setup, globals: config.globals }, report);
process.exit();
