import { score, words } from "@/lib/format";
import type { Atom } from "@/model/atom";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

/** The ten criteria of atomicity: what each measures and what would raise it. */
export function Criteria({ atom }: { atom: Atom }) {
  if (atom.criteria.length === 0) return null;
  return (
    <Card title="Atomicity" aside={<strong>{score(atom.atomicity)}</strong>}>
      <ul className="criteria">
        {atom.criteria.map((row) => (
          <li key={row.name}>
            <details open={row.value !== null && row.value < 1}>
              <summary>
                <span>
                  <Visible text={words(row.name)} />
                </span>
                <span className={row.value === null ? "muted" : undefined}>
                  {row.value === null ? "not applicable" : score(row.value)}
                </span>
              </summary>
              <p className="small">
                <Visible text={row.measures} />
              </p>
              {row.raiseBy && row.value !== null && row.value < 1 && (
                <p className="small">
                  <strong>To raise it: </strong>
                  <Visible text={row.raiseBy} />
                </p>
              )}
            </details>
          </li>
        ))}
      </ul>
    </Card>
  );
}
