import { type RefObject, useLayoutEffect, useRef } from "react";

export interface Painted {
  reviewId: string;
  version: number;
  /** Time of the first frame that shows it, in the page's clock. */
  at: number;
}

export const MIN_LOOK_MS = 150;

/** Whether a decision may be taken on what is on screen: it is the selected item, and it has been there long enough. */
export function mayDecide(painted: Painted | null, selectedId: string | null, now: number): painted is Painted {
  return painted !== null && painted.reviewId === selectedId && now - painted.at >= MIN_LOOK_MS;
}

/** Follows what the reviewer really sees. Null while the next item is still loading. */
export function usePainted(item: { id: string; version: number } | null): RefObject<Painted | null> {
  const painted = useRef<Painted | null>(null);
  const id = item?.id ?? null;
  const version = item?.version ?? 0;
  useLayoutEffect(() => {
    painted.current = null;
    if (id === null) return;
    const frame = requestAnimationFrame(() => {
      painted.current = { reviewId: id, version, at: performance.now() };
    });
    return () => cancelAnimationFrame(frame);
  }, [id, version]);
  return painted;
}
