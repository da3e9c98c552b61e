import { workingKeys } from "./bindings";
import { chordOf, contextOf, mayAct } from "./chord";
import { type CommandId, commandIds, specOf } from "./commands";

export type Handler = () => void;

const SEQUENCE_MS = 1000;
const handlers = new Map<CommandId, Handler[]>();
const listeners = new Set<() => void>();
let active: CommandId[] = [];
let prefix = "";
let prefixAt = 0;

function changed(): void {
  active = commandIds.filter((id) => handlers.has(id));
  for (const listener of listeners) listener();
}

/** Gives a command its meaning while the caller lives; the newest registration wins. Returns the undo. */
export function register(id: CommandId, handler: Handler): () => void {
  handlers.set(id, [...(handlers.get(id) ?? []), handler]);
  changed();
  return () => {
    const rest = (handlers.get(id) ?? []).filter((other) => other !== handler);
    if (rest.length > 0) handlers.set(id, rest);
    else handlers.delete(id);
    changed();
  };
}

export function runCommand(id: CommandId): boolean {
  const handler = handlers.get(id)?.at(-1);
  handler?.();
  return handler !== undefined;
}

export const activeCommands = (): CommandId[] => active;

export function subscribeCommands(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Handles one key press against the map. Strokes of a sequence may be one second apart. */
export function handleKey(event: KeyboardEvent, now: number = performance.now()): void {
  const chord = chordOf(event);
  const full = prefix && now - prefixAt < SEQUENCE_MS ? `${prefix} ${chord}` : chord;
  prefix = "";
  if (event.defaultPrevented) return;
  const context = contextOf(event.target);
  for (const id of active) {
    if (!workingKeys(id).includes(full) || !mayAct(event, chord, specOf(id), context)) continue;
    event.preventDefault();
    runCommand(id);
    return;
  }
  if (event.isComposing || context.typing || context.dialogOpen) return;
  if (active.some((id) => workingKeys(id).some((key) => key.startsWith(`${full} `)))) {
    prefix = full;
    prefixAt = now;
  }
}
