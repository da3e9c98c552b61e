import { describe, expect, it } from "vitest";
import { placeOf } from "./planInView";

describe("choosing another plan", () => {
  it.each([
    ["/review/7", { to: "/review", search: { masterplan: "p" } }],
    ["/runs", { to: "/runs", search: { masterplan: "p" } }],
    ["/runs/7", { to: "/runs", search: { masterplan: "p" } }],
    ["/graph/7", { to: "/graph", search: { plan: "p" } }],
    ["/metrics", { to: "/masterplans/$planId", params: { planId: "p" } }],
  ])("keeps to the kind of page %s", (pathname, place) => expect(placeOf(pathname, "p")).toEqual(place));

  it("goes back to everything", () => {
    expect(placeOf("/runs/7", undefined)).toEqual({ to: "/runs", search: { masterplan: undefined } });
    expect(placeOf("/masterplans/7", undefined)).toEqual({ to: "/masterplans" });
  });
});
