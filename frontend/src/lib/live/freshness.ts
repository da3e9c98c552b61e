import { useSyncExternalStore } from "react";
import type { LinkState } from "./sequence";

export interface Freshness {
  state: LinkState | "idle";
  lastEventAt: number | null;
  /** When anything came, an answer to a ping too. */
  heardAt: number | null;
  behind: number;
}

const IDLE: Freshness = { state: "idle", lastEventAt: null, heardAt: null, behind: 0 };
const listeners = new Set<() => void>();
let current: Freshness = IDLE;

/**
 * Reported by the connection of the page in view; read by the dot in the top bar. Listeners hear of another state only:
 * the time of the last event changes with every event, and the dot reads it once a second.
 */
export function setFreshness(next: Partial<Freshness> | null): void {
  const before = current;
  current = next === null ? IDLE : { ...current, ...next };
  if (current.state === before.state && current.behind === before.behind) return;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useFreshness(): Freshness {
  return useSyncExternalStore(subscribe, () => current);
}

/** Whether the page hears from the server; tells of changes only, not of every event. */
export const useLinkUp = (): boolean =>
  useSyncExternalStore(subscribe, () => current.state === "live" || current.state === "catching-up");

const STALE_MS = 45_000;

/** The dot's words: connection first, then the age of what was last heard. */
export function freshnessLabel(value: Freshness, now: number, online: boolean): { tone: string; text: string } {
  if (!online || value.state === "offline") return { tone: "bad", text: "offline" };
  if (value.state === "idle") return { tone: "muted", text: "" };
  if (value.state === "refused") return { tone: "bad", text: "no live access" };
  if (value.state === "connecting") return { tone: "warn", text: "connecting" };
  if (value.state === "catching-up") {
    return { tone: "warn", text: value.behind > 0 ? `catching up (${value.behind})` : "catching up" };
  }
  const silent = value.heardAt === null ? 0 : now - value.heardAt;
  if (silent > STALE_MS) return { tone: "warn", text: `stale ${age(silent)}` };
  return { tone: "good", text: value.lastEventAt === null ? "live" : `live ${age(now - value.lastEventAt)}` };
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
