// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { handleKey, register } from "./registry";
import { setSingleLetters } from "./settings";

afterEach(() => setSingleLetters(true));

describe("single-letter keys", () => {
  it("can be switched off, keys with a modifier stay", () => {
    const approve = vi.fn();
    const palette = vi.fn();
    const undo = [register("review.approve", approve), register("console.palette", palette)];
    setSingleLetters(false);
    handleKey(new KeyboardEvent("keydown", { key: "a" }));
    handleKey(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
    for (const remove of undo) remove();
    expect(approve).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledOnce();
  });
});
