import type { RefObject } from "react";
import { useCommands } from "@/lib/keys/useCommands";
import { type Layout, neighbour, ZOOMS, type Zoom } from "./layout";
import type { GraphSearch } from "./search";

interface GraphKeys {
  layout: RefObject<Layout>;
  selected: string | null;
  zoom: Zoom;
  critical: boolean;
  find: RefObject<HTMLInputElement | null>;
  change: (part: GraphSearch) => void;
  open: (atom: string) => void;
}

/** The page's keys, in the one registry: they stand in the palette and on the sheet of keys. */
export function useGraphKeys({ layout, selected, zoom, critical, find, change, open }: GraphKeys): void {
  const walk = (step: { row?: 1 | -1; wave?: 1 | -1 }) => () =>
    change({ atom: neighbour(layout.current, selected, step) ?? undefined });
  const closer = (by: 1 | -1) => () => {
    const next = ZOOMS[ZOOMS.indexOf(zoom) + by];
    if (next) change({ zoom: next, view: "waves" });
  };
  useCommands({
    "rows.next": walk({ row: 1 }),
    "rows.previous": walk({ row: -1 }),
    "graph.next": walk({ row: 1 }),
    "graph.previous": walk({ row: -1 }),
    "graph.nextWave": walk({ wave: 1 }),
    "graph.previousWave": walk({ wave: -1 }),
    "graph.closer": closer(1),
    "graph.wider": closer(-1),
    "graph.fit": () => change({ zoom: "bars", view: "waves" }),
    "graph.critical": () => change({ critical: critical ? undefined : true, view: "waves" }),
    "graph.table": () => change({ view: "table" }),
    ...(selected !== null && {
      "graph.open": () => open(selected),
      "graph.clear": () => change({ atom: undefined }),
    }),
    "list.find": () => find.current?.focus(),
  });
}
