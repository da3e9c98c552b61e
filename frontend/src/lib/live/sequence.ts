import type { LiveFrame } from "@/model/frame";

export type LinkState = "connecting" | "catching-up" | "live" | "offline" | "refused";

export interface Sequence {
  /** The newest event already applied, or null before the first snapshot. */
  lastId: number | null;
  /** Where the server's log stood when it said hello; replay runs up to there. */
  target: number | null;
}

export type Verdict = "apply" | "drop" | "resync" | "control";

export const startSequence = (asOfId: number | null): Sequence => ({ lastId: asOfId, target: null });

/**
 * Takes one frame in order. Events at or below `lastId` were seen (replay overlaps with the live stream) and are
 * dropped. Ids of one topic have gaps, so a gap is no sign of loss: only the server knows, and says `resync`.
 */
export function accept(sequence: Sequence, frame: LiveFrame): { sequence: Sequence; verdict: Verdict } {
  if (frame.type === "hello") {
    const target = frame.id ?? sequence.target;
    return { sequence: { lastId: sequence.lastId ?? target, target }, verdict: "control" };
  }
  if (frame.type === "resync") {
    return { sequence: { ...sequence, lastId: frame.id ?? sequence.target ?? sequence.lastId }, verdict: "resync" };
  }
  if (frame.id === null) return { sequence, verdict: "apply" };
  if (sequence.lastId !== null && frame.id <= sequence.lastId) return { sequence, verdict: "drop" };
  return { sequence: { ...sequence, lastId: frame.id }, verdict: "apply" };
}

/** How many events of the log still lie between this page and the server's hello. */
export function behind(sequence: Sequence): number {
  if (sequence.lastId === null || sequence.target === null) return 0;
  return Math.max(0, sequence.target - sequence.lastId);
}
