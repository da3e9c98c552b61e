import { useSyncExternalStore } from "react";
import { ago, moment } from "@/lib/format";

const TICK_MS = 5000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** One clock for every age on the page. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

export function Ago({ at }: { at: string | null }) {
  const clock = useNow();
  return (
    <time dateTime={at ?? undefined} title={moment(at)}>
      {ago(at, Math.max(clock, Date.now() - TICK_MS))}
    </time>
  );
}
