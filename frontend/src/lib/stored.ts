import { useSyncExternalStore } from "react";

export interface Stored<T extends string> {
  get: () => T;
  set: (value: T) => void;
  use: () => [T, (value: T) => void];
}

/** A small setting kept in this browser. Works for the visit only where storage is refused. */
export function stored<T extends string>(name: string, initial: T): Stored<T> {
  const listeners = new Set<() => void>();
  let value = read() ?? initial;

  function read(): T | null {
    try {
      return localStorage.getItem(name) as T | null;
    } catch {
      return null; // storage is refused by the browser: the setting lives in memory
    }
  }

  const set = (next: T) => {
    value = next;
    try {
      localStorage.setItem(name, next);
    } catch {
      // see read()
    }
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return { get, set, use: () => [useSyncExternalStore(subscribe, get), set] };
}
