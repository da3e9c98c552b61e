// Starts the project's own vitest, versions 1 to 4, in the sandbox, and hands over what it found, once.
import dns from "node:dns";
import fs from "node:fs";

export const ROOT = "/work";

// Older versions of Vite ask for the address of localhost although they do not listen, and no resolver is here.
const loopback = { address: "127.0.0.1", family: 4 };
dns.promises.lookup = async (_name, options) => (options?.all ? [loopback] : loopback);

const about = JSON.parse(fs.readFileSync(`${ROOT}/node_modules/vitest/package.json`, "utf8"));
export const version = about.version;

/**
 * Run `files` (absolute) one after the other. `setup`: a set-up file that runs beside the project's own, or nothing.
 * `globals`: give the tests vitest's functions as globals, whatever the project's configuration says.
 * `report` gets vitest's files and errors. Throws what vitest throws, unless it was after the report.
 */
export async function runVitest({ files, testMs, pool, setup, globals }, report) {
  const exported = about.exports["./node"];
  const entry = typeof exported === "string" ? exported : (exported.import?.default ?? exported.import ?? exported.default);
  const { startVitest } = await import(`${ROOT}/node_modules/vitest/${entry}`);
  let reported = false;
  const once = (found, errors) => {
    if (!reported) report(found, errors);
    reported = true;
  };
  const reporter = {
    onFinished: (found = [], errors = []) => once(found, errors), // vitest 1 to 3
    onTestRunEnd: (modules, errors) => once(modules.map((one) => one.task), errors), // vitest 3 and newer
  };
  const options = {
    root: ROOT, watch: false, run: true, reporters: [reporter], pool, fileParallelism: false, minWorkers: 1, maxWorkers: 1,
    coverage: { enabled: false }, api: false, testTimeout: testMs, hookTimeout: testMs, typecheck: { enabled: false },
    browser: { enabled: false }, passWithNoTests: false, ...(globals ? { globals } : {}),
  };
  try {
    const more = setup ? { test: { setupFiles: [setup] } } : {};
    const vitest = await startVitest("test", files, options, { cacheDir: "/tmp/vite", ...more });
    await vitest?.close();
  } catch (error) {
    if (!reported) throw error;
  }
}

/** Every test below a task with the names around it and what is wrong with its groups. */
export function* testsOf(task, names = [], broken = null) {
  const own = task.result?.state === "fail" ? (task.result.errors ?? []) : [];
  if (task.type !== "suite" && !task.tasks) {
    yield { task, names, broken };
    return;
  }
  if (own.length > 0) yield { suite: task, names, broken: own };
  for (const one of task.tasks) yield* testsOf(one, [...names, one.name], own.length > 0 ? own : broken);
}
