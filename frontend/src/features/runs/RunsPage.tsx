import { Button } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { Empty, ErrorState, Skeleton } from "@/ui/states";
import { useRuns } from "./api/getRuns";
import { RunTable } from "./RunTable";

const STATUSES = ["", "running", "paused", "budget_stopped", "completed", "failed", "cancelled"];

interface RunsPageProps {
  status: string;
  /** Only runs of this plan. */
  plan: string | undefined;
  onStatus: (status: string) => void;
}

export function RunsPage({ status, plan, onStatus }: RunsPageProps) {
  const runs = useRuns({ status: status || undefined, masterplan: plan });
  const rows = runs.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Page title="Runs">
      <div className="toolbar">
        <label className="inline-field">
          State
          <select value={status} onChange={(event) => onStatus(event.target.value)}>
            {STATUSES.map((value) => (
              <option key={value} value={value}>
                {value === "" ? "all" : value.replace("_", " ")}
              </option>
            ))}
          </select>
        </label>
      </div>
      {runs.isPending && <Skeleton label="Loading runs" />}
      {runs.isError && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isSuccess && rows.length === 0 && (
        <Empty icon="runs" title={status ? "No run in this state" : "No runs yet"}>
          {status ? "Choose another state." : `Open ${plan === undefined ? "a" : "the"} plan and start one.`}
        </Empty>
      )}
      {rows.length > 0 && <RunTable runs={rows} />}
      {runs.hasNextPage && (
        <Button onClick={() => void runs.fetchNextPage()} busy={runs.isFetchingNextPage}>
          Show more
        </Button>
      )}
    </Page>
  );
}
