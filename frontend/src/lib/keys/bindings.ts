import { useSyncExternalStore } from "react";
import { stored } from "../stored";
import { type CommandId, commandIds, keyLabel, specOf } from "./commands";
import { clash, isCharacterKey, share } from "./scope";

type Overrides = Partial<Record<CommandId, string[]>>;

const saved = stored<string>("mge.keys.map", "{}");
const letters = stored<"on" | "off">("mge.keys.letters", "on");
const listeners = new Set<() => void>();
let overrides = read(saved.get());
let revision = 0;

/** What is not a map of known commands to lists of keys is left out: storage can be written by anything. */
function read(text: string): Overrides {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    const known = Object.entries(value).filter(
      ([id, keys]) =>
        (commandIds as string[]).includes(id) && Array.isArray(keys) && keys.every((key) => typeof key === "string"),
    );
    return Object.fromEntries(known) as Overrides;
  } catch {
    return {};
  }
}

function changed(): void {
  overrides = read(saved.get());
  revision += 1;
  for (const listener of listeners) listener();
}
saved.subscribe(changed);
letters.subscribe(changed);

/** The keys of a command: the person's own, else those of the map. An empty list means that it has none. */
export const keysOf = (id: CommandId): readonly string[] => overrides[id] ?? specOf(id).keys;

export const isRemapped = (id: CommandId): boolean => overrides[id] !== undefined;
export const remappedCount = (): number => Object.keys(overrides).length;

/** WCAG 2.1.4: keys of one character can be switched off. */
export const lettersAreOff = (): boolean => letters.get() === "off";
export const setSingleLetters = (on: boolean): void => letters.set(on ? "on" : "off");

/** The keys that act now: without those of one character where these are switched off. */
export const workingKeys = (id: CommandId): readonly string[] =>
  lettersAreOff() ? keysOf(id).filter((key) => !isCharacterKey(key)) : keysOf(id);

/** Name and key of a command, for a tooltip. */
export function commandTitle(id: CommandId): string {
  const first = workingKeys(id)[0];
  return first ? `${specOf(id).title} (${keyLabel(first)})` : specOf(id).title;
}

/** Commands that would be hidden by, or hide, `key` if `id` had it. */
export function conflictsOf(id: CommandId, key: string): CommandId[] {
  return commandIds.filter(
    (other) => other !== id && share(id, other) && keysOf(other).some((taken) => clash(taken, key)),
  );
}

function write(next: Overrides): void {
  saved.set(JSON.stringify(next));
}

/** Gives a command the key alone, and takes it from every command that it would clash with. */
export function setKey(id: CommandId, key: string): void {
  const next: Overrides = { ...overrides };
  for (const other of conflictsOf(id, key)) next[other] = keysOf(other).filter((taken) => !clash(taken, key));
  next[id] = [key];
  write(next);
}

/** Back to the map's own keys, for one command or for all. */
export function resetKeys(id?: CommandId): void {
  const rest = { ...overrides };
  if (id !== undefined) delete rest[id];
  write(id === undefined ? {} : rest);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Draws again when a key or the switch of single letters changes. */
export const useKeyMap = (): number => useSyncExternalStore(subscribe, () => revision);

export function useSingleLetters(): [boolean, (on: boolean) => void] {
  useKeyMap();
  return [!lettersAreOff(), setSingleLetters];
}
