import { Link } from "@tanstack/react-router";
import { duration, modeLabel, percent, words } from "@/lib/format";
import { isFinal, type RunDetail } from "@/model/run";
import { Ago } from "@/ui/Ago";
import { Status, Tag } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

/** The state of the run in one line. */
export function RunLine({ run }: { run: RunDetail }) {
  return (
    <p className="page-sub run-line">
      <Status value={run.status} />
      <Tag tone="info">{modeLabel(run.mode)}</Tag>
      <Tag>{run.policy}</Tag>
      <span data-testid="run-phase">
        {isFinal(run) ? (
          <>
            finished <Ago at={run.finishedAt} />
          </>
        ) : (
          <>
            {words(run.phase)}
            {run.phaseDetail && (
              <>
                {": "}
                <Visible text={run.phaseDetail} />
              </>
            )}{" "}
            · {percent(run.progress)}
            {run.etaSeconds !== null && ` · about ${duration(run.etaSeconds)} left`}
          </>
        )}
      </span>
      <span className="muted">{run.model ? <Visible text={run.model} /> : "no model configured"}</span>
      <Link to="/masterplans/$planId" params={{ planId: run.planId }}>
        Plan
      </Link>
    </p>
  );
}
