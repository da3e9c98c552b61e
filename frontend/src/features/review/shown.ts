import type { ReviewDetail } from "@/model/review";

/** What the centre shows against the original. */
export interface Shown {
  kind: "proposal" | "draft" | "hole" | "nothing" | "attempt" | "suggestion";
  code: string | null;
  /** Number of the attempt in view, null for the proposal or a suggestion. */
  attempt: number | null;
}

export function shownCode(detail: ReviewDetail, attempt: number | null, suggestion: number | null): Shown {
  const suggested = suggestion === null ? null : (detail.suggestions[suggestion]?.code ?? null);
  if (suggested !== null) return { kind: "suggestion", code: suggested, attempt: null };
  const tried = detail.attempts.find((row) => row.number === attempt);
  if (tried) return { kind: "attempt", code: tried.code ?? detail.original, attempt: tried.number };
  const code = detail.modifiedCode ?? detail.proposal;
  if (code === null) return { kind: detail.original === null ? "nothing" : "draft", code: null, attempt: null };
  if (detail.original === null) return { kind: "hole", code, attempt: null };
  return { kind: code === detail.original ? "draft" : "proposal", code, attempt: null };
}

export type Base = "original" | "previous";

/** What `shown` is compared with: the draft, or the attempt before it. Without an earlier attempt it is the draft. */
export function comparedWith(detail: ReviewDetail, shown: Shown, base: Base): { code: string | null; name: string } {
  const original = { code: detail.original, name: "original" };
  if (base === "original") return original;
  const before = detail.attempts.filter(
    (row) => row.code !== null && (shown.attempt === null ? row.code !== shown.code : row.number < shown.attempt),
  );
  const last = before.at(-1);
  return last?.code ? { code: last.code, name: `attempt ${last.number}` } : original;
}

/** Attempts worth stepping through: those whose code is kept. Null stands for the proposal, at the end. */
export function stepAttempt(detail: ReviewDetail, current: number | null, step: 1 | -1): number | null {
  const stops: (number | null)[] = [...detail.attempts.map((row) => row.number), null];
  const at = stops.indexOf(current);
  return stops[Math.min(stops.length - 1, Math.max(0, at + step))] ?? null;
}
