import type { WireCalibration, WireMetrics } from "@/api/wire";

export type Unit = "share" | "seconds" | "usd" | "count" | "score";

/** One of the plan's success metrics. A value that was not measured is null, and `reason` says why. */
export interface SuccessMetric {
  key: string;
  title: string;
  family: string;
  unit: Unit;
  atLeast: number | null;
  atMost: number | null;
  value: number | null;
  n: number;
  met: boolean | null;
  reason: string;
  measuredBy: string;
  byHand: boolean;
}

export interface MetricRun {
  runId: string;
  name: string;
  mode: string;
  finishedAt: string | null;
  precision: number | null;
  seconds: number | null;
  costUsd: number | null;
  atomsTotal: number;
}

export interface MetricMode {
  mode: string;
  runs: number;
  tests: number;
  precision: number | null;
  secondsMean: number | null;
  costUsdMean: number | null;
  errorRate: number | null;
}

export interface MetricCost {
  model: string;
  purpose: string;
  calls: number;
  unpriced: number;
  usd: number;
}

export interface Metrics {
  metrics: SuccessMetric[];
  modes: MetricMode[];
  runs: MetricRun[];
  cost: MetricCost[];
  rejections: { reason: string; n: number }[];
}

export interface Band {
  low: number;
  high: number;
  n: number;
  confidence: number | null;
  right: number | null;
  interval: [number, number] | null;
}

export interface Calibration {
  n: number;
  runs: number;
  bands: Band[];
  auroc: number | null;
  nRight: number;
  nWrong: number;
  aurocInterval: [number, number] | null;
  caught: number | null;
  nCaught: number;
  defects: number;
}

export function toMetrics(wire: WireMetrics): Metrics {
  return {
    metrics: wire.metrics.map(({ at_least, at_most, measured_by, by_hand, ...rest }) => ({
      ...rest,
      atLeast: at_least,
      atMost: at_most,
      measuredBy: measured_by,
      byHand: by_hand,
    })),
    modes: wire.modes.map((row) => ({
      mode: row.mode,
      runs: row.runs,
      tests: row.tests,
      precision: row.precision,
      secondsMean: row.seconds_mean,
      costUsdMean: row.cost_usd_mean,
      errorRate: row.error_rate,
    })),
    runs: wire.runs.map((row) => ({
      runId: row.run_id,
      name: row.name,
      mode: row.mode,
      finishedAt: row.finished_at,
      precision: row.precision,
      seconds: row.seconds,
      costUsd: row.cost_usd,
      atomsTotal: row.atoms_total,
    })),
    cost: wire.cost,
    rejections: wire.rejections,
  };
}

const pair = (ends: number[] | null | undefined): [number, number] | null =>
  ends?.[0] !== undefined && ends[1] !== undefined ? [ends[0], ends[1]] : null;

export function toCalibration(wire: WireCalibration): Calibration {
  return {
    n: wire.n,
    runs: wire.run_ids.length,
    bands: wire.bands.map((band) => ({
      low: band.low,
      high: band.high,
      n: band.n,
      confidence: band.mean_confidence,
      right: band.right_share,
      interval: pair(band.interval),
    })),
    auroc: wire.auroc.value,
    aurocInterval: pair(wire.auroc.interval),
    nRight: wire.auroc.n_right,
    nWrong: wire.auroc.n_wrong,
    caught: wire.caught.share,
    nCaught: wire.caught.n_flagged,
    defects: wire.caught.n,
  };
}
