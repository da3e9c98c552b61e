import { useSyncExternalStore } from "react";

export interface Stored<T extends string> {
  get: () => T;
  set: (value: T) => void;
  reset: () => void;
  subscribe: (listener: () => void) => () => void;
  use: () => [T, (value: T) => void];
}

/** False where the browser refuses storage: settings then live for the visit only. */
export function storageWorks(): boolean {
  try {
    localStorage.setItem("mge.probe", "1");
    localStorage.removeItem("mge.probe");
    return true;
  } catch {
    return false;
  }
}

/**
 * A small setting kept in this browser, the same in all its tabs. Works for the visit only where storage is refused.
 * `allowed` names the values there are; what storage holds otherwise is not believed.
 */
export function stored<T extends string>(name: string, initial: T, allowed?: readonly T[]): Stored<T> {
  const listeners = new Set<() => void>();
  let value = read();

  function read(): T {
    try {
      const found = localStorage.getItem(name) as T | null;
      return found !== null && (allowed === undefined || allowed.includes(found)) ? found : initial;
    } catch {
      return initial; // storage is refused by the browser: the setting lives in memory
    }
  }
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const set = (next: T) => {
    value = next;
    try {
      localStorage.setItem(name, next);
    } catch {
      // see read()
    }
    tell();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  if (typeof window !== "undefined") {
    window.addEventListener("storage", (event) => {
      if (event.key !== name && event.key !== null) return;
      value = read();
      tell();
    });
  }
  const get = () => value;
  return { get, set, reset: () => set(initial), subscribe, use: () => [useSyncExternalStore(subscribe, get), set] };
}
