import { DASH, duration, money, percent } from "@/lib/format";
import type { Guard, Verdict } from "@/model/rollout";
import type { Tone } from "@/ui/Status";

const LABELS: Record<string, string> = {
  precision: "Precision",
  seconds: "Run time",
  error_rate: "Error rate",
  cost_usd: "Cost per run",
  satisfaction: "Satisfaction",
  critical_bugs: "Critical bugs",
};

const SAYS: Record<Verdict, [Tone, string]> = {
  passed: ["good", "green"],
  failed: ["bad", "red"],
  unsure: ["warn", "not sure yet"],
  no_data: ["muted", "no data"],
};

export const guardLabel = (guard: Guard): string => LABELS[guard.name] ?? guard.name;
export const verdictTone = (verdict: Verdict): Tone => SAYS[verdict][0];
export const verdictWord = (verdict: Verdict): string => SAYS[verdict][1];

export function guardNumber(guard: Guard, value: number | null): string {
  if (value === null) return DASH;
  if (guard.name === "precision" || guard.name === "error_rate") return percent(value, 1);
  if (guard.name === "seconds") return duration(Math.max(0, value));
  if (guard.name === "cost_usd") return money(Math.max(0, value));
  if (guard.name === "critical_bugs") return String(value);
  return value.toFixed(1);
}

/** "98.2 % to 99.9 %", nothing for what is counted, and a dash where there is no interval. */
export function guardInterval(guard: Guard): string {
  if (guard.low === null || guard.high === null) return DASH;
  if (guard.low === guard.high) return "";
  return `${guardNumber(guard, guard.low)} to ${guardNumber(guard, guard.high)}`;
}

export function sampleWords(guard: Guard): string {
  if (guard.name === "critical_bugs") return "counted";
  return guard.sample < guard.minSample ? `${guard.sample} of ${guard.minSample}` : String(guard.sample);
}
