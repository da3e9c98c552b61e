import { useQueryClient } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { queryKeys } from "@/api/queryKeys";
import { useComparison } from "@/features/rollout/api/getComparison";
import { useRun } from "@/features/runs/api/getRun";
import type { Graph } from "@/model/graph";

/** The plan that the address narrows the page to; of a run, of two that are compared, or of a graph its own. */
export function usePlanInView(): string | undefined {
  const { planId, runId, graphId } = useParams({ strict: false });
  const { masterplan, plan, run } = useSearch({ strict: false });
  const shownRun = useRun(runId ?? "", false); // the page itself fetches these, this only reads along
  const shownPair = useComparison(runId ?? "", false);
  const client = useQueryClient();
  const graph = graphId ? client.getQueryData<Graph>(queryKeys.graph(graphId, run)) : undefined;
  const ofRun = runId ? (shownRun.data?.planId ?? shownPair.data?.planId) : undefined;
  return planId ?? masterplan ?? plan ?? ofRun ?? graph?.planId;
}

export type Place =
  | { to: "/review" | "/runs"; search: { masterplan: string | undefined } }
  | { to: "/graph"; search: { plan: string | undefined } }
  | { to: "/masterplans" }
  | { to: "/masterplans/$planId"; params: { planId: string } };

/** Where another plan is seen the way this page shows one: its queue, its runs, its graph, else its own page. */
export function placeOf(pathname: string, planId: string | undefined): Place {
  const page = pathname.split("/")[1];
  if (page === "review" || page === "runs") return { to: `/${page}`, search: { masterplan: planId } };
  if (page === "graph") return { to: "/graph", search: { plan: planId } };
  return planId === undefined ? { to: "/masterplans" } : { to: "/masterplans/$planId", params: { planId } };
}
