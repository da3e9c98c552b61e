import type { Finding } from "@/model/validation";
import { type DiffRow, diffRows, splitLines } from "./rows";

export interface DiffInput {
  /** Null: there is no draft (a hole), or no proposal. */
  original: string | null;
  proposal: string | null;
  contextBefore: string;
  contextAfter: string;
  /** Line of the atom's first line in its file. */
  startLine: number;
  findings: Finding[];
}

export interface DiffModel {
  oldText: string;
  newText: string;
  rows: DiffRow[];
  /** Add to a row's line to get the line in the file. */
  offset: number;
  isContext: (row: DiffRow) => boolean;
  byLine: Map<number, Finding[]>;
  /** Findings that no shown line carries. */
  elsewhere: Finding[];
}

/** The atom in its place: a few lines before, the change, a few lines after, findings at the line they name. */
export function diffModel(input: DiffInput): DiffModel {
  const before = splitLines(input.contextBefore);
  const after = splitLines(input.contextAfter);
  const newAtom = splitLines(input.proposal ?? input.original ?? "");
  const oldAtom = splitLines(input.original ?? "");
  const oldText = [...before, ...oldAtom, ...after].join("\n");
  const newText = [...before, ...newAtom, ...after].join("\n");
  const rows = diffRows(oldText, newText);
  const offset = input.startLine - before.length - 1;
  const firstInside = before.length + 1;
  const lastInside = before.length + newAtom.length;
  const shown = new Set(rows.flatMap((row) => (row.newLine === null ? [] : [row.newLine + offset])));
  const byLine = new Map<number, Finding[]>();
  const elsewhere: Finding[] = [];
  for (const finding of input.findings) {
    if (finding.line === null || !shown.has(finding.line)) elsewhere.push(finding);
    else byLine.set(finding.line, [...(byLine.get(finding.line) ?? []), finding]);
  }
  const isContext = (row: DiffRow) =>
    row.kind === "same" && row.newLine !== null && (row.newLine < firstInside || row.newLine > lastInside);
  return { oldText, newText, rows, offset, isContext, byLine, elsewhere };
}
