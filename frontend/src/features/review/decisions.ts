import type { ApiError } from "@/api/errors";
import type { ReviewCounts, ReviewRow } from "@/model/review";
import type { Decision } from "./api/decide";

/** A decision that the server has not confirmed. */
export interface Unsent {
  decision: Decision;
  state: "sending" | "failed";
  error: ApiError | null;
}

export type Unsents = Readonly<Record<string, Unsent>>;

export type DecisionEvent =
  | { type: "sent"; decision: Decision }
  | { type: "confirmed"; reviewId: string }
  | { type: "failed"; reviewId: string; error: ApiError }
  | { type: "dropped"; reviewId: string };

/** sent -> confirmed | failed; failed -> sent (retry) | dropped. One open decision per item: a second is ignored. */
export function decisionReducer(state: Unsents, event: DecisionEvent): Unsents {
  if (event.type === "sent") {
    const { decision } = event;
    if (state[decision.reviewId]?.state === "sending") return state;
    return { ...state, [decision.reviewId]: { decision, state: "sending", error: null } };
  }
  const current = state[event.reviewId];
  if (!current) return state;
  if (event.type === "failed") {
    return { ...state, [event.reviewId]: { ...current, state: "failed", error: event.error } };
  }
  const { [event.reviewId]: _gone, ...rest } = state;
  return rest;
}

/** Rows as the reviewer sees them: what is being sent has left the list, what failed is back in its place. */
export function visibleRows(rows: ReviewRow[], unsents: Unsents): ReviewRow[] {
  return rows.filter((row) => unsents[row.id]?.state !== "sending");
}

/** Counts with the decisions in flight taken as done. */
export function optimisticCounts(counts: ReviewCounts, unsents: Unsents): ReviewCounts {
  const sending = Object.values(unsents).filter((unsent) => unsent.state === "sending").length;
  const fromReview = Math.min(counts.inReview, sending);
  return {
    pending: Math.max(0, counts.pending - (sending - fromReview)),
    inReview: counts.inReview - fromReview,
    done: counts.done + sending,
    mineToday: counts.mineToday + sending,
  };
}

/** The item to show after `id` is decided: the next one, else the one before, else none. */
export function following(rows: ReviewRow[], id: string): string | null {
  const at = rows.findIndex((row) => row.id === id);
  return rows[at + 1]?.id ?? rows[at - 1]?.id ?? null;
}

export function neighbour(rows: ReviewRow[], id: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.id === id);
  if (at === -1) return rows[0]?.id ?? null;
  return rows[at + step]?.id ?? null;
}
