import { diffArrays } from "diff";

export type RowKind = "same" | "added" | "removed";

export interface DiffRow {
  kind: RowKind;
  /** 1-based line in the old text, null for an added line. */
  oldLine: number | null;
  newLine: number | null;
  text: string;
  /** For a changed line, its counterpart: what the word marks are computed against. */
  partner: string | null;
  /** Number of the change this row belongs to, null for unchanged lines. */
  change: number | null;
}

/** Lines without their ends. A last line end makes no extra line; the empty text has none. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Whether a diff of the two would show nothing. */
export const sameLines = (one: string, other: string | null): boolean =>
  other !== null && splitLines(one).join("\n") === splitLines(other).join("\n");

/** Line diff. Removed lines come before the added ones of the same change, and are paired in order. */
export function diffRows(oldText: string, newText: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let oldLine = 0;
  let newLine = 0;
  let changes = 0;
  let removed: string[] = [];
  let added: string[] = [];

  const flush = () => {
    if (removed.length + added.length === 0) return;
    changes += 1;
    removed.forEach((text, index) => {
      oldLine += 1;
      const partner = added[index] ?? null;
      rows.push({ kind: "removed", oldLine, newLine: null, text, partner, change: changes });
    });
    added.forEach((text, index) => {
      newLine += 1;
      const partner = removed[index] ?? null;
      rows.push({ kind: "added", oldLine: null, newLine, text, partner, change: changes });
    });
    removed = [];
    added = [];
  };

  for (const part of diffArrays(splitLines(oldText), splitLines(newText))) {
    if (part.removed) removed.push(...part.value);
    else if (part.added) added.push(...part.value);
    else {
      flush();
      for (const text of part.value) {
        oldLine += 1;
        newLine += 1;
        rows.push({ kind: "same", oldLine, newLine, text, partner: null, change: null });
      }
    }
  }
  flush();
  return rows;
}

export const changeCount = (rows: DiffRow[]): number => rows.reduce((most, row) => Math.max(most, row.change ?? 0), 0);
