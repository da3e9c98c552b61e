// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { conflictsOf, keysOf, resetKeys, setKey, setSingleLetters, workingKeys } from "./bindings";
import { handleKey, register } from "./registry";

const undo: (() => void)[] = [];
const press = (key: string, init: KeyboardEventInit = {}) => handleKey(new KeyboardEvent("keydown", { key, ...init }));

afterEach(() => {
  for (const remove of undo.splice(0)) remove();
  setSingleLetters(true);
  resetKeys();
});

describe("single-letter keys", () => {
  it("can be switched off; keys with a modifier stay, Shift is none", () => {
    const approve = vi.fn();
    const palette = vi.fn();
    const go = vi.fn();
    undo.push(register("review.approve", approve), register("console.palette", palette), register("go.runs", go));
    setSingleLetters(false);
    press("a");
    press("g");
    press("r");
    press("k", { ctrlKey: true });
    expect(approve).not.toHaveBeenCalled();
    expect(go).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledOnce();
    expect(workingKeys("run.pause")).toEqual([]);
    expect(workingKeys("review.next")).toEqual(["ArrowDown"]);
  });
});

describe("a remapped key", () => {
  it("acts in place of the old one, and comes back with a reset", () => {
    const approve = vi.fn();
    undo.push(register("review.approve", approve));
    setKey("review.approve", "alt+a");
    press("a");
    expect(approve).not.toHaveBeenCalled();
    press("a", { altKey: true });
    expect(approve).toHaveBeenCalledOnce();
    resetKeys("review.approve");
    press("a");
    expect(approve).toHaveBeenCalledTimes(2);
  });

  it("is taken from the command that had it, and from sequences that it would cut off", () => {
    expect(conflictsOf("review.approve", "x")).toEqual(["review.reject"]);
    expect(conflictsOf("review.approve", "g")).toContain("go.runs");
    setKey("review.approve", "x");
    expect(keysOf("review.reject")).toEqual([]);
    expect(conflictsOf("review.reject", "x")).toEqual(["review.approve"]);
  });

  it("may be shared by commands of different pages", () => {
    expect(conflictsOf("run.pause", "a")).toEqual([]);
  });

  it("survives what is written badly into storage", () => {
    localStorage.setItem("mge.keys.map", '{"review.approve": "b", "nothing": ["c"], "review.edit": ["ctrl"]}');
    window.dispatchEvent(new StorageEvent("storage", { key: "mge.keys.map" }));
    expect(keysOf("review.approve")).toEqual(["a"]);
    expect(keysOf("review.edit")).toEqual(["ctrl"]);
  });
});
