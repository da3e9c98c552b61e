import { Link } from "@tanstack/react-router";
import { plural, words } from "@/lib/format";
import { useRowKeys } from "@/lib/keys/useRowKeys";
import type { Masterplan } from "@/model/masterplan";
import { Ago } from "@/ui/Ago";
import { Status } from "@/ui/Status";
import { Visible } from "@/ui/Visible";

export function PlanTable({ plans }: { plans: Masterplan[] }) {
  useRowKeys();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Plans">
      <table className="list stacks">
        <thead>
          <tr>
            <th scope="col">Plan</th>
            <th scope="col">State</th>
            <th scope="col">Languages</th>
            <th scope="col" className="number">
              Tasks
            </th>
            <th scope="col" className="number">
              Atoms
            </th>
            <th scope="col">Latest run</th>
            <th scope="col">Owner, team</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {plans.map((plan) => (
            <PlanRow key={plan.id} plan={plan} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PlanRow({ plan }: { plan: Masterplan }) {
  const run = plan.latestRun;
  return (
    <tr>
      <th scope="row">
        <Link to="/masterplans/$planId" params={{ planId: plan.id }} className="row-link">
          <Visible text={plan.name} />
        </Link>
        <span className="muted small">{words(plan.sourceKind)}</span>
      </th>
      <td data-label="State">
        <Status value={plan.status} />
      </td>
      <td className="muted" data-label="Languages">
        <Visible text={plan.languages.join(", ")} />
      </td>
      <td className="number" data-label="Tasks">
        {plan.tasksTotal}
      </td>
      <td className="number" data-label="Atoms">
        {plan.atomsTotal ?? <span className="muted">–</span>}
      </td>
      <td data-label="Latest run">
        {run ? (
          <Link to="/runs/$runId" params={{ runId: run.id }} className="quiet-link">
            <Status value={run.status} />
            {run.reviewPending > 0 && <span className="small"> {plural(run.reviewPending, "review")} open</span>}
          </Link>
        ) : (
          <span className="muted">never run</span>
        )}
      </td>
      <td data-label="Owner">
        <Visible text={plan.owner} />
        {plan.team !== null && (
          <span className="plan-team muted small" title="Its members see the plan too">
            team <Visible text={plan.team} />
          </span>
        )}
      </td>
      <td className="muted nowrap" data-label="Changed">
        <Ago at={plan.updatedAt} />
      </td>
    </tr>
  );
}
