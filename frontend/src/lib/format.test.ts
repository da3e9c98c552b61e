import { describe, expect, it } from "vitest";
import { duration } from "./format";

describe("a duration", () => {
  it.each([
    [null, "–"],
    [0.04, "0.0 s"],
    [9.4, "9.4 s"],
    [9.6, "10 s"],
    [59.6, "1 min 00 s"],
    [119.7, "2 min 00 s"],
    [3599.8, "1 h 00 min"],
  ])("%s seconds is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
