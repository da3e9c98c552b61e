import type { Atom } from "@/model/atom";
import { Card } from "@/ui/Page";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

/** What others may rely on, and what the atom needs from around it. */
export function Contract({ atom }: { atom: Atom }) {
  if (atom.contract.length === 0 && atom.needs.length === 0) return null;
  return (
    <Card title="Contract and context">
      <dl className="contract">
        {atom.contract.map(({ title, lines }) => (
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
      {atom.needs.length > 0 && (
        <ul className="needs">
          {atom.needs.map((need) => (
            <li key={`${need.kind}${need.name}`}>
              <code>
                <Visible text={need.name} />
              </code>
              <span className="muted small">{need.kind}</span>
              {need.resolvedBy ? (
                <span className="small">
                  <Visible text={need.resolvedBy} />
                </span>
              ) : (
                <Tag tone="warn">not resolved</Tag>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
