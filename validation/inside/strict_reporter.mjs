// Reporter of Node's test runner in the oracle: every test when it ends, with what was noted while it ran. Groups are none,
// and the outermost one is its phase.
import { textOf } from "./node_channel.mjs";
import { notedFor, reported, send } from "./strict_report.mjs";

function statusOf(type, data) {
  if (data.skip !== undefined && data.skip !== false) return "skipped";
  if (data.todo !== undefined && data.todo !== false) return "xfailed";
  if (data.details?.error?.failureType === "cancelledByParent") return "cancelled"; // no time was left for it
  return type === "test:pass" ? "passed" : "failed";
}

export default async function* report(source) {
  const path = [];
  let ids = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      path.length = data.nesting;
      path[data.nesting] = data.name;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    path.length = data.nesting;
    path[data.nesting] = data.name;
    const error = data.details?.error;
    if (data.nesting === 0) {
      reported(data.name, ids, type === "test:pass");
      ids = [];
      continue;
    }
    if (data.details?.type === "suite" && (type === "test:pass" || error?.failureType === "subtestsFailed")) continue;
    const id = path.slice(1).join(" > ");
    ids.push(id);
    const message = error ? textOf(error).slice(0, 2000) : "";
    send(path[0], "report", { id, status: statusOf(type, data), message, notes: notedFor(path.join(" > ")) });
  }
  yield "";
}
