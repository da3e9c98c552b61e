import { wireReview, wireReviewRow, wireRun, wireRunDetail, wireValidation } from "../../src/testing/builders";
import { atom, atoms, failures, plan, planDetail, queueRows } from "./cast";
import type { MockServer } from "./mock";

export const USER = { id: 7, username: "reviewer", roles: ["reviewer", "operator"], is_staff: true };

export const page = (results: unknown[]) => ({ results, next: null });

/** Somebody signed in, one plan, one run, a queue of items: what most tests begin with. */
export function commonWorld(server: MockServer, user: object | null = USER): void {
  server
    .json("GET", /^\/api\/v1\/session$/, { user, csrf_token: "test-token" })
    .json("GET", /^\/api\/v1\/health$/, {
      execution_mode: "v2_atoms",
      v2_percentage: 100,
      model: { configured: false, name: null, detail: "" },
      status: "ok",
    })
    .json("GET", /masterplans\/$/, page([plan()]))
    .json("GET", /masterplans\/plan-1\/$/, planDetail())
    .json("GET", /execution\/runs$/, page([wireRun(), finishedRun()]))
    .json("GET", /v2\/webhooks$/, page([]))
    .json("POST", /execution\/estimate$/, estimate())
    .json("GET", /execution\/spending$/, spending())
    .json("GET", /execution\/runs\/run-1$/, runDetail())
    .json("GET", /runs\/run-1\/atoms$/, page(atoms()))
    .json("GET", /runs\/run-1\/validations$/, page([wireValidation()]))
    .json("GET", /atoms\/atom-1$/, atom())
    .json("GET", /review\/stats$/, {
      pending: 5,
      in_review: 0,
      done: 6,
      mine_today: 3,
      median_seconds: 18,
      newest_at: null,
    });
  queueWorld(server);
}

export const spending = () => ({
  since: "2026-01-05T00:00:00Z",
  spent_usd: 1.25,
  calls: 12,
  unpriced_calls: 0,
  budget_usd: 5,
});

export const estimate = () => ({
  masterplan_id: "plan-1",
  mode: "v2_atoms",
  policy: "repair",
  model: "claude-sonnet-5-5",
  calls: { low: 4, high: 60 },
  tokens_in: { low: 4800, high: 540000 },
  tokens_out: { low: 600, high: 96000 },
  usd_low: 0.02,
  usd_high: 2.04,
  unpriced_reason: null,
  assumptions: ["Of the drafts 0% to 30% fail: no run of this plan tells better."],
  based_on_run: null,
  budget_usd: 1,
  budget_may_stop_it: true,
});

export const finishedRun = () =>
  wireRun({
    run_id: "run-0",
    status: "completed",
    phase: "done",
    progress: 1,
    precision: 0.881,
    precision_reviewed: 0.952,
    finished_at: "2026-11-20T10:04:00Z",
  });

export const runDetail = () =>
  wireRunDetail({
    failures: failures(),
    levels: {
      "1": { passed: 40, failed: 6, not_run: 3, not_applicable: 9 },
      "2": { passed: 5, failed: 1, not_run: 0, not_applicable: 0 },
      "3": { passed: 1, failed: 0, not_run: 1, not_applicable: 0 },
      "4": { passed: 0, failed: 1, not_run: 0, not_applicable: 0 },
    },
  });

export const NO_IMPACT = { contract_changed: false, revalidate: 1, reopen: 0, cost_usd: 0, cost_reason: "" };

export const NO_HELP = { state: null, tried: 0, total: null, note: "", found: 0, model: null };

/** A queue that behaves: decided items leave it, and the counts follow. */
export function queueWorld(server: MockServer): void {
  const open = new Map(queueRows().map((row) => [row.review_id, row]));
  let done = 6;
  const counts = () => ({ pending: open.size, in_review: 0, done, mine_today: done - 3 });
  server.on("GET", /review\/queue$/, ({ query }) => {
    const q = query.get("q");
    const rows = [...open.values()].filter((row) => !q || row.symbol.includes(q));
    return { json: { results: query.get("view") === "done" ? [] : rows, next: null, counts: counts(), as_of_id: 100 } };
  });
  server.on("GET", /review\/review-\d+$/, ({ path }) => {
    const row = open.get(path.split("/").at(-1) ?? "");
    if (!row) return { status: 404, json: { code: "not_found", message: "No such item.", data: {} } };
    return { json: wireReview({ ...row, ...(row.review_id === "review-1" ? {} : { findings: [] }) }) };
  });
  server.json("GET", /review\/review-\d+\/help$/, NO_HELP);
  server.on("POST", /review\/claim$/, ({ body }) => {
    const row = open.get(String(body.review_id)) ?? wireReviewRow();
    const until = new Date(Date.now() + 300_000).toISOString();
    return { json: { ...row, status: "in_review", assigned_to: USER.username, claimed_until: until } };
  });
  server.json("POST", /review\/(release|skip)$/, {});
  server.json("POST", /review\/check$/, { checks: [], passed: true, impact: NO_IMPACT });
  server.on("POST", /review\/(approve|reject|regenerate|edit)$/, ({ body, path }) => {
    const row = open.get(String(body.review_id));
    if (!row) return { status: 409, json: { code: "already_decided", message: "Already decided.", data: {} } };
    open.delete(row.review_id);
    done += 1;
    const decision = path.split("/").at(-1);
    return {
      json: { review: { ...row, status: "approved", decision, version: 2 }, run: wireRun(), revalidating: false },
    };
  });
}
