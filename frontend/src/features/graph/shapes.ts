import { toneOf } from "@/ui/Status";
import type { Layout } from "./layout";

/** States of atoms of a plan without a run. */
export const PLANNED = "planned";

type Draw = (x: number, y: number, s: number) => string;

const square: Draw = (x, y, s) => `M${x} ${y}h${s}v${s}h${-s}z`;
const hollow: Draw = (x, y, s) => `${square(x, y, s)}M${x + 2} ${y + 2}v${s - 4}h${s - 4}v${-(s - 4)}z`;
const diamond: Draw = (x, y, s) => {
  const h = s / 2;
  return `M${x + h} ${y - 1}l${h + 1} ${h + 1}l${-h - 1} ${h + 1}l${-h - 1} ${-h - 1}z`;
};
const triangle: Draw = (x, y, s) => `M${x} ${y}l${s} ${s / 2}l${-s} ${s / 2}z`;
const bar: Draw = (x, y, s) => `M${x} ${y + s / 2 - 2}h${s}v4h${-s}z`;
const bars: Draw = (x, y, s) => `M${x + 1} ${y}h3v${s}h-3zM${x + s - 4} ${y}h3v${s}h-3z`;
const round: Draw = (x, y, s) => {
  const r = s / 2;
  return `M${x} ${y + r}a${r} ${r} 0 1 0 ${s} 0a${r} ${r} 0 1 0 ${-s} 0z`;
};

/** Each state has a shape of its own, so that colour is never the only sign. */
const SHAPES: Record<string, Draw> = {
  passed: square,
  failed: diamond,
  running: triangle,
  ready: round,
  retry_wait: bars,
  parked: bars,
  skipped: bar,
  cancelled: bar,
};

export const SHAPE_ORDER = ["passed", "running", "ready", "retry_wait", "pending", PLANNED, "skipped", "failed"];

export const shapeOf = (status: string): Draw => SHAPES[status] ?? hollow;

export interface StatePath {
  status: string;
  tone: string;
  d: string;
}

const SIZE = 12;

/** One path for all atoms of a state: thousands of atoms are a handful of elements. */
export function statePaths(
  layout: Layout,
  statuses: ReadonlyMap<string, string>,
  only?: ReadonlySet<string>,
): StatePath[] {
  const parts = new Map<string, string[]>();
  const dy = (layout.cell.h - SIZE) / 2;
  for (const [atom, { x, y }] of layout.at) {
    if (only && !only.has(atom)) continue;
    const status = statuses.get(atom) ?? PLANNED;
    const d = shapeOf(status)(x + 3, y + dy, SIZE);
    const list = parts.get(status);
    if (list) list.push(d);
    else parts.set(status, [d]);
  }
  return [...parts].map(([status, list]) => ({ status, tone: toneOf(status), d: list.join("") }));
}

/** From the middle of one cell to that of another, bent so that edges between the same waves can be told apart. */
export function curve(layout: Layout, from: string, to: string): string {
  const a = layout.at.get(from);
  const b = layout.at.get(to);
  if (!a || !b) return "";
  const half = layout.cell.h / 2;
  const [x1, y1, x2, y2] = [a.x + 9, a.y + half, b.x + 9, b.y + half];
  const bend = Math.max(18, Math.abs(x1 - x2) / 2);
  const side = x1 === x2 ? 1 : Math.sign(x2 - x1);
  return `M${x1} ${y1}C${x1 + side * bend} ${y1} ${x2 - (x1 === x2 ? -bend : side * bend)} ${y2} ${x2} ${y2}`;
}
