import { plural } from "@/lib/format";
import type { Difference, GraphNode, Reconciliation } from "@/model/graph";
import { Tag } from "@/ui/Status";
import { Empty } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { AtomButton } from "./AtomButton";

interface PlanAndCodeProps {
  found: Reconciliation | null;
  nodes: ReadonlyMap<string, GraphNode>;
  onSelect: (atom: string) => void;
}

/** Planned edges beside those of the accepted code. */
export function PlanAndCode({ found, nodes, onSelect }: PlanAndCodeProps) {
  if (found === null) {
    return (
      <Empty icon="clock" title="Not compared yet">
        When a run completes, edges are derived again from the code that it accepted.
      </Empty>
    );
  }
  if (found.unplannedTotal + found.unwiredTotal + found.unparsed.length === 0) {
    return (
      <Empty title="The code needs what the plan says">
        {found.changedAtoms === 0
          ? "No atom was changed: the code is the drafts."
          : `${plural(found.changedAtoms, "changed atom")}, no edge more and none less.`}
      </Empty>
    );
  }
  return (
    <>
      <p className="small">{`${plural(found.changedAtoms, "changed atom")} compared with the plan.`}</p>
      {found.unparsed.length > 0 && (
        <p className="small">
          <Tag tone="warn">does not parse</Tag> <Visible text={found.unparsed.join(", ")} />
        </p>
      )}
      <Differences
        title="Unplanned: in the code only"
        total={found.unplannedTotal}
        rows={found.unplanned}
        nodes={nodes}
        onSelect={onSelect}
      />
      <Differences
        title="Unwired: in the plan only"
        total={found.unwiredTotal}
        rows={found.unwired}
        nodes={nodes}
        onSelect={onSelect}
      />
    </>
  );
}

interface DifferencesProps {
  title: string;
  total: number;
  rows: Difference[];
  nodes: ReadonlyMap<string, GraphNode>;
  onSelect: (atom: string) => void;
}

function Differences({ title, total, rows, nodes, onSelect }: DifferencesProps) {
  if (total === 0) return null;
  return (
    <section className="ends">
      <h3>
        {title} <span className="muted small">{total}</span>
      </h3>
      <ul className="edges">
        {rows.map((row) => (
          <li key={`${row.from}${row.to}`}>
            <span>
              <AtomButton atom={row.from} nodes={nodes} onSelect={onSelect} /> needs{" "}
              <AtomButton atom={row.to} nodes={nodes} onSelect={onSelect} />
            </span>
            <span className="muted small">
              {row.type} · <Visible text={row.symbol} />
              {row.line !== null && ` at line ${row.line}`} {row.late && <Tag tone="bad">comes too late</Tag>}
            </span>
          </li>
        ))}
      </ul>
      {rows.length < total && <p className="muted small">{`${total - rows.length} more are not listed.`}</p>}
    </section>
  );
}
