import { diffWordsWithSpace } from "diff";
import type { DiffRow } from "./rows";

export interface Range {
  from: number;
  to: number;
}

const LONGEST = 2000;
const WORTH_MARKING = 0.3;

/** Ranges of the row's text that differ from its counterpart; none where the lines have little in common. */
export function wordMarks(row: DiffRow): Range[] {
  if (row.partner === null || row.text.length > LONGEST || row.partner.length > LONGEST) return [];
  const [before, after] = row.kind === "removed" ? [row.text, row.partner] : [row.partner, row.text];
  const ranges: Range[] = [];
  let position = 0;
  let common = 0;
  for (const part of diffWordsWithSpace(before, after)) {
    if (part.added && row.kind === "removed") continue;
    if (part.removed && row.kind === "added") continue;
    const to = position + part.value.length;
    if (part.added || part.removed) ranges.push({ from: position, to });
    else common += part.value.trim().length;
    position = to;
  }
  return common >= row.text.trim().length * WORTH_MARKING ? ranges : [];
}
