import { Link } from "@tanstack/react-router";
import { modeLabel, percent } from "@/lib/format";
import type { Run } from "@/model/run";
import { Ago } from "@/ui/Ago";
import { CountsBar } from "@/ui/Bars";
import { Card } from "@/ui/Page";
import { Status, Tag } from "@/ui/Status";

export function LatestRun({ run }: { run: Run }) {
  return (
    <Card title="Latest run" aside={<Status value={run.status} />}>
      <p>
        <Tag>{modeLabel(run.mode)}</Tag> {run.policy} ·{" "}
        <span className="muted">
          <Ago at={run.createdAt} />
        </span>
      </p>
      <CountsBar counts={run.byStatus} total={run.atomsTotal} />
      <p className="muted small">
        Precision {run.precision === null ? "not measured" : percent(run.precision, 1)} · {run.reviewPending} of{" "}
        {run.reviewTotal} in review
      </p>
      <p className="links">
        <Link to="/runs/$runId" params={{ runId: run.id }}>
          Open the run
        </Link>
        <Link to="/review" search={{ run: run.id }}>
          Review its atoms
        </Link>
      </p>
    </Card>
  );
}
