import { memo } from "react";
import type { GraphEdge } from "@/model/graph";
import type { Layout } from "./layout";
import { curve } from "./shapes";

interface EdgePathsProps {
  layout: Layout;
  edges: GraphEdge[];
  className?: string;
}

const kindOf = (edge: GraphEdge): string => (edge.broken ? "broken" : edge.orders ? "orders" : "informs");

/** Edges of one neighbourhood: solid where somebody waits, dashed where a contract is enough, dotted where a cycle was cut. */
export const EdgePaths = memo(function EdgePaths({ layout, edges, className = "" }: EdgePathsProps) {
  return ["informs", "broken", "orders"].map((kind) => (
    <path
      key={kind}
      className={`edge ${kind} ${className}`}
      d={edges
        .filter((edge) => kindOf(edge) === kind)
        .map((edge) => curve(layout, edge.to, edge.from))
        .join("")}
    />
  ));
});
