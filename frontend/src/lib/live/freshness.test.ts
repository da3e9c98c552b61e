import { describe, expect, it } from "vitest";
import { type Freshness, freshnessLabel } from "./freshness";

const NOW = 1_000_000;
const at = (over: Partial<Freshness>): Freshness => ({
  state: "live",
  lastEventAt: NOW - 1000,
  heardAt: NOW - 1000,
  behind: 0,
  ...over,
});
const label = (over: Partial<Freshness>, online = true) => freshnessLabel(at(over), NOW, online).text;

describe("the words of the dot", () => {
  it.each([
    ["an event a second ago", {}, "live 1 s"],
    ["a quiet line that answers", { lastEventAt: NOW - 180_000 }, "live 3 min"],
    ["a line that answers no more", { heardAt: NOW - 46_000 }, "stale 46 s"],
    ["a replay", { state: "catching-up" as const, behind: 214 }, "catching up (214)"],
    ["a lost line", { state: "connecting" as const }, "connecting"],
    ["a refusal", { state: "refused" as const }, "no live access"],
  ])("%s", (_name, over, text) => {
    expect(label(over)).toBe(text);
  });

  it("says offline before anything else", () => {
    expect(label({}, false)).toBe("offline");
  });
});
