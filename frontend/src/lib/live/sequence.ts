import type { LiveFrame } from "@/model/frame";

export type LinkState = "connecting" | "catching-up" | "live" | "offline" | "refused";

export interface Sequence {
  /** Events up to here are part of the snapshot this page began with. */
  baseline: number;
  /** The newest event seen; where a new connection asks to go on. Null before the first. */
  lastId: number | null;
  /** Where the server's log stood when it said hello; replay runs up to there. */
  target: number | null;
  /** The newest ids that were applied, oldest first. */
  recent: readonly number[];
}

export type Verdict = "apply" | "drop" | "resync" | "control";

const REMEMBERED = 500;

export const startSequence = (asOfId: number | null): Sequence => ({
  baseline: asOfId ?? 0,
  lastId: asOfId,
  target: null,
  recent: [],
});

/**
 * Takes one frame. What was seen is dropped: replay overlaps with the live stream. Ids of one topic have gaps and may
 * come a little out of order (transactions commit in their own order), so neither is a sign of loss: only the server
 * knows, and says `resync`.
 */
export function accept(sequence: Sequence, frame: LiveFrame): { sequence: Sequence; verdict: Verdict } {
  if (frame.type === "hello") {
    const target = frame.id ?? sequence.target;
    return { sequence: { ...sequence, lastId: sequence.lastId ?? target, target }, verdict: "control" };
  }
  if (frame.type === "pong") return { sequence, verdict: "control" };
  if (frame.type === "resync") {
    const lastId = frame.id ?? sequence.target ?? sequence.lastId;
    return { sequence: { ...sequence, lastId }, verdict: "resync" };
  }
  const { id } = frame;
  if (id === null) return { sequence, verdict: "apply" };
  if (id <= sequence.baseline || sequence.recent.includes(id)) return { sequence, verdict: "drop" };
  const recent = [...sequence.recent, id].slice(-REMEMBERED);
  return { sequence: { ...sequence, lastId: Math.max(sequence.lastId ?? 0, id), recent }, verdict: "apply" };
}

/** How many events of the log still lie between this page and the server's hello. */
export function behind(sequence: Sequence): number {
  if (sequence.lastId === null || sequence.target === null) return 0;
  return Math.max(0, sequence.target - sequence.lastId);
}
