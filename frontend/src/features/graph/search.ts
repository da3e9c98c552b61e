import type { Zoom } from "./layout";
import { ZOOMS } from "./layout";

export const VIEWS = ["waves", "table", "cycles", "code", "boundaries"] as const;
export type View = (typeof VIEWS)[number];

/** What the address says about the page. */
export interface GraphSearch {
  run?: string | undefined;
  atom?: string | undefined;
  view?: View | undefined;
  zoom?: Zoom | undefined;
  depth?: number | undefined;
  critical?: boolean | undefined;
}

export const DEPTHS = 6;

export function parseGraphSearch(raw: Record<string, unknown>): GraphSearch {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const depth = Number(raw.depth);
  return {
    run: text(raw.run),
    atom: text(raw.atom),
    view: VIEWS.find((view) => view === raw.view),
    zoom: ZOOMS.find((zoom) => zoom === raw.zoom),
    depth: Number.isInteger(depth) && depth >= 1 && depth <= DEPTHS ? depth : undefined,
    critical: raw.critical === true || raw.critical === "true" ? true : undefined,
  };
}
