import { useState } from "react";
import { sentence } from "@/lib/format";
import type { LevelCounts } from "@/model/run";
import { BY_WEIGHT } from "@/parts/Counts";
import { ValidationList } from "@/parts/ValidationList";
import { Button } from "@/ui/Button";
import { ErrorState, Skeleton } from "@/ui/states";
import { useRunValidations } from "./api/getRunValidations";

const COUNTS: Record<string, keyof LevelCounts> = {
  failed: "failed",
  not_run: "notRun",
  passed: "passed",
  not_applicable: "notApplicable",
};

/** The rows of one level, of one state at a time: what failed first, then what did not run. */
export function LevelRows({ runId, level, counts }: { runId: string; level: number; counts: LevelCounts | undefined }) {
  const countOf = (status: string): number => {
    const key = COUNTS[status];
    return (key && counts?.[key]) || 0;
  };
  const [chosen, choose] = useState<string | null>(null);
  const status = chosen ?? (["failed", "not_run"].find((one) => countOf(one) > 0) || "all");
  const rows = useRunValidations(runId, level, status === "all" ? null : status);
  const shown = rows.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className="level-rows">
      <fieldset className="chips" aria-label="Show results by state">
        {["all", ...BY_WEIGHT].map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={status === one}
            disabled={one !== "all" && countOf(one) === 0}
            onClick={() => choose(one)}
          >
            {sentence(one)}
            {one !== "all" && ` ${countOf(one)}`}
          </button>
        ))}
      </fieldset>
      {rows.isPending && <Skeleton rows={3} />}
      {rows.isError && <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data && <ValidationList validations={shown} />}
      {rows.hasNextPage && (
        <Button onClick={() => void rows.fetchNextPage()} disabled={rows.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </div>
  );
}
