import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  tone: "info" | "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 8000;
const listeners = new Set<() => void>();
let toasts: Toast[] = [];
let counter = 0;

function update(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function dismissToast(id: number): void {
  update(toasts.filter((toast) => toast.id !== id));
}

/** Shows a short note; bad news stays until it is dismissed. Returns by what name. */
export function showToast(toast: Omit<Toast, "id">): number {
  counter += 1;
  const id = counter;
  update([...toasts.slice(-3), { ...toast, id }]);
  if (toast.tone !== "bad") setTimeout(() => dismissToast(id), SHOWN_MS);
  return id;
}

export function useToasts(): Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
