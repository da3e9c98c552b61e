import type {
  WireAtWork,
  WireFailure,
  WireLevelCounts,
  WireRun,
  WireRunAtom,
  WireRunDetail,
  WireWave,
} from "@/api/wire";

export interface Run {
  id: string;
  planId: string;
  planName: string;
  /** The run that ships, where this one runs in its shadow. */
  parentRunId: string | null;
  mode: string;
  policy: string;
  status: string;
  phase: string;
  phaseDetail: string;
  progress: number;
  atomsTotal: number;
  wavesTotal: number;
  /** The first wave with open atoms; null when none is open. */
  waveNow: number | null;
  byStatus: Record<string, number>;
  precision: number | null;
  precisionReviewed: number | null;
  testsTotal: number;
  testsPassed: number;
  cost: number | null;
  budget: number | null;
  calls: number;
  unpricedCalls: number;
  reviewPending: number;
  reviewTotal: number;
  seconds: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  createdAt: string;
  error: string | null;
  model: string | null;
  etaSeconds: number | null;
}

export interface LevelCounts {
  passed: number;
  failed: number;
  notRun: number;
  notApplicable: number;
}

export interface Wave {
  number: number;
  status: string;
  atomCount: number;
  byStatus: Record<string, number>;
}

export type Failure = {
  atomId: string;
  path: string;
  symbol: string;
  category: string;
  message: string;
  at: string | null;
};

export interface AtWork {
  atomId: string;
  path: string;
  symbol: string;
  /** Whether its draft is judged (`draft`), code for it asked for (`generate`), or a reply judged (`validate`). */
  stage: string;
  attempts: number;
  since: string | null;
}

export interface RunDetail extends Run {
  levels: Record<string, LevelCounts>;
  waves: Wave[];
  failures: Failure[];
  inFlight: number;
  inFlightLimit: number;
  /** The most that the calls in flight can cost, in USD; a budget keeps it free for them. */
  reserved: number;
  retries: number;
  atWork: AtWork[];
  fellBackAt: string | null;
  fallbackReason: string;
  settings: Record<string, unknown>;
  shadowRunIds: string[];
  asOfId: number;
}

export interface RunAtom {
  id: string;
  path: string;
  symbol: string;
  kind: string;
  startLine: number;
  endLine: number;
  loc: number;
  wave: number | null;
  status: string;
  attempts: number;
  confidence: number | null;
  suspiciousness: number | null;
  reviewId: string | null;
}

const FINAL = new Set(["completed", "failed", "cancelled"]);

export const isFinal = (run: Pick<Run, "status">): boolean => FINAL.has(run.status);
export const isActive = (run: Pick<Run, "status">): boolean => run.status === "running" || run.status === "pending";

function errorText(error: unknown): string | null {
  if (error === null || error === undefined || error === "") return null;
  if (typeof error === "string") return error;
  const message = (error as { message?: unknown }).message;
  return typeof message === "string" ? message : JSON.stringify(error);
}

export function toRun(wire: WireRun): Run {
  return {
    id: wire.run_id,
    planId: wire.masterplan_id,
    planName: wire.masterplan_name,
    parentRunId: wire.parent_run_id,
    mode: wire.mode,
    policy: wire.policy,
    status: wire.status,
    phase: wire.phase,
    phaseDetail: wire.phase_detail ?? "",
    progress: wire.progress ?? 0,
    atomsTotal: wire.atoms_total ?? 0,
    wavesTotal: wire.waves_total ?? 0,
    waveNow: wire.wave_now ?? null,
    byStatus: wire.by_status ?? {},
    precision: wire.precision,
    precisionReviewed: wire.precision_reviewed,
    testsTotal: wire.tests_total ?? 0,
    testsPassed: wire.tests_passed ?? 0,
    cost: wire.cost_usd,
    budget: wire.budget_usd,
    calls: wire.calls ?? 0,
    unpricedCalls: wire.unpriced_calls ?? 0,
    reviewPending: wire.review_pending ?? 0,
    reviewTotal: wire.review_total ?? 0,
    seconds: wire.seconds,
    startedAt: wire.started_at,
    finishedAt: wire.finished_at,
    createdAt: wire.created_at,
    error: errorText(wire.error),
    model: wire.model,
    etaSeconds: null,
  };
}

const toLevel = (wire: WireLevelCounts): LevelCounts => ({
  passed: wire.passed ?? 0,
  failed: wire.failed ?? 0,
  notRun: wire.not_run ?? 0,
  notApplicable: wire.not_applicable ?? 0,
});

const toWave = (wire: WireWave): Wave => ({
  number: wire.wave_number,
  status: wire.status,
  atomCount: wire.atom_count,
  byStatus: wire.by_status ?? {},
});

const toFailure = (wire: WireFailure): Failure => ({
  atomId: wire.atom_id,
  path: wire.path,
  symbol: wire.symbol,
  category: wire.category,
  message: wire.message,
  at: wire.at,
});

const toAtWork = (wire: WireAtWork): AtWork => ({
  atomId: wire.atom_id,
  path: wire.path,
  symbol: wire.symbol,
  stage: wire.stage,
  attempts: wire.attempts,
  since: wire.started_at,
});

export function toRunDetail(wire: WireRunDetail): RunDetail {
  const levels = Object.entries(wire.levels ?? {}).map(([level, counts]) => [level, toLevel(counts)] as const);
  return {
    ...toRun(wire),
    levels: Object.fromEntries(levels),
    waves: (wire.waves ?? []).map(toWave),
    failures: (wire.failures ?? []).map(toFailure),
    inFlight: wire.in_flight ?? 0,
    inFlightLimit: wire.in_flight_limit ?? 0,
    reserved: wire.reserved_usd ?? 0,
    retries: wire.retries ?? 0,
    atWork: (wire.at_work ?? []).map(toAtWork),
    fellBackAt: wire.fell_back_at,
    fallbackReason: wire.fallback_reason ?? "",
    etaSeconds: wire.eta_seconds,
    settings: wire.settings ?? {},
    shadowRunIds: wire.shadow_run_ids,
    asOfId: wire.as_of_id ?? 0,
  };
}

export function toRunAtom(wire: WireRunAtom): RunAtom {
  return {
    id: wire.atom_id,
    path: wire.path,
    symbol: wire.symbol,
    kind: wire.kind,
    startLine: wire.start_line,
    endLine: wire.end_line,
    loc: wire.loc,
    wave: wire.wave,
    status: wire.status,
    attempts: wire.attempts,
    confidence: wire.confidence,
    suspiciousness: wire.suspiciousness,
    reviewId: wire.review_id,
  };
}
