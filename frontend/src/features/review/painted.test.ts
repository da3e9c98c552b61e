import { describe, expect, it } from "vitest";
import { ActiveTimer } from "./activeTime";
import { mayDecide } from "./painted";

describe("a decision", () => {
  const painted = { reviewId: "a", version: 3, at: 1000 };

  it("is taken only on what is on screen", () => {
    expect(mayDecide(painted, "a", 1200)).toBe(true);
    expect(mayDecide(painted, "b", 1200)).toBe(false);
    expect(mayDecide(null, "a", 1200)).toBe(false);
  });

  it("needs 150 ms of sight", () => {
    expect(mayDecide(painted, "a", 1149)).toBe(false);
    expect(mayDecide(painted, "a", 1150)).toBe(true);
  });
});

describe("active time", () => {
  it("counts a pause without input for 30 s at most", () => {
    const timer = new ActiveTimer(0);
    timer.touch(5_000);
    expect(timer.read(600_000)).toBe(35_000);
  });

  it("stands still while the tab is hidden", () => {
    const timer = new ActiveTimer(0);
    timer.setVisible(false, 4_000);
    timer.setVisible(true, 20_000);
    expect(timer.read(21_000)).toBe(5_000);
  });
});
