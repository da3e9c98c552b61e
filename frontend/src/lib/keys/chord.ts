import type { CommandSpec } from "./commands";

type KeyLike = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat" | "isComposing"
>;

/**
 * What was pressed, in the notation of the map. `event.key` comes first, so that `?` and `/` work on every layout;
 * where the layout is not Latin, a letter is taken from its place on the keyboard.
 */
export function chordOf(event: KeyLike): string {
  let key = event.key === " " ? "space" : event.key;
  const isPrintable = key.length === 1;
  const isLetter = isPrintable && key.toLowerCase() !== key.toUpperCase();
  if (isLetter && !/[a-z]/i.test(key) && /^Key[A-Z]$/.test(event.code)) key = event.code.slice(3);
  if (isPrintable) key = key.toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && (isLetter || !isPrintable)) parts.push("shift");
  return [...parts, key].join("+");
}

export interface KeyContext {
  typing: boolean;
  dialogOpen: boolean;
  onControl: boolean;
  onRow: boolean;
}

/** Whether a key may act at all here: never while composing, in a dialog, or (mostly) while typing. */
export function mayAct(event: KeyLike, chord: string, spec: CommandSpec, context: KeyContext): boolean {
  if (event.isComposing) return false;
  if (spec.decision && event.repeat) return false;
  if (context.dialogOpen) return false;
  if (context.typing && !spec.inFields) return false;
  if (spec.onRow && context.onRow && chord === "space") return true;
  if (context.onControl && (chord === "space" || chord === "Enter" || chord.startsWith("Arrow"))) return false;
  return true;
}

const FIELDS = "input, textarea, select, [contenteditable=''], [contenteditable='true']";
const CONTROLS = "button, a[href], summary, [role='tab'], [role='separator'], [role='slider']";

export function contextOf(target: EventTarget | null): KeyContext {
  const element = target instanceof Element ? target : null;
  return {
    typing: element?.closest(FIELDS) != null,
    dialogOpen: document.querySelector("dialog[open]") !== null,
    onControl: element?.closest(CONTROLS) != null,
    onRow: element?.closest("a.row-link") != null,
  };
}
