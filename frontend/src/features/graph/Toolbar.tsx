import { type RefObject, useMemo, useState } from "react";
import { visibleText } from "@/lib/text/visible";
import type { GraphNode } from "@/model/graph";
import { Button } from "@/ui/Button";
import { findAtoms } from "./find";
import type { Zoom } from "./layout";
import { DEPTHS } from "./search";

const MOST = 12;

interface FindProps {
  nodes: readonly GraphNode[];
  box: RefObject<HTMLInputElement | null>;
  onSelect: (atom: string) => void;
}

/** Finds atoms by name or file; Enter takes the first, which is then centred. */
export function Find({ nodes, box, onSelect }: FindProps) {
  const [words, setWords] = useState("");
  const found = useMemo(() => findAtoms(nodes, words, MOST), [nodes, words]);
  const take = (atom: string) => {
    onSelect(atom);
    setWords("");
    box.current?.blur();
  };
  return (
    <div className="find-atom">
      <label className="find">
        <span className="sr-only">Find an atom (/)</span>
        <input
          ref={box}
          type="search"
          placeholder="Find an atom  /"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) take(found[0].id);
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </label>
      {words.trim() !== "" && (
        <ul className="find-list" aria-label="Atoms found">
          {found.map((node) => (
            <li key={node.id}>
              <button type="button" onClick={() => take(node.id)}>
                {visibleText(node.symbol)} <span className="muted small">{visibleText(node.path)}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="muted small">No atom has this in its name or file.</li>}
        </ul>
      )}
    </div>
  );
}

const NAMES: Record<Zoom, string> = { bars: "Waves", cells: "Cells", names: "Names" };

interface ToolbarProps {
  zoom: Zoom;
  depth: number;
  critical: boolean;
  pathLength: number;
  onZoom: (zoom: Zoom) => void;
  onDepth: (depth: number) => void;
  onCritical: () => void;
}

/** How much is drawn: zoom, depth around the chosen atom, critical path. */
export function DrawingControls({ zoom, depth, critical, pathLength, onZoom, onDepth, onCritical }: ToolbarProps) {
  return (
    <>
      <fieldset className="segments">
        <legend className="sr-only">Zoom</legend>
        {(Object.keys(NAMES) as Zoom[]).map((level) => (
          <button key={level} type="button" aria-pressed={level === zoom} onClick={() => onZoom(level)}>
            {NAMES[level]}
          </button>
        ))}
      </fieldset>
      <label className="inline-field">
        Depth
        <input
          type="range"
          min={1}
          max={DEPTHS}
          value={depth}
          aria-valuetext={depthName(depth)}
          onChange={(event) => onDepth(Number(event.target.value))}
        />
        <output>{depthName(depth)}</output>
      </label>
      <Button command="graph.critical" aria-pressed={critical} disabled={pathLength < 2} onClick={onCritical}>
        {pathLength < 2 ? "No critical path" : `Critical path (${pathLength})`}
      </Button>
    </>
  );
}

const depthName = (depth: number): string => (depth === DEPTHS ? "all" : String(depth));
