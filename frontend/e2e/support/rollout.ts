import type { WireComparison, WireFlag, WireFlagChange, WireGuard, WireRollout } from "../../src/api/wire";
import type { MockServer } from "./mock";

const AT = "2026-11-20T10:00:00Z";
const guard = (name: string, over: Partial<WireGuard> = {}): WireGuard => ({
  name,
  verdict: "passed",
  value: 0.991,
  low: 0.984,
  high: 0.997,
  sample: 84,
  min_sample: 20,
  goal: 0.98,
  limit: 0.9,
  more_is_better: true,
  triggers: true,
  fires: false,
  ...over,
});

export const rollout = (over: Partial<WireRollout> = {}): WireRollout => ({
  sentence: "V2 is on for 25 % of users + 4 named users; off: retry feedback.",
  enabled: true,
  percentage: 25,
  effective_percentage: 25,
  killed: false,
  stages: [5, 10, 25, 50, 100],
  next_stage: 50,
  may_advance: false,
  stage_began_with: 7,
  guards: [
    guard("precision"),
    guard("seconds", { value: 1260, low: 1180, high: 1340, goal: 5400, limit: 10800, more_is_better: false }),
    guard("error_rate", {
      verdict: "failed",
      value: 0.09,
      low: 0.061,
      high: 0.13,
      goal: 0.01,
      limit: 0.05,
      fires: true,
    }),
    guard("cost_usd", { verdict: "unsure", value: 12.4, low: 3.1, high: 260, goal: 200, limit: 250 }),
    guard("satisfaction", {
      verdict: "no_data",
      value: null,
      low: null,
      high: null,
      sample: 4,
      min_sample: 10,
      goal: 4.5,
      limit: 4,
    }),
    guard("critical_bugs", {
      verdict: "failed",
      value: 1,
      low: 1,
      high: 1,
      sample: 1,
      min_sample: 1,
      goal: 0,
      limit: 0,
    }),
  ],
  runs_in_stage: 92,
  live_v2_runs: 3,
  open_critical_bugs: [
    {
      id: 3,
      run_id: "run-1",
      critical: true,
      description: "It writes prices with a rounding error.",
      by: "operator",
      at: AT,
      closed_at: null,
      resolution: "",
    },
  ],
  watcher: { verdict: "calm", detail: "", at: Date.parse(AT) / 1000 },
  ...over,
});

const change = (over: Partial<WireFlagChange> = {}): WireFlagChange => ({
  id: 7,
  name: "ENABLE_V2",
  before: { percentage: 10 },
  after: { percentage: 25 },
  reason: "Week 16: ten per cent was stable.",
  by: "root",
  source: "api",
  at: AT,
  ...over,
});

const flag = (name: string, over: Partial<WireFlag> = {}): WireFlag => ({
  name,
  is_switch: name !== "ENABLE_V2",
  enabled: null,
  percentage: null,
  whitelist: null,
  blacklist: null,
  kill_latch: null,
  killed: null,
  active: true,
  pinned: {},
  requires: [],
  when_off: "the MVP's way",
  version: 7,
  last_change: change(),
  ...over,
});

export const flags = (): WireFlag[] => [
  flag("ENABLE_V2", {
    enabled: true,
    percentage: 25,
    whitelist: ["alice", "bob", "carol", "dave"],
    blacklist: ["mallory"],
    kill_latch: false,
    killed: false,
    active: null,
  }),
  flag("ENABLE_HIERARCHICAL_VALIDATION", { pinned: { active: "FF_ENABLE_HIERARCHICAL_VALIDATION" } }),
  flag("ENABLE_DEPENDENCY_GRAPH", { active: false }),
  flag("ENABLE_WAVE_EXECUTION", { requires: ["ENABLE_DEPENDENCY_GRAPH"] }),
  flag("ENABLE_RETRY_FEEDBACK", { active: false, version: 0 }),
];

const side = (over: Partial<WireComparison["mvp"]> = {}): WireComparison["mvp"] => ({
  run_id: "run-1",
  mode: "mvp",
  status: "completed",
  error: null,
  fell_back: false,
  precision: 0.871,
  tests_total: 31,
  tests_passed: 27,
  cost_usd: 1.42,
  calls: 18,
  seconds: 420,
  units_total: 24,
  by_status: { passed: 22, failed: 2 },
  levels: {},
  findings: [
    {
      path: "shop/cart.py",
      symbol: "part 2",
      status: "failed",
      category: "syntax",
      message: "line 12: invalid syntax",
    },
  ],
  ...over,
});

export const comparison = (): WireComparison => ({
  id: 1,
  parent_id: "run-1",
  child_id: "run-2",
  masterplan_id: "plan-1",
  masterplan_name: "Shop example",
  mvp: side(),
  v2: side({
    run_id: "run-2",
    mode: "v2_atoms",
    precision: 0.968,
    tests_passed: 30,
    cost_usd: 0.9,
    seconds: 95,
    findings: [],
  }),
  precision_gain: 0.097,
  cost_usd_saved: 0.52,
  seconds_saved: 325,
  at: AT,
});

const ADMIN = { id: 1, username: "root", roles: ["admin"], is_staff: true };

/** An admin, a rollout at 25 %, and a pair of runs that were compared. */
export function rolloutWorld(server: MockServer, user: object = ADMIN): void {
  server
    .json("GET", /^\/api\/v1\/session$/, { user, csrf_token: "test-token" })
    .json("GET", /\/api\/v2\/rollout$/, rollout())
    .json("GET", /\/api\/v2\/flags$/, { flags: flags() })
    .json("GET", /flags\/history$/, { results: [change(), change({ id: 6, by: null, source: "watcher" })], next: null })
    .json("GET", /flags\/preview$/, { users: 1000, on_v2_now: 254, on_v2_then: 497, to_v2: 243, to_mvp: 0 })
    .json("GET", /comparisons\/run-1$/, comparison());
}
