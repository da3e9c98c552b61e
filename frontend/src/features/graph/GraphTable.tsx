import { useMemo, useState } from "react";
import { plural, words } from "@/lib/format";
import type { GraphNode } from "@/model/graph";
import { orderedCounts } from "@/ui/Bars";
import { Icon } from "@/ui/Icon";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";
import type { Links } from "./links";
import { PLANNED } from "./shapes";

const STEP = 100;
const OPEN_ALL = 300;

interface GraphTableProps {
  waves: readonly string[][];
  nodes: ReadonlyMap<string, GraphNode>;
  links: Links;
  statuses: ReadonlyMap<string, string>;
  selected: string | null;
  onSelect: (atom: string) => void;
}

/** The same as the drawing, to read: waves that open, and in each its atoms in the same order. */
export function GraphTable({ waves, nodes, links, statuses, selected, onSelect }: GraphTableProps) {
  const [touched, setTouched] = useState<ReadonlyMap<number, boolean>>(new Map());
  const small = nodes.size <= OPEN_ALL;
  return (
    <table className="list dense graph-table stacks">
      <caption className="sr-only">Atoms by wave</caption>
      <thead>
        <tr>
          <th scope="col">Atom</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Waits for
          </th>
          <th scope="col" className="number">
            Waited for by
          </th>
          <th scope="col" className="number">
            Chain
          </th>
        </tr>
      </thead>
      {waves.map((atoms, index) => {
        const number = index + 1;
        const holds = selected !== null && atoms.includes(selected);
        const open = touched.get(number) ?? (small || holds);
        return (
          <WaveRows
            key={number}
            number={number}
            atoms={atoms}
            open={open}
            onToggle={() => setTouched(new Map(touched).set(number, !open))}
            {...{ nodes, links, statuses, selected, onSelect }}
          />
        );
      })}
    </table>
  );
}

interface WaveRowsProps extends Omit<GraphTableProps, "waves"> {
  number: number;
  atoms: readonly string[];
  open: boolean;
  onToggle: () => void;
}

function WaveRows({ number, atoms, open, onToggle, statuses, selected, ...rest }: WaveRowsProps) {
  const [count, setCount] = useState(STEP);
  const counts = useMemo(() => {
    const found: Record<string, number> = {};
    for (const atom of atoms) found[statuses.get(atom) ?? PLANNED] = (found[statuses.get(atom) ?? PLANNED] ?? 0) + 1;
    return orderedCounts(found);
  }, [atoms, statuses]);
  const at = selected === null ? -1 : atoms.indexOf(selected);
  const shown = atoms.slice(0, Math.max(count, at + 1));
  return (
    <tbody>
      <tr className="wave-row">
        <th scope="rowgroup" colSpan={5}>
          <button type="button" className="link-button" aria-expanded={open} onClick={onToggle}>
            <span className={open ? "turn open" : "turn"}>
              <Icon name="chevron" size={12} />
            </span>
            {`Wave ${number}`}
          </button>
          <span className="muted small">
            {plural(atoms.length, "atom")} · {counts.map(([status, many]) => `${many} ${words(status)}`).join(", ")}
          </span>
        </th>
      </tr>
      {open &&
        shown.map((atom) => (
          <AtomRow key={atom} atom={atom} status={statuses.get(atom)} chosen={atom === selected} {...rest} />
        ))}
      {open && shown.length < atoms.length && (
        <tr>
          <td colSpan={5}>
            <button type="button" className="button plain" onClick={() => setCount(shown.length + STEP)}>
              {`Show more of wave ${number}`}
            </button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

interface AtomRowProps extends Pick<GraphTableProps, "nodes" | "links" | "onSelect"> {
  atom: string;
  status: string | undefined;
  chosen: boolean;
}

function AtomRow({ atom, nodes, links, status, chosen, onSelect }: AtomRowProps) {
  const node = nodes.get(atom);
  if (!node) return null;
  const orders = (edges: { orders: boolean }[] | undefined) => edges?.filter((edge) => edge.orders).length ?? 0;
  return (
    <tr className={chosen ? "chosen" : ""}>
      <th scope="row">
        <button type="button" className="link-button" aria-pressed={chosen} onClick={() => onSelect(atom)}>
          <Visible text={node.symbol || words(node.kind)} />
        </button>
        <span className="muted small">
          <Visible text={node.path} />
        </span>
      </th>
      <td data-label="State">{status ? <Status value={status} /> : <Tag>planned</Tag>}</td>
      <td className="number" data-label="Waits for">
        {orders(links.needs.get(atom))}
      </td>
      <td className="number" data-label="Waited for by">
        {orders(links.neededBy.get(atom))}
      </td>
      <td className="number" data-label="Chain">
        {node.depth}
      </td>
    </tr>
  );
}
