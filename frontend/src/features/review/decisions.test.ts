import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import { toReviewRow } from "@/model/review";
import { wireReviewRow } from "@/testing/builders";
import type { Decision } from "./api/decide";
import {
  type DecisionEvent,
  decisionReducer,
  following,
  neighbour,
  optimisticCounts,
  type Unsents,
  visibleRows,
} from "./decisions";

const decision = (reviewId: string): Decision => ({
  kind: "approve",
  reviewId,
  version: 1,
  activeMs: 1200,
  idempotencyKey: `key-${reviewId}`,
});
const rows = ["a", "b", "c"].map((id) => toReviewRow(wireReviewRow({ review_id: id })));
const play = (...events: DecisionEvent[]): Unsents => events.reduce(decisionReducer, {});
const lost = new ApiError(0, { code: "offline", message: "The server cannot be reached." });

describe("decisions on their way", () => {
  it("leave the list while they are sent, and for good once confirmed", () => {
    const sent = play({ type: "sent", decision: decision("a") });
    expect(visibleRows(rows, sent).map((row) => row.id)).toEqual(["b", "c"]);
    expect(decisionReducer(sent, { type: "confirmed", reviewId: "a" })).toEqual({});
  });

  it("come back with their error when they fail, and keep their key for the retry", () => {
    const failed = play({ type: "sent", decision: decision("a") }, { type: "failed", reviewId: "a", error: lost });
    expect(visibleRows(rows, failed)).toHaveLength(3);
    expect(failed.a).toMatchObject({ state: "failed", error: lost, decision: { idempotencyKey: "key-a" } });
    const again = decisionReducer(failed, { type: "sent", decision: decision("a") });
    expect(again.a?.state).toBe("sending");
  });

  it("are taken once per item: a second press changes nothing", () => {
    const sent = play({ type: "sent", decision: decision("a") });
    expect(decisionReducer(sent, { type: "sent", decision: { ...decision("a"), kind: "reject" } })).toBe(sent);
  });

  it("ignore news about items that nobody decided", () => {
    const sent = play({ type: "sent", decision: decision("a") });
    expect(decisionReducer(sent, { type: "failed", reviewId: "z", error: lost })).toBe(sent);
  });

  it("count as done while they are sent, not when they failed", () => {
    const counts = { pending: 5, inReview: 1, done: 2, mineToday: 1 };
    const state = play(
      { type: "sent", decision: decision("a") },
      { type: "sent", decision: decision("b") },
      { type: "failed", reviewId: "b", error: lost },
    );
    expect(optimisticCounts(counts, state)).toEqual({ pending: 5, inReview: 0, done: 3, mineToday: 2 });
  });
});

describe("what comes next", () => {
  it("is the item after, at the end the one before, else nothing", () => {
    expect(following(rows, "a")).toBe("b");
    expect(following(rows, "c")).toBe("b");
    expect(following(rows.slice(0, 1), "a")).toBeNull();
  });

  it("stops at both ends and begins at the top", () => {
    expect(neighbour(rows, "c", 1)).toBeNull();
    expect(neighbour(rows, "b", -1)).toBe("a");
    expect(neighbour(rows, null, 1)).toBe("a");
  });
});
