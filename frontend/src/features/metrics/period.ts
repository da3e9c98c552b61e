/** A stretch of time as the server takes it; null leaves that side open. */
export interface Period {
  since: string | null;
  until: string | null;
}

export const RANGES = { "7d": "7 days", "30d": "30 days", "90d": "90 days", all: "all time" } as const;
export type Range = keyof typeof RANGES;

export const isRange = (value: unknown): value is Range => typeof value === "string" && value in RANGES;

/** From the start of a day, so that the address of a question stays the same for a day. */
export function periodOf(range: Range, now: Date): Period {
  if (range === "all") return { since: null, until: null };
  const begin = new Date(now);
  begin.setUTCHours(0, 0, 0, 0);
  begin.setUTCDate(begin.getUTCDate() - Number.parseInt(range, 10));
  return { since: begin.toISOString(), until: null };
}
