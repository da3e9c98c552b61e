import { memo } from "react";
import { words } from "@/lib/format";
import { visibleText } from "@/lib/text/visible";
import type { RunAtom, Wave } from "@/model/run";
import { toneOf } from "@/ui/Status";

const CELL = 15;
const ROWS = 8;

interface WaveColumnProps {
  wave: number;
  atoms: RunAtom[];
  state: Wave | undefined;
}

/** One wave. A failed atom carries a cross and a waiting one is hollow, so that colour is not the only sign. */
export const WaveColumn = memo(function WaveColumn({ wave, atoms, state }: WaveColumnProps) {
  const columns = Math.ceil(atoms.length / ROWS);
  const done = atoms.filter((atom) => atom.status === "passed").length;
  const label = `Wave ${wave}: ${done} of ${atoms.length} passed${state ? `, ${words(state.status)}` : ""}`;
  return (
    <figure className="wave">
      <svg width={columns * CELL} height={ROWS * CELL} role="img" aria-label={label}>
        {atoms.map((atom, index) => {
          const x = Math.floor(index / ROWS) * CELL;
          const y = (index % ROWS) * CELL;
          return (
            <g key={atom.id} className={`cell ${toneOf(atom.status)} ${atom.status}`}>
              <rect data-atom={atom.id} x={x + 1} y={y + 1} width={CELL - 2} height={CELL - 2} rx={2}>
                <title>{`${visibleText(atom.symbol || atom.path)}: ${words(atom.status)}`}</title>
              </rect>
              {atom.status === "failed" && <path d={`M${x + 5} ${y + 5}l5 5m0-5l-5 5`} />}
            </g>
          );
        })}
      </svg>
      <figcaption aria-hidden="true">
        {wave} <span className="muted">{atoms.length}</span>
      </figcaption>
    </figure>
  );
});
