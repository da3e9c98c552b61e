import { useNavigate } from "@tanstack/react-router";
import { type MouseEvent, useMemo } from "react";
import { plural } from "@/lib/format";
import type { RunAtom, RunDetail } from "@/model/run";
import { Card } from "@/ui/Page";
import { ErrorState, Skeleton } from "@/ui/states";
import { useRunAtoms } from "./api/getRunAtoms";
import { WaveColumn } from "./WaveColumn";

/** Atoms by wave in an order that never changes while they run, so that the eye learns places. */
function byWave(atoms: RunAtom[]): [number, RunAtom[]][] {
  const waves = new Map<number, RunAtom[]>();
  for (const atom of atoms) {
    const wave = atom.wave ?? 0;
    const column = waves.get(wave);
    if (column) column.push(atom);
    else waves.set(wave, [atom]);
  }
  for (const column of waves.values()) column.sort((a, b) => a.path.localeCompare(b.path) || a.startLine - b.startLine);
  return [...waves].sort(([a], [b]) => a - b);
}

export function WaveStrip({ run }: { run: RunDetail }) {
  const query = useRunAtoms(run.id);
  const navigate = useNavigate();
  const waves = useMemo(() => byWave(query.data?.atoms ?? []), [query.data]);
  const open = (event: MouseEvent) => {
    const atomId = (event.target as Element).getAttribute("data-atom");
    if (atomId) void navigate({ to: "/atoms/$atomId", params: { atomId }, search: { run: run.id } });
  };
  const aside = <span className="muted small">{`${plural(waves.length, "wave")}, one cell per atom`}</span>;
  return (
    <Card title="Waves" aside={aside}>
      {query.isPending && <Skeleton rows={4} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && waves.length === 0 && <p className="muted">The code has not been cut into atoms yet.</p>}
      {waves.length > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the same atoms are links in the table below
        <section
          className="wave-strip"
          onClick={open}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label="Waves; the table of atoms below says the same"
        >
          {waves.map(([wave, atoms]) => (
            <WaveColumn key={wave} wave={wave} atoms={atoms} state={run.waves.find((row) => row.number === wave)} />
          ))}
        </section>
      )}
      {query.data?.complete === false && (
        <p className="muted small">Only the first {query.data.atoms.length} atoms are shown.</p>
      )}
    </Card>
  );
}
