import type { WirePage } from "@/api/wire";

export interface Page<T> {
  rows: T[];
  next: string | null;
}

export function toPage<W, T>(wire: WirePage<W>, map: (row: W) => T): Page<T> {
  return { rows: wire.results.map(map), next: wire.next };
}
