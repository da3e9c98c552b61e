import { duration, money, percent, plural } from "@/lib/format";
import type { Run } from "@/model/run";
import { Stat } from "@/ui/Page";

const unmeasured = <span className="muted">not measured</span>;

function callsLine(run: Run): string {
  const parts = [plural(run.calls, "model call")];
  if (run.budget !== null) parts.unshift(`of ${money(run.budget)}`);
  if (run.unpricedCalls > 0) parts.push(`${run.unpricedCalls} without a price`);
  return parts.join(", ");
}

/** The numbers of one run. What was not measured says so. */
export function RunFacts({ run }: { run: Run }) {
  const tests = run.testsTotal > 0 ? `${run.testsPassed} of ${run.testsTotal} tests passed` : "no tests were run";
  const cost = run.cost === null ? <span className="muted">unknown</span> : money(run.cost);
  return (
    <dl className="stats">
      <Stat label="Precision" value={run.precision === null ? unmeasured : percent(run.precision, 1)} hint={tests} />
      <Stat
        label="After review"
        value={run.precisionReviewed === null ? unmeasured : percent(run.precisionReviewed, 1)}
        hint={`${run.reviewPending} of ${run.reviewTotal} still in review`}
      />
      <Stat label="Atoms" value={run.atomsTotal.toLocaleString("en")} hint={`${run.wavesTotal} waves`} />
      <Stat label="Cost" value={cost} hint={callsLine(run)} />
      <Stat
        label="Time"
        value={duration(run.seconds)}
        hint={run.etaSeconds === null ? undefined : `about ${duration(run.etaSeconds)} left`}
      />
    </dl>
  );
}
