import type { Graph, GraphNode } from "@/model/graph";
import { Tag } from "@/ui/Status";
import { Empty } from "@/ui/states";
import { AtomButton } from "./AtomButton";

interface CyclePanelProps {
  graph: Graph;
  nodes: ReadonlyMap<string, GraphNode>;
  onSelect: (atom: string) => void;
}

/** Units that execute together, and edges that were broken: which, how heavy, why. */
export function CyclePanel({ graph, nodes, onSelect }: CyclePanelProps) {
  const broken = graph.edges.filter((edge) => edge.broken !== null);
  const units = unitsOf(graph.nodes);
  if (broken.length === 0 && units.length === 0) {
    return (
      <Empty title="No cycle">
        {graph.ordering === "strict"
          ? "No edge had to be broken."
          : "Only edges of weight 1.00 order, and they form no cycle. Contracts let the rest run side by side."}
      </Empty>
    );
  }
  return (
    <>
      {units.length > 0 && (
        <section>
          <h3>Units: cycles that cannot be broken, executed together</h3>
          <ul className="edges">
            {units.map(([unit, atoms]) => (
              <li key={unit}>
                <Tag tone="warn">{`unit ${unit}`}</Tag>
                {atoms.map((atom) => (
                  <AtomButton key={atom} atom={atom} nodes={nodes} onSelect={onSelect} />
                ))}
              </li>
            ))}
          </ul>
        </section>
      )}
      {broken.length > 0 && (
        <table className="list dense stacks">
          <caption className="sr-only">Broken edges</caption>
          <thead>
            <tr>
              <th scope="col">Needs</th>
              <th scope="col">Needed</th>
              <th scope="col">Type</th>
              <th scope="col" className="number">
                Weight
              </th>
              <th scope="col">Why it was broken</th>
            </tr>
          </thead>
          <tbody>
            {broken.map((edge) => (
              <tr key={`${edge.from}${edge.to}`}>
                <td data-label="Needs">
                  <AtomButton atom={edge.from} nodes={nodes} onSelect={onSelect} />
                </td>
                <td data-label="Needed">
                  <AtomButton atom={edge.to} nodes={nodes} onSelect={onSelect} />
                </td>
                <td data-label="Type">{edge.type}</td>
                <td className="number" data-label="Weight">
                  {edge.weight.toFixed(2)}
                </td>
                <td data-label="Why">{edge.broken}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function unitsOf(nodes: readonly GraphNode[]): [number, string[]][] {
  const units = new Map<number, string[]>();
  for (const { id, unit } of nodes) {
    if (unit !== null) units.set(unit, [...(units.get(unit) ?? []), id]);
  }
  return [...units].filter(([, atoms]) => atoms.length > 1);
}
