import { getRouteApi } from "@tanstack/react-router";
import { ComparisonPage } from "@/features/rollout/ComparisonPage";
import { RolloutPage } from "@/features/rollout/RolloutPage";
import { useSession } from "@/features/session/api/getSession";

/** Loaded when somebody goes there: reviewers never need this part. */
const comparisonApi = getRouteApi("/shell/runs/$runId/comparison");

export function RolloutRoute() {
  return <RolloutPage user={useSession().data ?? null} />;
}

export function ComparisonRoute() {
  const { runId } = comparisonApi.useParams();
  return <ComparisonPage key={runId} runId={runId} />;
}
