import { Link } from "@tanstack/react-router";
import { duration, words } from "@/lib/format";
import type { AtomDecision } from "@/model/atom";
import { Ago } from "@/ui/Ago";
import { Card } from "@/ui/Page";
import { Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

/** What people decided about the atom in this run, oldest first. */
export function Decisions({ decisions }: { decisions: AtomDecision[] }) {
  return (
    <Card title="Decisions">
      {decisions.length === 0 ? (
        <p className="muted">Nobody has decided anything about it in this run.</p>
      ) : (
        <ol className="attempts">
          {decisions.map((one) => (
            <li key={`${one.at}${one.decision}`}>
              <div className="check-head">
                <strong>{words(one.decision)}</strong>
                {one.undone && <Tag tone="warn">undone</Tag>}
                <span className="muted small">
                  <Visible text={one.by ?? "somebody who is gone"} /> · <Ago at={one.at} />
                  {one.reason && (
                    <>
                      {" · "}
                      <Visible text={words(one.reason)} />
                    </>
                  )}
                  {one.seconds !== null && ` · looked for ${duration(one.seconds)}`}
                </span>
                <Link to="/review/$reviewId" params={{ reviewId: one.reviewId }} className="small">
                  Its review
                </Link>
              </div>
              {one.feedback && (
                <p className="small">
                  <Visible text={one.feedback} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
