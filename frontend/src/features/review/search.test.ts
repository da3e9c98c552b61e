import { describe, expect, it } from "vitest";
import { isFiltered, narrowings, parseReviewSearch } from "./search";

describe("filters in the address", () => {
  it("keeps what it knows and drops the rest", () => {
    const raw = { view: "sent_back", wave: "3", band: "low", q: 404, reason: "types fail", assignee: "", other: "x" };
    expect(parseReviewSearch(raw)).toMatchObject({
      view: "sent_back",
      wave: 3,
      band: "low",
      q: "404",
      reason: "types fail",
      assignee: undefined,
    });
    expect(parseReviewSearch({ view: "x", wave: "-1", band: "none" })).toMatchObject({
      view: undefined,
      wave: undefined,
      band: undefined,
    });
  });

  it("counts what narrows, the view aside", () => {
    expect(narrowings(parseReviewSearch({ view: "done", wave: 0, language: "python" }))).toBe(2);
    expect(isFiltered(parseReviewSearch({ view: "done" }))).toBe(false);
    expect(isFiltered(parseReviewSearch({ q: "x" }))).toBe(true);
  });
});
