import { Link } from "@tanstack/react-router";
import { plural, words } from "@/lib/format";
import type { EdgeEnd } from "@/model/atom";
import type { GraphNode } from "@/model/graph";
import { EdgeList } from "@/parts/EdgeList";
import { Button } from "@/ui/Button";
import { Status, Tag } from "@/ui/Status";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useAtom, useImpact } from "./api/getAtom";
import type { Links } from "./links";
import { PLANNED } from "./shapes";

interface AtomPanelProps {
  node: GraphNode;
  status: string;
  links: Links;
  hidden: number;
  run: string | undefined;
  onClose: () => void;
}

/** The chosen atom: why it waits, what waits for it, and what a change of it would mean. */
export function AtomPanel({ node, status, links, hidden, run, onClose }: AtomPanelProps) {
  const detail = useAtom(node.id, run);
  const orders = (id: string) => links.needs.get(node.id)?.some((edge) => edge.to === id && edge.orders) ?? false;
  const waits = (id: string) => links.neededBy.get(node.id)?.some((edge) => edge.from === id && edge.orders) ?? false;
  return (
    <aside className="card atom-panel" aria-label="The chosen atom">
      <header className="card-head">
        <h2>
          <Visible text={node.symbol || words(node.kind)} />
        </h2>
        <Button tone="quiet" icon="cross" aria-label="Close" title="Close (Escape)" onClick={onClose} />
      </header>
      <p className="page-sub">
        {status === PLANNED ? <Tag>planned</Tag> : <Status value={status} />}
        <Tag>{`wave ${node.wave}`}</Tag>
        <Tag>{words(node.kind)}</Tag>
        {node.unit !== null && <Tag tone="warn">{`unit ${node.unit}`}</Tag>}
      </p>
      <p className="small muted">
        <Visible text={node.path} />
      </p>
      {hidden > 0 && <p className="small">{`+${hidden} more atoms within this depth are not drawn.`}</p>}
      <Touched atom={node.id} />
      {detail.isPending && <Skeleton rows={5} />}
      {detail.isError && <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.data && (
        <>
          <Ends title="Waits for" edges={detail.data.edges.needs} keep={orders} run={run} empty={noWait(node)} />
          <Ends
            title="Waits for it"
            edges={detail.data.edges.neededBy}
            keep={waits}
            run={run}
            empty="Nobody waits for it."
          />
          <Ends
            title="Informed by"
            edges={detail.data.edges.needs}
            keep={(id) => !orders(id)}
            run={run}
            empty="Nothing else."
          />
          <Ends
            title="Informs"
            edges={detail.data.edges.neededBy}
            keep={(id) => !waits(id)}
            run={run}
            empty="Nobody else."
          />
        </>
      )}
      <Link to="/atoms/$atomId" params={{ atomId: node.id }} search={run ? { run } : {}} className="button plain">
        Open the atom
      </Link>
    </aside>
  );
}

const noWait = (node: GraphNode): string =>
  node.wave === 1 ? "Nobody: it can start at once." : "Nobody directly: its unit waits.";

interface EndsProps {
  title: string;
  edges: EdgeEnd[];
  keep: (atom: string) => boolean;
  run: string | undefined;
  empty: string;
}

function Ends({ title, edges, keep, run, empty }: EndsProps) {
  const kept = edges.filter((edge) => keep(edge.atomId));
  return (
    <section className="ends">
      <h3>
        {title} <span className="muted small">{kept.length}</span>
      </h3>
      <EdgeList edges={kept} runId={run} empty={empty} />
    </section>
  );
}

function Touched({ atom }: { atom: string }) {
  const { data } = useImpact(atom);
  if (!data) return null;
  return (
    <p className="small">
      {`A new body checks ${plural(data.revalidateTotal, "atom")} again; a new contract also re-opens ${data.reopenTotal}.`}
    </p>
  );
}
