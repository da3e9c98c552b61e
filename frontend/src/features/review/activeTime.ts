import { useEffect, useRef } from "react";

const IDLE_MS = 30_000;

/** Time of real attention: a pause without input counts for at most 30 s, a hidden tab for nothing. */
export class ActiveTimer {
  private total = 0;
  private last: number;
  private visible = true;

  constructor(now: number) {
    this.last = now;
  }

  touch(now: number): void {
    if (this.visible) this.total += Math.min(now - this.last, IDLE_MS);
    this.last = now;
  }

  setVisible(visible: boolean, now: number): void {
    this.touch(now);
    this.visible = visible;
  }

  read(now: number): number {
    this.touch(now);
    return Math.round(this.total);
  }
}

/** The timer of the item in view; it starts anew with every item. */
export function useActiveTime(itemId: string | null): () => number {
  const timer = useRef(new ActiveTimer(performance.now()));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item is what starts a new timer
  useEffect(() => {
    timer.current = new ActiveTimer(performance.now());
    const touch = () => timer.current.touch(performance.now());
    const visibility = () => timer.current.setVisible(!document.hidden, performance.now());
    const inputs = ["keydown", "pointerdown", "pointermove", "wheel"] as const; // a finger taps without moving
    for (const name of inputs) window.addEventListener(name, touch, { passive: true });
    document.addEventListener("visibilitychange", visibility);
    return () => {
      for (const name of inputs) window.removeEventListener(name, touch);
      document.removeEventListener("visibilitychange", visibility);
    };
  }, [itemId]);
  return () => timer.current.read(performance.now());
}
