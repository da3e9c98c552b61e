import type { Atom } from "@/model/atom";
import type { ReviewDetail } from "@/model/review";
import { EdgeList } from "@/parts/EdgeList";
import { ErrorNote } from "@/ui/ErrorNote";
import { Tag } from "@/ui/Status";
import { Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useAtomContext } from "./api/getAtomContext";

/** What the atom stands on: other atoms, imports, types, and what holds before and after it. */
export function ContextTab({ detail }: { detail: ReviewDetail }) {
  const atom = useAtomContext(detail.atomId, detail.runId);
  return (
    <>
      <EdgeList edges={detail.needs} runId={detail.runId} empty="This atom needs nothing else of the plan." />
      {atom.isPending && <Skeleton rows={3} label="Loading the context" />}
      {atom.isError && <ErrorNote error={atom.error} title="The context could not be loaded" />}
      {atom.data && <Contract atom={atom.data} />}
    </>
  );
}

function Contract({ atom }: { atom: Atom }) {
  return (
    <dl className="contract context-parts">
      {atom.needs.length > 0 && (
        <div>
          <dt>Names it needs</dt>
          {atom.needs.map((need) => (
            <dd key={`${need.kind}${need.name}`}>
              <code>
                <Visible text={need.name} />
              </code>{" "}
              <span className="muted small">{need.kind}</span>{" "}
              {need.resolvedBy ? (
                <span className="small">
                  <Visible text={need.resolvedBy} />
                </span>
              ) : (
                <Tag tone="warn">not resolved</Tag>
              )}
            </dd>
          ))}
        </div>
      )}
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
  );
}
