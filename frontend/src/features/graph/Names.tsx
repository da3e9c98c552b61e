import { memo } from "react";
import { visibleText } from "@/lib/text/visible";
import type { GraphNode } from "@/model/graph";
import { nameOf } from "./find";
import type { Layout } from "./layout";

interface NamesProps {
  layout: Layout;
  nodes: ReadonlyMap<string, GraphNode>;
  view: { from: number; to: number };
  lit: ReadonlySet<string> | null;
}

const LETTERS = 20;

/** Names of one class begin alike, so the middle is what goes: the end tells them apart. */
export function shortName(text: string): string {
  if (text.length <= LETTERS) return text;
  const start = Math.floor((LETTERS - 1) / 2);
  return `${text.slice(0, start)}…${text.slice(text.length - (LETTERS - 1 - start))}`;
}

/** The names of the atoms that are on screen, however many there are. */
export const Names = memo(function Names({ layout, nodes, view, lit }: NamesProps) {
  const shown = [...layout.at].filter(([, { x }]) => x >= view.from && x <= view.to);
  const name = (atom: string): string => {
    const node = nodes.get(atom);
    return node ? shortName(visibleText(nameOf(node))) : "";
  };
  return (
    <g className="names">
      {shown.map(([atom, { x, y }]) => (
        <text key={atom} className={lit && !lit.has(atom) ? "far" : ""} x={x + 21} y={y + layout.cell.h / 2 + 4}>
          {name(atom)}
        </text>
      ))}
    </g>
  );
});
