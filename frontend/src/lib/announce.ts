import { useSyncExternalStore } from "react";

const GAP_MS = 2000;
const listeners = new Set<() => void>();
let message = "";
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function say(text: string): void {
  message = text;
  last = Date.now();
  for (const listener of listeners) listener();
}

/** Speaks through the one polite live region, at most once in two seconds; the newest message wins. */
export function announce(text: string): void {
  clearTimeout(timer);
  const wait = last + GAP_MS - Date.now();
  if (wait <= 0) say(text);
  else timer = setTimeout(() => say(text), wait);
}

export function useAnnouncement(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => message,
  );
}
