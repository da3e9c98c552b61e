import { Link } from "@tanstack/react-router";
import { urls } from "@/api/urls";
import { plural, words } from "@/lib/format";
import { useDetailsKey } from "@/lib/keys/useDetailsKey";
import type { MasterplanDetail } from "@/model/masterplan";
import { hasRole, type User } from "@/model/session";
import { Icon } from "@/ui/Icon";
import { Card, Page, Stat } from "@/ui/Page";
import { Status } from "@/ui/Status";
import { ErrorState, Skeleton } from "@/ui/states";
import { Visible } from "@/ui/Visible";
import { useMasterplan } from "./api/getMasterplan";
import { Discovery } from "./Discovery";
import { LatestRun } from "./LatestRun";
import { PlanVerdict } from "./PlanVerdict";
import { StartRun } from "./StartRun";
import { TaskTable } from "./TaskTable";
import { TeamChoice } from "./TeamChoice";
import { Webhooks } from "./Webhooks";

interface PlanPageProps {
  planId: string;
  user: User | null;
  onStarted: (runId: string) => void;
}

export function PlanPage({ planId, user, onStarted }: PlanPageProps) {
  const plan = useMasterplan(planId);
  useDetailsKey();
  const lead = (
    <Link to="/masterplans" className="back">
      <Icon name="back" /> Plans
    </Link>
  );
  if (plan.isPending) {
    return (
      <Page title="Plan" lead={lead}>
        <Skeleton rows={8} />
      </Page>
    );
  }
  if (plan.isError) {
    return (
      <Page title="Plan" lead={lead}>
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />
      </Page>
    );
  }
  const { data } = plan;
  const operator = hasRole(user, "operator");
  const runnable = operator && !["draft", "cancelled"].includes(data.status);
  return (
    <Page title={data.name} lead={lead} actions={<PlanActions plan={data} />}>
      <p className="page-sub">
        <Status value={data.status} /> {words(data.sourceKind)} of <Visible text={data.owner} />
        {data.team !== null && data.teamChoices === null && (
          <>
            , shared with team <Visible text={data.team} />
          </>
        )}
        {data.rootPackage && (
          <>
            {" · package "}
            <code>
              <Visible text={data.rootPackage} />
            </code>
          </>
        )}
      </p>
      <TeamChoice plan={data} />
      {data.description && (
        <p className="prose">
          <Visible text={data.description} />
        </p>
      )}
      {operator && data.status === "draft" && <PlanVerdict planId={data.id} />}
      {data.discovery && <Discovery found={data.discovery} />}
      <PlanFacts plan={data} />
      <div className="columns">
        {data.latestRun && <LatestRun run={data.latestRun} />}
        {runnable && <StartRun planId={data.id} budget={data.budget} onStarted={onStarted} />}
      </div>
      {operator && <Webhooks planId={data.id} />}
      <Card title={plural(data.tasks.length, "task")}>
        <TaskTable tasks={data.tasks} />
      </Card>
    </Page>
  );
}

function PlanFacts({ plan }: { plan: MasterplanDetail }) {
  const problems = plan.tasks.filter((task) => task.problem !== null).length;
  const drafts = plan.tasks.filter((task) => task.hasDraft).length;
  const lines = plan.tasks.reduce((sum, task) => sum + task.loc, 0);
  return (
    <dl className="stats">
      <Stat label="Tasks" value={plan.tasksTotal} hint={`${drafts} with a draft`} />
      <Stat label="Atoms" value={plan.atomsTotal ?? "–"} hint={`${lines.toLocaleString("en")} lines of code`} />
      <Stat label="Languages" value={plan.languages.join(", ") || "–"} />
      <Stat
        label="Test files"
        value={plan.testsTotal}
        hint={plan.testsTotal === 0 ? "precision cannot be measured" : undefined}
      />
      <Stat label="Parse problems" value={problems} hint={problems > 0 ? "located below" : "every draft parses"} />
    </dl>
  );
}

function PlanActions({ plan }: { plan: MasterplanDetail }) {
  return (
    <>
      {plan.graphId && (
        <Link to="/graph/$graphId" params={{ graphId: plan.graphId }} className="button plain">
          <Icon name="graph" />
          <span>Graph</span>
        </Link>
      )}
      <Downloads plan={plan} />
    </>
  );
}

function Downloads({ plan }: { plan: MasterplanDetail }) {
  if (!plan.latestRun) return null;
  return (
    <>
      <a className="button plain" href={urls.masterplanExport(plan.id, "zip", plan.latestRun.id)} download>
        <Icon name="download" />
        <span>Zip</span>
      </a>
      <a className="button plain" href={urls.masterplanExport(plan.id, "patch", plan.latestRun.id)} download>
        <Icon name="download" />
        <span>Patch</span>
      </a>
    </>
  );
}
