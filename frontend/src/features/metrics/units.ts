import { DASH, duration, money, percent } from "@/lib/format";
import type { SuccessMetric, Unit } from "@/model/metrics";

export function show(value: number | null, unit: Unit): string {
  if (value === null) return DASH;
  if (unit === "share") return percent(value, 1);
  if (unit === "seconds") return duration(value);
  if (unit === "usd") return money(value);
  return unit === "score" ? value.toFixed(1) : value.toLocaleString("en", { maximumFractionDigits: 1 });
}

export function target({ atLeast, atMost, unit }: SuccessMetric): string {
  if (atLeast !== null && atMost !== null) return `${show(atLeast, unit)} to ${show(atMost, unit)}`;
  if (atLeast !== null) return `at least ${show(atLeast, unit)}`;
  return `at most ${show(atMost, unit)}`;
}
