import { useEffect, useState } from "react";

const AFTER_MS = 200;

/** Draws again when a claim runs out, so that its item is seen to be free. */
export function useExpiry(until: string | null): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const left = until === null ? Number.NaN : Date.parse(until) - Date.now();
    if (Number.isNaN(left) || left < 0) return;
    const timer = setTimeout(() => setTick((tick) => tick + 1), left + AFTER_MS);
    return () => clearTimeout(timer);
  }, [until]);
}
