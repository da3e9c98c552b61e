import type { Validation } from "@/model/validation";
import { ValidationList } from "@/parts/ValidationList";
import { ErrorState, Skeleton } from "@/ui/states";
import { useRunValidations } from "./api/getRunValidations";

const RANK: Record<string, number> = { failed: 0, not_run: 1, passed: 2, not_applicable: 3 };
const worstFirst = (a: Validation, b: Validation) => (RANK[a.status] ?? 4) - (RANK[b.status] ?? 4);

export function LevelRows({ runId, level }: { runId: string; level: number }) {
  const rows = useRunValidations(runId, level);
  if (rows.isPending) return <Skeleton rows={3} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  return (
    <div className="level-rows">
      <ValidationList validations={[...rows.data.rows].sort(worstFirst)} />
      {rows.data.next !== null && <p className="muted small">Only the first {rows.data.rows.length} rows are shown.</p>}
    </div>
  );
}
