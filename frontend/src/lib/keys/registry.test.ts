// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conflictsOf } from "./bindings";
import { type CommandId, commandIds, keyLabel, specOf } from "./commands";
import { activeCommands, handleKey, register } from "./registry";

const approve = vi.fn();
const undo: (() => void)[] = [];
const bind = (id: CommandId, run: () => void) => undo.push(register(id, run));

function press(key: string, init: KeyboardEventInit = {}, target: Element = document.body, now = 0): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, "target", { value: target });
  handleKey(event, now);
  return event;
}

function element(html: string): Element {
  document.body.innerHTML = html;
  return document.body.firstElementChild ?? document.body;
}

beforeEach(() => {
  approve.mockClear();
  bind("review.approve", approve);
});
afterEach(() => {
  for (const remove of undo.splice(0)) remove();
  document.body.innerHTML = "";
});

describe("the keyboard", () => {
  it("runs the command of a key and keeps the key from the browser", () => {
    expect(press("a").defaultPrevented).toBe(true);
    expect(approve).toHaveBeenCalledOnce();
  });

  it.each(["<input>", "<textarea></textarea>", "<select></select>", "<div contenteditable='true'></div>"])(
    "leaves letters to %s",
    (html) => {
      press("a", {}, element(html));
      expect(approve).not.toHaveBeenCalled();
    },
  );

  it("never repeats a decision while a key is held", () => {
    press("a", { repeat: true });
    expect(approve).not.toHaveBeenCalled();
  });

  it("is silent while text is composed and while a dialog is open", () => {
    press("a", { isComposing: true });
    element("<dialog open></dialog>");
    press("a");
    expect(approve).not.toHaveBeenCalled();
  });

  it("lets Space press the button that has the focus", () => {
    const skip = vi.fn();
    bind("review.skip", skip);
    press(" ", {}, element("<button>Edit</button>"));
    expect(skip).not.toHaveBeenCalled();
    press(" ");
    expect(skip).toHaveBeenCalledOnce();
  });

  it("takes a letter from its place where the layout is not Latin", () => {
    press("ф", { code: "KeyA" });
    expect(approve).toHaveBeenCalledOnce();
  });

  it("does not take Ctrl+A or Shift+A for A", () => {
    press("a", { ctrlKey: true });
    press("A", { shiftKey: true });
    expect(approve).not.toHaveBeenCalled();
  });

  it("saves from inside a field with Ctrl+Enter", () => {
    const save = vi.fn();
    bind("review.save", save);
    press("Enter", { ctrlKey: true }, element("<textarea></textarea>"));
    expect(save).toHaveBeenCalledOnce();
  });

  it("knows sequences, for one second", () => {
    const go = vi.fn();
    bind("go.review", go);
    press("g", {}, document.body, 0);
    press("q", {}, document.body, 1500);
    expect(go).not.toHaveBeenCalled();
    press("g", {}, document.body, 2000);
    press("q", {}, document.body, 2500);
    expect(go).toHaveBeenCalledOnce();
  });

  it("lists as active exactly what has a handler", () => {
    expect(activeCommands()).toEqual(["review.approve"]);
  });
});

describe("the keyboard map", () => {
  it("gives no key to two commands that can be active together", () => {
    const clashes = commandIds.flatMap((id) => specOf(id).keys.flatMap((key) => conflictsOf(id, key)));
    expect(clashes).toEqual([]);
  });

  it("reads well", () => {
    expect(["a", "mod+Enter", "g q", "space"].map(keyLabel)).toEqual(["A", "Ctrl+Enter", "G then Q", "Space"]);
  });
});
