import { describe, expect, it } from "vitest";
import { type ReviewDetail, toReviewDetail, toReviewRow } from "@/model/review";
import { wireReview, wireReviewRow } from "@/testing/builders";
import { shownCode, stepAttempt } from "./shown";
import { blockedBecause } from "./useReviewer";

const detail = (over: Parameters<typeof wireReview>[0] = {}): ReviewDetail => toReviewDetail(wireReview(over));
const soon = new Date(Date.now() + 60_000).toISOString();
const why = (item: ReviewDetail | null, rowOver = {}, canReview = true, online = true) =>
  blockedBecause({ detail: item, rows: [toReviewRow(wireReviewRow(rowOver))], me: "me", canReview, online }).reason;

describe("why an item cannot be decided", () => {
  it.each([
    ["it can", detail(), {}, "none"],
    ["it is not on screen yet", null, {}, "loading"],
    ["another holds it", detail({ assigned_to: "you", claimed_until: soon }), {}, "claimed"],
    ["I hold it", detail({ assigned_to: "me", claimed_until: soon }), {}, "none"],
    [
      "the claim of another has run out",
      detail({ assigned_to: "you", claimed_until: "2020-01-01T00:00:00Z" }),
      {},
      "none",
    ],
    ["it is decided", detail({ status: "approved" }), {}, "closed"],
    ["a newer version exists than the one on screen", detail({ version: 1 }), { version: 2 }, "changed"],
  ])("%s", (_name, item, row, reason) => {
    expect(why(item, row)).toBe(reason);
  });

  it("never decides without a network: there is no queue of decisions that could go stale", () => {
    expect(why(detail(), {}, true, false)).toBe("offline");
  });

  it("says so when the role is missing", () => {
    expect(why(detail(), {}, false)).toBe("role");
  });
});

describe("what the centre shows", () => {
  it.each([
    ["a proposal", {}, null, null, "proposal"],
    ["an unchanged draft", { code: "x = 1\n", original_code: "x = 1\n" }, null, null, "draft"],
    ["a hole that was filled", { original_code: null }, null, null, "hole"],
    ["a hole without code", { original_code: null, code: null }, null, null, "nothing"],
    ["an attempt", {}, 1, null, "attempt"],
    ["a suggestion before all else", {}, 1, 0, "suggestion"],
  ] as const)("%s", (_name, over, attempt, suggestion, kind) => {
    expect(shownCode(detail(over), attempt, suggestion).kind).toBe(kind);
  });

  it("steps through the attempts and ends at the proposal", () => {
    expect(stepAttempt(detail(), null, -1)).toBe(1);
    expect(stepAttempt(detail(), 1, 1)).toBeNull();
    expect(stepAttempt(detail(), 0, -1)).toBe(0);
  });
});
