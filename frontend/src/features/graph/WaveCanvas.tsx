import { type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Graph, GraphEdge, GraphNode } from "@/model/graph";
import { EdgePaths } from "./EdgePaths";
import { atomAt, HEAD, type Layout, layoutOf, wavesOf, type Zoom } from "./layout";
import type { Surroundings } from "./links";
import { Names } from "./Names";
import { StateShapes } from "./StateShapes";
import { WaveBars } from "./WaveBars";

const FRAME_HEIGHT = 560;

interface WaveCanvasProps {
  graph: Graph;
  zoom: Zoom;
  statuses: ReadonlyMap<string, string>;
  nodes: ReadonlyMap<string, GraphNode>;
  selected: string | null;
  around: Surroundings | null;
  critical: { atoms: ReadonlySet<string>; edges: GraphEdge[] } | null;
  onSelect: (atom: string | null) => void;
  onLayout: (layout: Layout) => void;
}

/** Waves as columns of cells. Without a chosen atom no edge is drawn; the table says the same to those who do not see it. */
export function WaveCanvas({
  graph,
  zoom,
  statuses,
  nodes,
  selected,
  around,
  critical,
  onSelect,
  onLayout,
}: WaveCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const waves = useMemo(() => wavesOf(graph.nodes), [graph.nodes]);
  const layout = useMemo(() => layoutOf(waves, zoom, FRAME_HEIGHT), [waves, zoom]);
  useLayoutEffect(() => onLayout(layout), [layout, onLayout]);
  const view = useView(frame, layout);
  useCentred(frame, layout, selected);

  const choose = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onSelect(atomAt(layout, event.clientX - box.left, event.clientY - box.top));
  };
  const lit = around?.atoms ?? critical?.atoms ?? null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="wave-frame" ref={frame} tabIndex={0} aria-label="Waves of atoms">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys go through the command registry */}
      <svg
        className={`wave-grid ${zoom} ${lit ? "dimmed" : ""}`}
        width={layout.width}
        height={layout.height}
        onClick={choose}
        role="img"
        aria-label={`${graph.nodes.length} atoms in ${waves.length} waves`}
        data-testid="wave-grid"
      >
        <Heads layout={layout} />
        {zoom === "bars" ? (
          <WaveBars layout={layout} statuses={statuses} />
        ) : (
          <StateShapes className="all" layout={layout} statuses={statuses} />
        )}
        {critical && !around && <EdgePaths layout={layout} edges={critical.edges} className="critical" />}
        {around && <EdgePaths layout={layout} edges={around.edges} />}
        {lit && zoom !== "bars" && <StateShapes className="lit" layout={layout} statuses={statuses} only={lit} />}
        {zoom === "names" && <Names layout={layout} nodes={nodes} view={view} lit={lit} />}
        {critical &&
          zoom !== "bars" &&
          [...critical.atoms].map((atom) => <Ring key={atom} layout={layout} atom={atom} className="critical" />)}
        {selected && <Ring layout={layout} atom={selected} className="selected" />}
      </svg>
    </section>
  );
}

function Heads({ layout }: { layout: Layout }) {
  return layout.waves.map((box) => (
    <text key={box.number} className="wave-head" x={box.x} y={HEAD - 14}>
      {box.width < 60 ? box.number : `Wave ${box.number}`}
      <tspan className="wave-count" dx={6}>
        {box.atoms.length}
      </tspan>
    </text>
  ));
}

function Ring({ layout, atom, className }: { layout: Layout; atom: string; className: string }) {
  const at = layout.at.get(atom);
  if (!at) return null;
  const width = layout.zoom === "names" ? layout.cell.w - 6 : 18;
  return (
    <rect
      className={`ring ${className}`}
      x={at.x}
      y={at.y + (layout.cell.h - 18) / 2}
      width={width}
      height={18}
      rx={4}
    />
  );
}

/** Which part of the drawing is on screen, so that only names there are drawn. */
function useView(frame: React.RefObject<HTMLDivElement | null>, layout: Layout): { from: number; to: number } {
  const [view, setView] = useState({ from: 0, to: 2400 });
  useEffect(() => {
    const element = frame.current;
    if (!element || layout.zoom !== "names") return;
    let waiting = 0;
    const read = () => {
      waiting = 0;
      const step = layout.cell.w;
      const from = Math.floor(element.scrollLeft / step) * step - step;
      setView({ from, to: from + element.clientWidth + 3 * step });
    };
    const later = () => {
      waiting ||= requestAnimationFrame(read);
    };
    read();
    element.addEventListener("scroll", later, { passive: true });
    window.addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(waiting);
      element.removeEventListener("scroll", later);
      window.removeEventListener("resize", later);
    };
  }, [frame, layout]);
  return view;
}

/** Brings the chosen atom into view, in the middle where it was outside. */
function useCentred(frame: React.RefObject<HTMLDivElement | null>, layout: Layout, atom: string | null): void {
  useEffect(() => {
    const element = frame.current;
    const at = atom === null ? undefined : layout.at.get(atom);
    if (!element || !at) return;
    const inside = (value: number, start: number, size: number) => value > start + 8 && value < start + size - 40;
    if (!inside(at.x, element.scrollLeft, element.clientWidth)) element.scrollLeft = at.x - element.clientWidth / 2;
    if (!inside(at.y, element.scrollTop, element.clientHeight)) element.scrollTop = at.y - element.clientHeight / 2;
  }, [frame, layout, atom]);
}
