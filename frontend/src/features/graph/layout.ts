import type { GraphNode } from "@/model/graph";

export type Zoom = "bars" | "cells" | "names";
export const ZOOMS: readonly Zoom[] = ["bars", "cells", "names"];

/** Cell pitch and size in pixels; bars need no cells, yet edges are drawn to the place where one would stand. */
const PITCH: Record<Zoom, { w: number; h: number }> = {
  bars: { w: 10, h: 10 },
  cells: { w: 18, h: 18 },
  names: { w: 172, h: 22 },
};
export const HEAD = 34;
const GAP = 26;
const EDGE = 12;
const WIDEST_WAVE = { bars: 260, cells: 900, names: 100_000 };

export interface WaveBox {
  number: number;
  x: number;
  width: number;
  height: number;
  atoms: string[];
}

export interface Layout {
  zoom: Zoom;
  width: number;
  height: number;
  rows: number;
  cell: { w: number; h: number };
  waves: WaveBox[];
  /** The upper left corner of every atom. */
  at: Map<string, { x: number; y: number }>;
}

/** Atoms of each wave, in the order that the server stored. */
export function wavesOf(nodes: readonly GraphNode[]): string[][] {
  const waves: GraphNode[][] = [];
  for (const node of nodes) {
    while (waves.length < node.wave) waves.push([]);
    waves[node.wave - 1]?.push(node);
  }
  return waves.map((wave) => wave.sort((a, b) => a.place - b.place).map((node) => node.id));
}

/** Waves from left to right; a wave of more atoms than rows goes on in further columns, so no wave runs off the screen. */
export function layoutOf(waves: readonly string[][], zoom: Zoom, height: number): Layout {
  const cell = PITCH[zoom];
  const widest = Math.max(1, ...waves.map((wave) => wave.length));
  const fits = Math.max(8, Math.floor((height - HEAD - EDGE) / cell.h));
  const needed = Math.ceil((widest * cell.w) / WIDEST_WAVE[zoom]);
  const rows = Math.max(fits, needed);
  const at = new Map<string, { x: number; y: number }>();
  const boxes: WaveBox[] = [];
  let x = EDGE;
  for (const [index, atoms] of waves.entries()) {
    const columns = Math.max(1, Math.ceil(atoms.length / rows));
    const width = Math.max(columns * cell.w, 44);
    for (const [row, atom] of atoms.entries()) {
      at.set(atom, { x: x + Math.floor(row / rows) * cell.w, y: HEAD + (row % rows) * cell.h });
    }
    boxes.push({ number: index + 1, x, width, height: Math.min(atoms.length, rows) * cell.h, atoms: [...atoms] });
    x += width + GAP;
  }
  const tallest = Math.max(0, ...boxes.map((box) => box.height));
  return { zoom, width: x - GAP + EDGE, height: HEAD + tallest + EDGE, rows, cell, waves: boxes, at };
}

/** The atom under a point, or null. Cells stand in a grid, so no element has to be asked. */
export function atomAt(layout: Layout, x: number, y: number): string | null {
  const { cell, rows } = layout;
  const box = layout.waves.find((wave) => x >= wave.x && x < wave.x + wave.width);
  if (!box || y < HEAD) return null;
  const row = Math.floor((y - HEAD) / cell.h);
  if (row >= rows) return null;
  return box.atoms[Math.floor((x - box.x) / cell.w) * rows + row] ?? null;
}

/** The atom beside another: one row or one wave further. Without one to start from: the first. */
export function neighbour(layout: Layout, atom: string | null, step: { row?: 1 | -1; wave?: 1 | -1 }): string | null {
  const index = layout.waves.findIndex((box) => atom !== null && box.atoms.includes(atom));
  const box = layout.waves[index];
  if (!box || atom === null) return layout.waves.find((wave) => wave.atoms.length > 0)?.atoms[0] ?? null;
  const row = box.atoms.indexOf(atom);
  if (step.row) return box.atoms[row + step.row] ?? atom;
  const other = layout.waves[index + (step.wave ?? 0)];
  return other?.atoms[Math.min(row, other.atoms.length - 1)] ?? atom;
}
