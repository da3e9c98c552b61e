import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { GraphPage } from "@/features/graph/GraphPage";
import type { GraphSearch } from "@/features/graph/search";

/** The graph is a chunk of its own: nobody who reviews waits for it. */
const graphApi = getRouteApi("/shell/graph/$graphId");

export function GraphRoute() {
  const { graphId } = graphApi.useParams();
  const search = graphApi.useSearch();
  const navigate = useNavigate();
  const onSearch = useCallback(
    (next: GraphSearch) => void navigate({ to: "/graph/$graphId", params: { graphId }, search: next, replace: true }),
    [navigate, graphId],
  );
  return (
    <GraphPage
      key={graphId}
      graphId={graphId}
      search={search}
      onSearch={onSearch}
      onOpenAtom={(atomId, run) => void navigate({ to: "/atoms/$atomId", params: { atomId }, search: { run } })}
    />
  );
}
