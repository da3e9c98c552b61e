import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireGraphList } from "@/api/wire";
import { toGraphRow } from "@/model/graph";

/** The newest graphs, or that of one plan. */
export function useGraphs(plan?: string) {
  return useQuery({
    queryKey: queryKeys.graphs(plan),
    queryFn: async ({ signal }) => {
      const { graphs, total } = await request<WireGraphList>(urls.graphs, { query: { masterplan: plan }, signal });
      return { rows: graphs.map(toGraphRow), total };
    },
  });
}
