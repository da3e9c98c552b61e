import { words } from "@/lib/format";
import type { Atom } from "@/model/atom";
import { Card } from "@/ui/Page";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

/** The names it cannot be understood without, what is not answered first. */
export function Needs({ needs }: { needs: Atom["needs"] }) {
  const open = needs.filter((need) => !need.resolvedBy);
  const ordered = [...open, ...needs.filter((need) => need.resolvedBy)];
  return (
    <Card
      title="Names it needs"
      aside={
        <span className="muted small">
          {needs.length - open.length} of {needs.length} resolved
        </span>
      }
    >
      {needs.length === 0 && <p className="muted">None.</p>}
      <ul className="needs">
        {ordered.map((need) => (
          <li key={`${need.kind}${need.name}${need.resolvedBy}`}>
            <code>
              <Visible text={need.name} />
            </code>
            <span className="muted small">{words(need.kind)}</span>
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
    </Card>
  );
}
