// Reporter of Node's test runner: every test, when it ends, goes over the result channel. Suites are no tests.
import { calls, claim, framesOf, holeOf, lines, place, textOf } from "./node_channel.mjs";

const send = claim();

function statusOf(type, data) {
  if (data.skip !== undefined && data.skip !== false) return "skipped";
  if (data.todo !== undefined && data.todo !== false) return "xfailed";
  return type === "test:pass" ? "passed" : "failed";
}

export default async function* reporter(source) {
  const names = [];
  const suites = new Set();
  for await (const { type, data } of source) {
    if (type === "test:start") {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    names.length = data.nesting;
    names[data.nesting] = data.name;
    const chain = names.slice(0, data.nesting + 1);
    for (let n = 1; n < chain.length; n += 1) suites.add(chain.slice(0, n).join(" > "));
    const key = chain.join(" > ");
    const error = data.details?.error;
    const failedByParts = error?.failureType === "subtestsFailed";
    if (data.details?.type === "suite" && (type === "test:pass" || failedByParts)) continue;
    if (suites.has(key) && (type === "test:pass" || failedByParts)) continue; // a test that only holds subtests
    send("case", {
      id: [place(), ...chain].join("::"),
      status: statusOf(type, data),
      seconds: (data.details?.duration_ms ?? 0) / 1000,
      message: error ? textOf(error) : typeof data.skip === "string" ? data.skip : "",
      frames: error ? framesOf(error) : [],
      hole: error ? holeOf(error) : null,
      lines: lines.get(key) ?? {},
    });
    if (type === "test:pass" && calls.get(key)?.length > 0) send("calls", { rows: calls.get(key) });
  }
  send("end", { code: 0 });
  yield "";
}
