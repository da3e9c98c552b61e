// Reporter of Node's test runner in the oracle: every test when it ends, with what was noted while it ran. Suites are none.
import { textOf } from "./node_channel.mjs";
import link from "./strict_link.cjs";
import { notedFor, send } from "./strict_report.mjs";

function statusOf(type, data) {
  if (data.skip !== undefined && data.skip !== false) return "skipped";
  if (data.todo !== undefined && data.todo !== false) return "xfailed";
  return type === "test:pass" ? "passed" : "failed";
}

export default async function* report(source) {
  const path = [];
  const ids = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      path.length = data.nesting;
      path[data.nesting] = data.name;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    path.length = data.nesting;
    path[data.nesting] = data.name;
    const id = path.join(" > ");
    const error = data.details?.error;
    if (data.details?.type === "suite" && (type === "test:pass" || error?.failureType === "subtestsFailed")) continue;
    ids.push(id);
    send("report", { id, status: statusOf(type, data), message: error ? textOf(error).slice(0, 2000) : "", notes: notedFor(id) });
  }
  send("collected", { ids });
  send("end", {});
  send("notes", link.notes());
  yield "";
}
