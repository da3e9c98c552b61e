import type { WireComparison, WireMyFeedback, WireSide } from "@/api/wire";

export interface Side {
  runId: string;
  mode: string;
  status: string;
  error: string | null;
  fellBack: boolean;
  precision: number | null;
  testsTotal: number | null;
  testsPassed: number | null;
  cost: number | null;
  calls: number;
  seconds: number | null;
  units: number;
  byStatus: Record<string, number>;
  findings: { path: string; symbol: string; status: string; message: string }[];
}

export interface Comparison {
  parentId: string;
  childId: string;
  planId: string;
  planName: string;
  mvp: Side;
  v2: Side;
  precisionGain: number | null;
  costSaved: number | null;
  secondsSaved: number | null;
  at: string;
}

export interface Feedback {
  score: number | null;
  word: string;
  mean: number | null;
  count: number;
}

const toSide = (wire: WireSide): Side => ({
  runId: wire.run_id,
  mode: wire.mode,
  status: wire.status,
  error: wire.error,
  fellBack: wire.fell_back,
  precision: wire.precision,
  testsTotal: wire.tests_total,
  testsPassed: wire.tests_passed,
  cost: wire.cost_usd,
  calls: wire.calls,
  seconds: wire.seconds,
  units: wire.units_total,
  byStatus: wire.by_status,
  findings: wire.findings,
});

export const toComparison = (wire: WireComparison): Comparison => ({
  parentId: wire.parent_id,
  childId: wire.child_id,
  planId: wire.masterplan_id,
  planName: wire.masterplan_name,
  mvp: toSide(wire.mvp),
  v2: toSide(wire.v2),
  precisionGain: wire.precision_gain,
  costSaved: wire.cost_usd_saved,
  secondsSaved: wire.seconds_saved,
  at: wire.at,
});

export const toFeedback = (wire: WireMyFeedback): Feedback => ({ ...wire });
