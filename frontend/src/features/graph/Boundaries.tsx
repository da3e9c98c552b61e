import type { Boundary, Graph } from "@/model/graph";
import { Visible } from "@/ui/Visible";

/** Which atoms the second and third level of validation see together. */
export function Boundaries({ graph, onSelect }: { graph: Graph; onSelect: (atom: string) => void }) {
  return (
    <div className="columns">
      <Scopes title="Components (level 3)" rows={graph.components} onSelect={onSelect} />
      <Scopes title="Modules (level 2)" rows={graph.modules} onSelect={onSelect} />
    </div>
  );
}

function Scopes({ title, rows, onSelect }: { title: string; rows: Boundary[]; onSelect: (atom: string) => void }) {
  return (
    <table className="list dense">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Scope</th>
          <th scope="col" className="number">
            Atoms
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ scope, atomCount, firstAtom }) => (
          <tr key={scope}>
            <th scope="row">
              <button
                type="button"
                className="link-button"
                disabled={firstAtom === null}
                onClick={() => firstAtom && onSelect(firstAtom)}
              >
                <Visible text={scope} />
              </button>
            </th>
            <td className="number">{atomCount}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
