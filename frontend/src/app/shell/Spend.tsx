import { useParams } from "@tanstack/react-router";
import { useRun } from "@/features/runs/api/getRun";
import { money, plural } from "@/lib/format";
import { useSpending } from "../api/getSpending";

/** What the run in view has spent; on other pages what was spent today, of the plan in view or of all. */
export function Spend({ plan }: { plan: string | undefined }) {
  const { runId } = useParams({ strict: false });
  const run = useRun(runId ?? "", false); // the page itself fetches it, this only reads along
  const today = useSpending(plan, runId === undefined);
  if (runId) {
    if (!run.data) return null;
    return <Line title="Spent in this run" word="spent" spent={run.data.cost} budget={run.data.budget} />;
  }
  if (!today.data) return null;
  const { spent, unpriced, budget } = today.data;
  const whose = plan === undefined ? "by all runs you may see" : "by runs of this plan, and the plan's budget";
  const apart = unpriced > 0 ? `; ${plural(unpriced, "call")} without a price, not counted` : "";
  return <Line title={`Spent since midnight ${whose}${apart}`} word="today" spent={spent} budget={budget} />;
}

interface LineProps {
  title: string;
  word: string;
  /** Null: calls without a price are in it. */
  spent: number | null;
  budget: number | null;
}

function Line({ title, word, spent, budget }: LineProps) {
  return (
    <span className="spend small" title={title}>
      <span className="muted">{word}</span> {spent === null ? "unknown" : money(spent)}
      {budget !== null && <span className="muted"> of {money(budget)}</span>}
    </span>
  );
}
