import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { GraphsPage } from "@/features/graph/GraphsPage";

const graphsApi = getRouteApi("/shell/graph");

export function GraphsRoute() {
  const { plan, run } = graphsApi.useSearch();
  const navigate = useNavigate();
  const onOpen = useCallback(
    (graphId: string) => void navigate({ to: "/graph/$graphId", params: { graphId }, search: { run }, replace: true }),
    [navigate, run],
  );
  return <GraphsPage plan={plan} onOpen={onOpen} />;
}
