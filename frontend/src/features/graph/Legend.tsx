import { memo, useMemo } from "react";
import { words } from "@/lib/format";
import type { GraphNode } from "@/model/graph";
import { toneOf } from "@/ui/Status";
import { PLANNED, SHAPE_ORDER, shapeOf } from "./shapes";

interface LegendProps {
  statuses: ReadonlyMap<string, string>;
  nodes: ReadonlyMap<string, GraphNode>;
}

/** The shapes and colours of the states that are on the page, and the strokes of edges. */
export const Legend = memo(function Legend({ statuses, nodes }: LegendProps) {
  const present = useMemo(
    () => new Set([...nodes.keys()].map((atom) => statuses.get(atom) ?? PLANNED)),
    [statuses, nodes],
  );
  const place = (status: string) => (SHAPE_ORDER.includes(status) ? SHAPE_ORDER.indexOf(status) : SHAPE_ORDER.length);
  return (
    <ul className="legend graph-legend">
      {[...present]
        .sort((a, b) => place(a) - place(b))
        .map((status) => (
          <li key={status}>
            <svg width="14" height="14" aria-hidden="true">
              <path
                className={`atom-shape ${toneOf(status)} ${status}`}
                fillRule="evenodd"
                d={shapeOf(status)(1, 1, 12)}
              />
            </svg>
            {words(status)}
          </li>
        ))}
      {(["orders", "informs", "broken"] as const).map((kind) => (
        <li key={kind}>
          <svg width="26" height="10" aria-hidden="true">
            <path className={`edge ${kind}`} d="M1 5h24" />
          </svg>
          {{ orders: "waits for", informs: "is informed by", broken: "broken to end a cycle" }[kind]}
        </li>
      ))}
    </ul>
  );
});
