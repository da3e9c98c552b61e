import type { DiffRow } from "./rows";

export interface Stretch {
  /** Index of the first row. */
  start: number;
  end: number;
  folded: boolean;
}

const AROUND = 4;
const SHORTEST = 6;

/** Cuts rows into shown and folded stretches: unchanged lines far from any change or note are folded away. */
export function foldRows(rows: DiffRow[], keep: (row: DiffRow) => boolean): Stretch[] {
  const near = new Array<boolean>(rows.length).fill(false);
  let anything = false;
  rows.forEach((row, index) => {
    if (row.kind === "same" && !keep(row)) return;
    anything = true;
    for (let at = Math.max(0, index - AROUND); at <= Math.min(rows.length - 1, index + AROUND); at += 1)
      near[at] = true;
  });
  if (!anything) return rows.length > 0 ? [{ start: 0, end: rows.length, folded: false }] : [];
  const stretches: Stretch[] = [];
  let start = 0;
  for (let index = 1; index <= rows.length; index += 1) {
    if (index < rows.length && near[index] === near[start]) continue;
    const folded = near[start] === false && index - start >= SHORTEST;
    const previous = stretches.at(-1);
    if (previous && !previous.folded && !folded) previous.end = index;
    else stretches.push({ start, end: index, folded });
    start = index;
  }
  return stretches;
}
