import type { MockServer } from "./mock";

const metric = (over: object) => ({
  key: "precision",
  title: "Precision",
  family: "technical",
  unit: "share",
  at_least: 0.98,
  at_most: null,
  value: 0.985,
  n: 1200,
  met: true,
  reason: "",
  measured_by: "tests passed of tests run",
  by_hand: false,
  ...over,
});
export const endedRun = (n: number, over: object = {}) => ({
  run_id: `run-${n}`,
  masterplan_id: "plan-1",
  name: "=SUM(A1) shop",
  mode: "v2_atoms",
  status: "completed",
  finished_at: `2026-11-2${n}T10:00:00Z`,
  precision: 0.95 + n / 100,
  precision_reviewed: null,
  seconds: 60 * n,
  cost_usd: n,
  atoms_total: 50,
  fell_back: false,
  ...over,
});
const mode = (name: string, runs: number) => ({
  mode: name,
  runs,
  tests: runs * 10,
  precision: runs ? 0.9 : null,
  seconds_mean: runs ? 120 : null,
  cost_usd_mean: runs ? 1.5 : null,
  error_rate: runs ? 0 : null,
});
const none = metric({ key: "satisfaction", title: "Satisfaction", family: "business", unit: "score", at_least: 4.5 });
export const calibration = (n: number) => ({
  run_ids: ["run-1"],
  verdicts: n,
  later_failures: 0,
  n,
  bands: [{ low: 0.4, high: 0.6, n, mean_confidence: 0.5, right_share: 0.8, interval: [0.6, 0.9] }],
  auroc: { value: 0.91, interval: [0.85, 0.96], n_right: n - 3, n_wrong: 3 },
  caught: { share: 1, n_flagged: 3, n: 3 },
});

/** Figures of these runs, and a calibration of `n` outcomes. */
export function metricsWorld(
  server: MockServer,
  runs: object[] = [endedRun(1), endedRun(2), endedRun(3)],
  n = 40,
): void {
  server
    .json("GET", /api\/v2\/metrics$/, {
      metrics: [metric({}), { ...none, value: null, n: 0, met: null, reason: "nobody answered yet" }],
      modes: [mode("mvp", runs.length ? 2 : 0), mode("v2_atoms", runs.length), mode("hybrid", 0)],
      runs,
      cost: runs.length ? [{ model: "m-1", purpose: "generate", calls: 9, unpriced: 2, usd: 3.5 }] : [],
      rejections: runs.length ? [{ reason: "wrong_logic", n: 4 }] : [],
    })
    .json("GET", /review\/calibration$/, calibration(n));
}
