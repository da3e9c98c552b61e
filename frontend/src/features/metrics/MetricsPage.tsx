import { useMemo } from "react";
import { Page } from "@/ui/Page";
import { ErrorState, Skeleton } from "@/ui/states";
import { useMetrics } from "./api/getMetrics";
import { CostChart, ModesTable, RejectionChart, RunCharts } from "./Charts";
import { periodOf, RANGES, type Range } from "./period";
import { Reliability } from "./Reliability";
import { Targets } from "./Targets";
import "./metrics.css";

interface MetricsPageProps {
  range: Range;
  onRange: (range: Range) => void;
}

/** The plan's success metrics against their targets, and what they are made of. */
export function MetricsPage({ range, onRange }: MetricsPageProps) {
  const period = useMemo(() => periodOf(range, new Date()), [range]);
  const found = useMetrics(period);
  return (
    <Page
      title="Metrics"
      actions={
        <label className="inline-field">
          Runs that ended in
          <select value={range} onChange={(event) => onRange(event.target.value as Range)}>
            {Object.entries(RANGES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {found.isPending && <Skeleton rows={8} label="Loading figures" />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && (
        <>
          <Targets metrics={found.data.metrics} />
          <div className="figures">
            <RunCharts runs={found.data.runs} />
            <ModesTable modes={found.data.modes} />
            <Reliability period={period} />
            <CostChart cost={found.data.cost} />
            <RejectionChart rejections={found.data.rejections} />
          </div>
        </>
      )}
    </Page>
  );
}
