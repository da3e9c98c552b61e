import { type CommandId, specOf } from "./commands";

/** Commands of these groups work on every page; the others share the keyboard only with those of their own page. */
const EVERYWHERE = new Set(["list", "go", "console"]);

const scopeOf = (id: CommandId): string => id.split(".")[0] ?? "";

/** Whether two commands can be active at the same time. */
export function share(one: CommandId, other: CommandId): boolean {
  if (specOf(one).insteadOf === other || specOf(other).insteadOf === one) return false;
  const [a, b] = [scopeOf(one), scopeOf(other)];
  if (a === "rows" || b === "rows") return a !== "review" && b !== "review";
  return a === b || EVERYWHERE.has(a) || EVERYWHERE.has(b);
}

/** Whether one key hides the other: the same, or the beginning of its sequence. */
export function clash(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
}

/** A key of characters alone, which speech input may press by accident (WCAG 2.1.4); Shift makes no difference. */
export function isCharacterKey(key: string): boolean {
  return key.split(" ").every((stroke) => (stroke.startsWith("shift+") ? stroke.slice(6) : stroke).length === 1);
}
