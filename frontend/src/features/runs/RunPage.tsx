import { Link } from "@tanstack/react-router";
import { urls } from "@/api/urls";
import { plural } from "@/lib/format";
import { isFinal, type RunDetail } from "@/model/run";
import { hasRole, type User } from "@/model/session";
import { RunFacts } from "@/parts/RunFacts";
import { RunFeedback } from "@/parts/RunFeedback";
import { CountsBar, Meter } from "@/ui/Bars";
import { Icon } from "@/ui/Icon";
import { Card, Page } from "@/ui/Page";
import { toneOf } from "@/ui/Status";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { AtomTable } from "./AtomTable";
import { useRun } from "./api/getRun";
import { EventLog } from "./EventLog";
import { Failures } from "./Failures";
import { Levels } from "./Levels";
import { canRetry, RunActions } from "./RunActions";
import { RunHeld } from "./RunHeld";
import { RunLine } from "./RunLine";
import { RunNow } from "./RunNow";
import type { AtomSearch } from "./search";
import { useRunLive } from "./useRunLive";
import { WaveStrip } from "./WaveStrip";

interface RunPageProps {
  runId: string;
  user: User | null;
  search: AtomSearch;
  onSearch: (next: AtomSearch) => void;
}

export function RunPage({ runId, user, search, onSearch }: RunPageProps) {
  const query = useRun(runId);
  const log = useRunLive(query.data);
  const lead = (
    <Link to="/runs" className="back">
      <Icon name="back" /> Runs
    </Link>
  );
  if (!query.data) {
    return (
      <Page title="Run" lead={lead}>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rows={8} />
        )}
      </Page>
    );
  }
  const run = query.data;
  const actions = (
    <>
      <Link to="/graph" search={{ plan: run.planId, run: run.id }} className="button plain">
        <Icon name="graph" />
        <span>Graph</span>
      </Link>
      {(run.parentRunId !== null || run.shadowRunIds.length > 0) && (
        <Link to="/runs/$runId/comparison" params={{ runId: run.id }} className="button plain">
          <Icon name="rollout" />
          <span>MVP beside V2</span>
        </Link>
      )}
      <Export run={run} />
      {hasRole(user, "operator") && <RunActions run={run} />}
    </>
  );
  return (
    <Page title={run.planName} lead={lead} actions={actions}>
      <RunLine run={run} />
      {!isFinal(run) && <Meter value={run.progress} label="Progress of the run" tone={toneOf(run.status)} />}
      {run.error && run.status !== "budget_stopped" && (
        <p className="note bad" role="alert">
          <Icon name="warn" /> <Visible text={run.error} />
        </p>
      )}
      <RunHeld run={run} />
      <RunFacts run={run} />
      <RunNow run={run} />
      <CountsBar counts={run.byStatus} total={run.atomsTotal} />
      <ReviewBacklog run={run} />
      <WaveStrip run={run} />
      <div className="columns">
        <Failures run={run} />
        <Levels run={run} />
      </div>
      <AtomTable
        runId={run.id}
        search={search}
        onSearch={onSearch}
        mayRetry={canRetry(run) && hasRole(user, "operator")}
      />
      {isFinal(run) && <RunFeedback runId={run.id} mayReport={hasRole(user, "operator")} />}
      <EventLog key={run.id} run={run} frames={log} />
    </Page>
  );
}

function ReviewBacklog({ run }: { run: RunDetail }) {
  if (run.reviewTotal === 0) return null;
  return (
    <Card
      title="Review"
      aside={
        <Link to="/review" search={{ run: run.id }} className="button primary">
          <Icon name="review" />
          <span>Open the queue</span>
        </Link>
      }
    >
      <p>
        <strong>{plural(run.reviewPending, "atom waits", "atoms wait")}</strong>{" "}
        <span className="muted">of {run.reviewTotal} that were sent to review.</span>
      </p>
      <Meter value={1 - run.reviewPending / run.reviewTotal} label="Reviewed" tone="good" />
      {run.reviewPending < run.reviewTotal && (
        <p className="links small">
          <a href={urls.approvedPatch(run.planId, run.id)} download>
            Approved changes as a patch
          </a>
          <a href={urls.decisionLines(run.id)} download>
            Decisions and what came of them (JSON lines)
          </a>
        </p>
      )}
    </Card>
  );
}

function Export({ run }: { run: RunDetail }) {
  return (
    <a className="button plain" href={urls.masterplanExport(run.planId, "zip", run.id)} download>
      <Icon name="download" />
      <span>Export</span>
    </a>
  );
}
