import type { Atom } from "@/model/atom";
import { Card } from "@/ui/Page";
import { Visible } from "@/ui/Visible";

/** What others may rely on, and what must hold before. */
export function Contract({ contract }: { contract: Atom["contract"] }) {
  return (
    <Card title="Contract">
      {contract.length === 0 && <p className="muted">It gives nothing to others and asks nothing of them.</p>}
      <dl className="contract">
        {contract.map(({ title, lines }) => (
          <div key={title}>
            <dt>{title}</dt>
            {lines.map((line) => (
              <dd key={line}>
                <code>
                  <Visible text={line} />
                </code>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </Card>
  );
}
