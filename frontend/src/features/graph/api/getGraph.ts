import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import { queryKeys } from "@/api/queryKeys";
import { urls } from "@/api/urls";
import type { WireGraph } from "@/api/wire";
import { toGraph } from "@/model/graph";

export function useGraph(graphId: string, run: string | undefined) {
  return useQuery({
    queryKey: queryKeys.graph(graphId, run),
    queryFn: async ({ signal }) => toGraph(await request<WireGraph>(urls.graph(graphId), { query: { run }, signal })),
    structuralSharing: false,
  });
}
