import { Link } from "@tanstack/react-router";
import type { EdgeEnd } from "@/model/atom";
import { Visible } from "@/ui/Visible";

/** Atoms at the other end of an edge, strongest first, with why the edge exists. */
export function EdgeList({ edges, runId, empty }: { edges: EdgeEnd[]; runId?: string | undefined; empty: string }) {
  if (edges.length === 0) return <p className="muted">{empty}</p>;
  const ordered = [...edges].sort((a, b) => b.weight - a.weight);
  return (
    <ul className="edges">
      {ordered.map((edge) => (
        <li key={`${edge.atomId}${edge.type}`}>
          <Link to="/atoms/$atomId" params={{ atomId: edge.atomId }} search={runId ? { run: runId } : {}}>
            <Visible text={edge.symbol || edge.path} />
          </Link>
          <span className="muted small">
            {edge.type} {edge.weight.toFixed(2)} · <Visible text={edge.path} />
          </span>
          {edge.reasons.length > 0 && (
            <span className="muted small">
              <Visible
                text={edge.reasons
                  .slice(0, 4)
                  .map((reason) => `${reason.symbol}${reason.line === null ? "" : ` at line ${reason.line}`}`)
                  .join(", ")}
              />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
