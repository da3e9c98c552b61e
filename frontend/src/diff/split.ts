import type { DiffRow } from "./rows";

export interface SplitRow {
  left: DiffRow | null;
  right: DiffRow | null;
}

/** Pairs removed with added lines of the same change, side by side. */
export function splitRows(rows: DiffRow[]): SplitRow[] {
  const result: SplitRow[] = [];
  let index = 0;
  while (index < rows.length) {
    const row = rows[index];
    if (!row) break;
    if (row.kind === "same") {
      result.push({ left: row, right: row });
      index += 1;
      continue;
    }
    const change = rows.slice(index).filter((other) => other.change === row.change);
    const removed = change.filter((other) => other.kind === "removed");
    const added = change.filter((other) => other.kind === "added");
    for (let pair = 0; pair < Math.max(removed.length, added.length); pair += 1) {
      result.push({ left: removed[pair] ?? null, right: added[pair] ?? null });
    }
    index += change.length;
  }
  return result;
}
