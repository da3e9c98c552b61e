import type {
  WireBug,
  WireEvaluation,
  WireFlag,
  WireFlagChange,
  WireGuard,
  WirePreview,
  WireRollout,
} from "@/api/wire";

export type Verdict = "passed" | "failed" | "unsure" | "no_data";

export interface Guard {
  name: string;
  verdict: Verdict;
  value: number | null;
  low: number | null;
  high: number | null;
  sample: number;
  minSample: number;
  goal: number;
  limit: number;
  fires: boolean;
}

export interface Bug {
  id: number;
  runId: string;
  description: string;
  by: string | null;
  at: string;
}

export interface Rollout {
  sentence: string;
  enabled: boolean;
  percentage: number;
  effective: number;
  killed: boolean;
  stages: number[];
  nextStage: number | null;
  mayAdvance: boolean;
  guards: Guard[];
  runsInStage: number;
  liveRuns: number;
  bugs: Bug[];
  watcher: { verdict: string; detail: string; at: string } | null;
}

export interface FlagChange {
  id: number;
  name: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  reason: string;
  by: string | null;
  source: string;
  at: string;
}

export interface Flag {
  name: string;
  active: boolean;
  enabled: boolean;
  percentage: number;
  allowed: string[];
  blocked: string[];
  killLatch: boolean;
  /** Field of the API to the variable of the environment that holds it. */
  pinned: Record<string, string>;
  requires: string[];
  whenOff: string;
  version: number;
}

export interface Evaluation {
  username: string;
  mode: string;
  why: string;
  bucket: number;
}

export interface Preview {
  users: number;
  onV2Now: number;
  onV2Then: number;
  toV2: number;
  toMvp: number;
}

export const ROUTING = "ENABLE_V2";

const toGuard = (wire: WireGuard): Guard => ({
  name: wire.name,
  verdict: wire.verdict,
  value: wire.value,
  low: wire.low,
  high: wire.high,
  sample: wire.sample,
  minSample: wire.min_sample,
  goal: wire.goal,
  limit: wire.limit,
  fires: wire.fires,
});

export const toBug = (wire: WireBug): Bug => ({
  id: wire.id,
  runId: wire.run_id,
  description: wire.description,
  by: wire.by ?? null,
  at: wire.at,
});

export function toRollout(wire: WireRollout): Rollout {
  const { watcher } = wire;
  return {
    sentence: wire.sentence,
    enabled: wire.enabled,
    percentage: wire.percentage,
    effective: wire.effective_percentage,
    killed: wire.killed,
    stages: wire.stages,
    nextStage: wire.next_stage,
    mayAdvance: wire.may_advance,
    guards: wire.guards.map(toGuard),
    runsInStage: wire.runs_in_stage,
    liveRuns: wire.live_v2_runs,
    bugs: wire.open_critical_bugs.map(toBug),
    watcher: watcher && { ...watcher, at: new Date(watcher.at * 1000).toISOString() },
  };
}

export function toFlag(wire: WireFlag): Flag {
  return {
    name: wire.name,
    active: wire.active ?? false,
    enabled: wire.enabled ?? false,
    percentage: wire.percentage ?? 0,
    allowed: wire.whitelist ?? [],
    blocked: wire.blacklist ?? [],
    killLatch: wire.kill_latch ?? false,
    pinned: wire.pinned,
    requires: wire.requires,
    whenOff: wire.when_off,
    version: wire.version,
  };
}

export const toFlagChange = (wire: WireFlagChange): FlagChange => ({
  id: wire.id,
  name: wire.name,
  before: wire.before as Record<string, unknown>,
  after: wire.after as Record<string, unknown>,
  reason: wire.reason,
  by: wire.by ?? null,
  source: wire.source,
  at: wire.at,
});

export const toEvaluation = (wire: WireEvaluation): Evaluation => ({
  username: wire.username,
  mode: wire.mode,
  why: wire.why,
  bucket: wire.bucket,
});

export const toPreview = (wire: WirePreview): Preview => ({
  users: wire.users,
  onV2Now: wire.on_v2_now,
  onV2Then: wire.on_v2_then,
  toV2: wire.to_v2,
  toMvp: wire.to_mvp,
});
